import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { cookiesOf, send, type Answer } from '../support/http.js';
import { connectSql, waitForBlocked, type SqlClient } from '../support/sql-client.js';
import { signUp, TEST_PASSWORD, type SignedInUser } from '../support/users.js';

describe('F46: races of signing in again, on two applications', () => {
  let hosts: TestApp[];
  let sql: SqlClient;
  let user: SignedInUser;

  beforeAll(async () => {
    const first = await createTestApp();
    hosts = [first, await createTestApp({ databaseUrl: first.databaseUrl })];
    sql = await connectSql(first.databaseUrl);
  });
  beforeEach(async () => {
    user = await signUp(hosts[0]!.url);
  });
  afterAll(async () => {
    await sql.close();
    for (const host of hosts.reverse()) await host.close();
  });

  const post = (index: number, route: string, body: object, cookie = user.cookie) =>
    send(`${hosts[index]!.url}/api/auth/${route}`, { body, headers: { cookie, origin: TEST_ISSUER } });
  const signInAgain = (index: number, who = user) =>
    post(index, 'sign-in/email', { email: who.email, password: TEST_PASSWORD });
  const sessionOf = async (cookie: string) =>
    (await send(`${hosts[1]!.url}/api/auth/get-session`, { headers: { cookie } })).body;
  const rows = async (who = user) =>
    (await sql.run<{ id: string }>('SELECT id FROM auth_session WHERE subject = $1', [who.id])).map(({ id }) => id);

  /** Starts these while the session is locked, one after the other, and lets them go. */
  async function queued(work: (() => Promise<Answer>)[]): Promise<Answer[]> {
    await sql.run('BEGIN');
    await sql.run('SELECT id FROM auth_session WHERE id = $1 FOR UPDATE', [user.sessionId]);
    const running: Promise<Answer>[] = [];
    for (const start of work) {
      running.push(start());
      await waitForBlocked(sql, running.length);
    }
    await sql.run('COMMIT');
    return Promise.all(running);
  }

  it('F46: two at once: one renews the session, the other gets one of its own; both cookies are good, the old one is not', async () => {
    const answers = await queued([() => signInAgain(0), () => signInAgain(1)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const sessions = await Promise.all(answers.map((answer) => sessionOf(cookiesOf(answer))));
    const ids = sessions.map(({ session }) => session.id);
    expect(ids.filter((id) => id === user.sessionId)).toHaveLength(1);
    expect(new Set(ids)).toEqual(new Set(await rows()));
    expect(await sessionOf(user.cookie)).toBeNull();
  });

  it.each([true, false])(
    'F46: against a sign-out (which comes first: %s): the sign-out, or a session of its own',
    async (first) => {
      const again = () => signInAgain(0);
      const out = () => post(1, 'sign-out', {});
      const answers = await queued(first ? [out, again] : [again, out]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      const answer = answers.find(({ body }) => body.token !== undefined)!;
      const alive = await sessionOf(cookiesOf(answer));
      // Whoever signed out has ended the session they had; what came after that is a new one.
      expect(alive === null ? [] : [alive.session.id]).toEqual(await rows());
      expect(await rows()).not.toContain(user.sessionId);
      expect(await sessionOf(user.cookie)).toBeNull();
    },
  );

  it.each([true, false])(
    "F46: against another user's sign-in (which comes first: %s): the old session is not left",
    async (first) => {
      const rival = await signUp(hosts[0]!.url);
      const again = () => signInAgain(0);
      const another = () => signInAgain(1, rival);
      const answers = await queued(first ? [another, again] : [again, another]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      const rivals = answers.find(({ body }) => body.user.id === rival.id)!;
      expect((await sessionOf(cookiesOf(rivals))).user.id).toBe(rival.id);
      expect(await rows()).not.toContain(user.sessionId);
      expect(await sessionOf(user.cookie)).toBeNull();
    },
  );

  it('F46: many at once, with sign-outs: no 5xx, and no token that was not answered is alive', async () => {
    const work = Array.from({ length: 8 }, (_, index) =>
      index % 4 === 3 ? post(index % 2, 'sign-out', {}) : signInAgain(index % 2),
    );
    const answers = await Promise.all(work);
    for (const { status } of answers) expect(status).toBe(200);
    const started = answers.filter(({ body }) => body.token !== undefined);
    const alive = await Promise.all(started.map((answer) => sessionOf(cookiesOf(answer))));
    const ids = alive.flatMap((one) => one?.session.id ?? []);
    expect(ids.sort()).toEqual((await rows()).sort());
    expect(await sessionOf(user.cookie)).toBeNull();
  });
});
