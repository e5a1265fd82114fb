import { jest } from '@jest/globals';
import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { guarded, post, refresh } from '../support/tokens.js';
import { signUp, TEST_PASSWORD } from '../support/users.js';

const TIMERS = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;
const DAY_SECONDS = 86_400;

/** The clock of this process goes wrong; that of the database does not. */
describe.each([
  ['26 hours ahead', 26 * 3600],
  ['26 hours behind', -26 * 3600],
])('T120 the clock of a node is %s', (_name, skewSeconds) => {
  let host: TestApp;
  beforeAll(async () => {
    jest.useFakeTimers({ doNotFake: [...TIMERS], now: Date.now() + skewSeconds * 1000 });
    host = await createTestApp({ auth: { rateLimits: true } });
  });
  afterAll(async () => {
    await host.close();
    jest.useRealTimers();
  });

  const now = async () => (await host.sql<{ now: Date }>('SELECT now()'))[0]!.now.getTime();
  const secondsFromNow = async (text: string) => (new Date(text).getTime() - (await now())) / 1000;

  it('T120 the skew is there', async () => {
    expect(Math.abs(Date.now() - (await now()) - skewSeconds * 1000)).toBeLessThan(60_000);
  });

  it('T120 lifetimes are as long as ever, by the database', async () => {
    const user = await signUp(host.url);
    const { body } = await refresh(host, user.refreshToken);
    expect(body.expiresIn).toBeGreaterThan(880);
    expect(await secondsFromNow(body.accessTokenExpiresAt)).toBeLessThanOrEqual(900);
    expect(await secondsFromNow(body.accessTokenExpiresAt)).toBeGreaterThan(800);
    expect(await secondsFromNow(body.refreshTokenExpiresAt)).toBeGreaterThan(29.9 * DAY_SECONDS);
    const current = await send(`${host.url}/api/auth/get-session`, { bearer: body.accessToken });
    expect(await secondsFromNow(current.body.session.expiresAt)).toBeGreaterThan(6.9 * DAY_SECONDS);
    // Twice: from the database, and from memory.
    for (const token of [user.token, body.accessToken, body.accessToken]) expect(await guarded(host, token)).toBe(200);
    expect((await refresh(host, user.refreshToken)).body.refreshToken).toBe(body.refreshToken);
  });

  it('T120 what the database calls expired is refused', async () => {
    const user = await signUp(host.url);
    await host.sql(`UPDATE auth_token SET expires_at = now() - interval '1 second'`);
    expect(await guarded(host, user.accessToken)).toBe(401);
    expect((await refresh(host, user.refreshToken)).status).toBe(401);
  });

  it('T120 a session is fresh, or not, by the database', async () => {
    const user = await signUp(host.url);
    const aged = (interval: string) =>
      host.sql(
        `UPDATE auth_session SET created_at = now() - interval '${interval}', authenticated_at = now() - interval '${interval}' WHERE subject = $1`,
        [user.id],
      );
    await aged('23 hours');
    const restarted = await createTestApp({ databaseUrl: host.databaseUrl });
    try {
      expect((await send(`${restarted.url}/api/auth/list-sessions`, { bearer: user.token })).status).toBe(200);
    } finally {
      await restarted.close();
    }
    await aged('25 hours');
    const stale = await createTestApp({ databaseUrl: host.databaseUrl });
    try {
      const answer = await send(`${stale.url}/api/auth/list-sessions`, { bearer: user.token });
      expect([answer.status, answer.body.code]).toEqual([403, 'SESSION_NOT_FRESH']);
      expect((await post(stale, 'delete-user', user.token)).status).toBe(403);
      expect((await post(stale, 'delete-user', user.token, { password: TEST_PASSWORD })).status).toBe(200);
    } finally {
      await stale.close();
    }
  });
});
