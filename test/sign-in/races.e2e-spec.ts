import { UsersService } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { send, type Answer } from '../support/http.js';
import { connectSql, waitForBlocked, type SqlClient } from '../support/sql-client.js';
import { aliveThings, guarded, post } from '../support/tokens.js';
import { signIn, signUp, TEST_PASSWORD, type SignedInUser } from '../support/users.js';

const NEW_PASSWORD = 'another good password';
const PAUSE = 515_151;

/** Sign-ins that pass the password check and then wait, as a hook of the host may make them. */
class Gate {
  private waiting: (() => void)[] = [];
  private closed = false;
  private arrived: (() => void) | undefined;

  pass(): Promise<void> {
    if (!this.closed) return Promise.resolve();
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.arrived?.();
    });
  }

  /** Closes the gate. @returns when somebody stands before it */
  close(): Promise<void> {
    this.closed = true;
    return new Promise((resolve) => (this.arrived = resolve));
  }

  open(): void {
    this.closed = false;
    for (const go of this.waiting.splice(0)) go();
  }
}

describe('races of sign-in, on two applications', () => {
  let hosts: TestApp[];
  let sql: SqlClient;
  const gate = new Gate();

  beforeAll(async () => {
    const auth = { accounts: { hooks: { beforeSignIn: () => gate.pass() } } };
    const first = await createTestApp({ auth });
    hosts = [first, await createTestApp({ auth, databaseUrl: first.databaseUrl })];
    sql = await connectSql(first.databaseUrl);
  });
  afterAll(async () => {
    await sql.close();
    for (const host of hosts.reverse()) await host.close();
  });

  const [here, there] = [() => hosts[0]!, () => hosts[1]!];
  const users = () => there().app.get(UsersService);
  const trySignIn = (user: SignedInUser, password = user.password) =>
    send(`${here().url}/api/auth/sign-in/email`, { body: { email: user.email, password } });
  const changePassword = (host: TestApp, bearer: string, newPassword: string, revokeOtherSessions = true) =>
    post(host, 'change-password', bearer, { currentPassword: TEST_PASSWORD, newPassword, revokeOtherSessions });

  /** A sign-in whose password was found right, and which goes on only after `meanwhile`. */
  async function overtaken(user: SignedInUser, meanwhile: () => Promise<unknown>): Promise<Answer> {
    const waiting = gate.close();
    const signingIn = trySignIn(user);
    await waiting;
    try {
      await meanwhile();
    } finally {
      gate.open();
    }
    return signingIn;
  }

  describe.each([
    ['disable', (user: SignedInUser) => users().disable(user.id)],
    ['forget', (user: SignedInUser) => users().forget(user.id)],
    ['delete-user', (user: SignedInUser) => post(there(), 'delete-user', user.token, { password: TEST_PASSWORD })],
  ])('a sign-in in flight against %s', (_name, end) => {
    it('T036 overtaken after the password check: 401, nothing alive', async () => {
      const user = await signUp(here().url);
      const answer = await overtaken(user, () => Promise.resolve(end(user)));
      expect(answer.status).toBe(401);
      expect(answer.headers.getSetCookie()).toEqual([]);
      expect(await aliveThings(here(), user.id)).toBe(0);
    });

    it('T036 caught inside its transaction: the session it made ends with the others', async () => {
      const user = await signUp(here().url);
      await sql.run(`CREATE FUNCTION test_pause() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_advisory_xact_lock_shared(${PAUSE}); RETURN NEW; END $$;
        CREATE TRIGGER test_pause BEFORE INSERT ON auth_session FOR EACH ROW EXECUTE FUNCTION test_pause()`);
      await sql.run('SELECT pg_advisory_lock($1)', [PAUSE]);
      const signingIn = trySignIn(user);
      await waitForBlocked(sql, 1);
      const ending = Promise.resolve(end(user));
      await waitForBlocked(sql, 2);
      await sql.run('SELECT pg_advisory_unlock($1)', [PAUSE]);
      const [answer] = await Promise.all([signingIn, ending]);
      await sql.run('DROP TRIGGER test_pause ON auth_session; DROP FUNCTION test_pause');
      expect(await aliveThings(here(), user.id)).toBe(0);
      if (answer.status === 200) expect(await guarded(there(), answer.body.token)).toBe(401);
    });
  });

  it.each([true, false])(
    'T036 a sign-in with the old password, overtaken by its change: 401 (others end: %s)',
    async (others) => {
      const user = await signUp(here().url);
      const answer = await overtaken(user, () => changePassword(there(), user.token, NEW_PASSWORD, others));
      expect(answer.status).toBe(401);
      expect((await trySignIn(user, NEW_PASSWORD)).status).toBe(200);
    },
  );

  it('T036 disabled and enabled again meanwhile: the sign-in in flight gets nothing', async () => {
    const user = await signUp(here().url);
    const answer = await overtaken(user, async () => {
      await users().disable(user.id);
      await users().enable(user.id);
    });
    expect(answer.status).toBe(401);
    expect(await aliveThings(here(), user.id)).toBe(0);
    expect((await trySignIn(user)).status).toBe(200);
  });

  it('T036 a password change that was overtaken by another one changes nothing', async () => {
    const user = await signUp(here().url);
    const rival = await signIn(here().url, user.email);
    // Both have shown the old password; the second to come holds a proof that is not worth anything any more.
    await sql.run('BEGIN');
    await sql.run('SELECT subject FROM auth_subject WHERE subject = $1 FOR UPDATE', [user.id]);
    const changes = [changePassword(here(), user.token, NEW_PASSWORD)];
    await waitForBlocked(sql, 1);
    changes.push(changePassword(there(), rival.token, 'password of the rival'));
    await waitForBlocked(sql, 2);
    await sql.run('COMMIT');
    const answers = await Promise.all(changes);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    const winner = answers[0]!.status === 200 ? NEW_PASSWORD : 'password of the rival';
    const loser = winner === NEW_PASSWORD ? 'password of the rival' : NEW_PASSWORD;
    expect((await trySignIn(user, loser)).status).toBe(401);
    const list = await signIn(here().url, user.email, winner);
    const sessions = await send(`${here().url}/api/auth/list-sessions`, { bearer: list.token });
    expect(sessions.body).toHaveLength(2);
  });

  describe('token issue against the end of its session', () => {
    it.each(['sign-out', 'revoke-sessions'])('T036 %s, several rounds', async (route) => {
      const user = await signUp(here().url);
      for (let round = 0; round < 6; round++) {
        const { token } = await signIn(here().url, user.email);
        const work = [() => post(here(), 'token/issue', token), () => post(there(), route, token)];
        const answers = await Promise.all((round % 2 ? work : work.reverse()).map((start) => start()));
        for (const { status } of answers) expect([200, 401]).toContain(status);
        await post(here(), 'revoke-sessions', user.token);
        expect(await aliveThings(here(), user.id)).toBe(0);
        Object.assign(user, await signIn(here().url, user.email));
      }
    });

    it('T036 in both orders under a held lock', async () => {
      const user = await signUp(here().url);
      for (const issueFirst of [true, false]) {
        const { token, sessionId } = await signIn(here().url, user.email);
        await sql.run('BEGIN');
        await sql.run('SELECT id FROM auth_session WHERE id = $1 FOR UPDATE', [sessionId]);
        const work = [() => post(here(), 'token/issue', token), () => post(there(), 'sign-out', token)];
        const running: Promise<Answer>[] = [];
        for (const start of issueFirst ? work : work.reverse()) {
          running.push(start());
          await waitForBlocked(sql, running.length);
        }
        await sql.run('COMMIT');
        for (const { status } of await Promise.all(running)) expect([200, 401]).toContain(status);
        const [row] = await sql.run<{ count: number }>(
          'SELECT count(*)::int AS count FROM auth_token_family WHERE session_id = $1 AND revoked_at IS NULL',
          [sessionId],
        );
        expect(row!.count).toBe(0);
      }
    });
  });

  it('T038 sign-up of one address, 12 at once: one user, one 200, no 5xx', async () => {
    const body = { email: 'Same.Address@Example.com', password: TEST_PASSWORD, name: 'Same' };
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => send(`${hosts[index % 2]!.url}/api/auth/sign-up/email`, { body })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array(11).fill(422)]);
    expect(await sql.run(`SELECT id FROM auth_user WHERE email = 'same.address@example.com'`)).toHaveLength(1);
  });

  it('T036 sign-ins in parallel with disable and enable: no 5xx, nothing alive after the last disable', async () => {
    const user = await signUp(here().url);
    const signIns: Promise<Answer>[] = [];
    for (let round = 0; round < 4; round++) {
      signIns.push(...[0, 1, 2].map(() => trySignIn(user)));
      await users().disable(user.id);
      signIns.push(trySignIn(user));
      await users().enable(user.id);
    }
    signIns.push(trySignIn(user), trySignIn(user));
    await users().disable(user.id);
    for (const { status } of await Promise.all(signIns)) expect([200, 401]).toContain(status);
    expect(await aliveThings(here(), user.id)).toBe(0);
  });
});
