import { AuthEvents } from '../../src/index.js';
import { createTestApp, testOptions, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { refresh } from '../support/tokens.js';
import { signIn, signUp, type SignedInUser } from '../support/users.js';

describe('F10: how many sessions a user may have', () => {
  let host: TestApp;
  let second: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    const auth = { accounts: { session: { maxPerUser: 3 } } };
    host = await createTestApp({ auth });
    second = await createTestApp({ auth, databaseUrl: host.databaseUrl });
  });
  beforeEach(async () => {
    user = await signUp(host.url);
  });
  afterAll(async () => {
    await second.close();
    await host.close();
  });

  const rows = async (subject = user.id) =>
    (await host.sql<{ n: number }>('SELECT count(*)::int AS n FROM auth_session WHERE subject = $1', [subject]))[0]!.n;
  const again = (to = host) => signIn(to.url, user.email);
  const isAlive = async ({ token }: SignedInUser, at = host) =>
    (await send(`${at.url}/api/auth/get-session`, { bearer: token })).body !== null;
  const age = (one: SignedInUser, seconds: number) =>
    host.sql(`UPDATE auth_session SET created_at = now() - $2::int * interval '1 second' WHERE id = $1`, [
      one.sessionId,
      seconds,
    ]);

  it('F10: the oldest ends when one more starts, with its tokens, at every process, and it is told', async () => {
    const told: unknown[] = [];
    host.app.get(AuthEvents).on('session.ended', (fact) => void told.push(fact));
    await age(user, 600);
    const [other, third] = [await again(), await again()];
    expect(await isAlive(user)).toBe(true);
    const newest = await again();
    expect(await rows()).toBe(3);
    expect(await Promise.all([user, other, third, newest].map((one) => isAlive(one)))).toEqual([
      false,
      true,
      true,
      true,
    ]);
    expect(await isAlive(user, second)).toBe(false);
    expect((await refresh(host, user.refreshToken)).status).toBe(401);
    expect((await refresh(host, newest.refreshToken)).status).toBe(200);
    expect(told).toEqual([{ sessionId: user.sessionId, subjectId: user.id, reason: 'more sessions than maxPerUser' }]);
  });

  it('F10: rows that are dead go before those that live; other users keep theirs', async () => {
    const stranger = await signUp(host.url);
    const [other, third] = [await again(), await again()];
    await host.sql(`UPDATE auth_session SET expires_at = now() - interval '1 second' WHERE id = $1`, [third.sessionId]);
    await host.sql(`UPDATE auth_token_family SET revoked_at = now() WHERE session_id = $1`, [third.sessionId]);
    await age(user, 600);
    await again();
    expect([await rows(), await isAlive(user), await isAlive(other), await isAlive(stranger)]).toEqual([
      3,
      true,
      true,
      true,
    ]);
  });

  it('F10: sessions that one-time tokens start count as well', async () => {
    for (let round = 0; round < 4; round++) {
      const { body } = await send(`${host.url}/api/auth/one-time-token/generate`, { bearer: user.token });
      await host.sql('UPDATE auth_session SET created_at = now() WHERE id = $1', [user.sessionId]);
      expect((await send(`${host.url}/api/auth/one-time-token/verify`, { body: { token: body.token } })).status).toBe(
        200,
      );
    }
    expect(await rows()).toBe(3);
  });

  it('F10: twelve at one moment on two instances are all let in, and the next leaves as many as may be', async () => {
    await Promise.all(Array.from({ length: 12 }, (_, index) => again([host, second][index % 2])));
    const newest = await again();
    expect(await rows()).toBe(3);
    expect(await isAlive(newest)).toBe(true);
  });

  it.each([0, -1, 1.5, 10_001, Number.NaN, '5'])(
    'F10: maxPerUser %j stops the boot by its name',
    async (maxPerUser) => {
      const auth = testOptions({ accounts: { session: { maxPerUser: maxPerUser as number } } });
      await expect(createTestApp({ auth })).rejects.toThrow(/accounts\.session\.maxPerUser/);
    },
  );
});
