import { createTestApp, type TestApp } from '../support/app.js';
import { send, type RequestOptions } from '../support/http.js';
import { signIn, signUp, TEST_PASSWORD } from '../support/users.js';

describe('sessions', () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({ auth: { cacheTtl: 0, bearer: { refreshToken: { enabled: true } } } });
  });
  afterAll(() => host.close());
  const api = (path: string, options: RequestOptions = {}) => send(`${host.url}/api/auth/${path}`, options);
  const current = async (bearer: string) => (await api('get-session', { bearer })).body;
  const age = (userId: string, column: string, interval: string) =>
    host.sql(`UPDATE auth_session SET ${column} = now() - interval '${interval}' WHERE subject = $1`, [userId]);

  it('200 get-session: null without, with a bad and with an expired credential; never 401', async () => {
    const user = await signUp(host.url);
    for (const bearer of [undefined, 'garbage', `${user.token}x`, user.refreshToken])
      expect(await api('get-session', bearer === undefined ? {} : { bearer })).toMatchObject({
        status: 200,
        text: 'null',
      });
    expect((await current(user.token)).session).toMatchObject({ id: user.sessionId, userId: user.id });
    expect((await api('get-session', { headers: { cookie: user.cookie } })).body.user.id).toBe(user.id);
    await host.sql(`DELETE FROM auth_token_family WHERE subject = $1`, [user.id]);
    await host.sql(`UPDATE auth_session SET expires_at = now() - interval '1 second' WHERE subject = $1`, [user.id]);
    expect(await current(user.token)).toBeNull();
  });

  it('200 list-sessions and /user/list-sessions: newest first, own ones only, handles that authenticate nothing', async () => {
    const user = await signUp(host.url);
    await signUp(host.url);
    const second = await signIn(host.url, user.email);
    const lists = await Promise.all(
      ['list-sessions', 'user/list-sessions'].map((path) => api(path, { bearer: user.token })),
    );
    expect(lists[0]!.body).toEqual(lists[1]!.body);
    expect(lists[0]!.body.map(({ id }: { id: string }) => id)).toEqual([second.sessionId, user.sessionId]);
    for (const { token, userAgent } of lists[0]!.body) {
      expect(await current(token)).toBeNull();
      expect(userAgent).toEqual(expect.any(String));
    }
    expect(lists[0]!.text).not.toContain(user.token);
  });

  it('200 revoke-session by handle and by token: session and its tokens end, others live', async () => {
    const user = await signUp(host.url);
    for (const which of ['sessionId', 'token'] as const) {
      const other = await signIn(host.url, user.email);
      expect((await api('revoke-session', { bearer: user.token, body: { token: other[which] } })).body).toEqual({
        status: true,
      });
      for (const bearer of [other.token, other.accessToken]) expect(await current(bearer)).toBeNull();
      expect((await api('token/refresh', { body: { refreshToken: other.refreshToken } })).status).toBe(401);
    }
    expect(await current(user.token)).not.toBeNull();
  });

  it('200 revoke-other-sessions spares this one, also when the caller is an access token; revoke-sessions spares none', async () => {
    const user = await signUp(host.url);
    const other = await signIn(host.url, user.email);
    await api('revoke-other-sessions', { method: 'POST', bearer: user.accessToken });
    expect([await current(other.token), (await current(user.token))?.user.id]).toEqual([null, user.id]);
    const all = await api('revoke-sessions', { method: 'POST', bearer: user.token });
    expect(all.headers.getSetCookie().some((line) => line.startsWith('better-auth.session_token=;'))).toBe(true);
    for (const bearer of [user.token, user.accessToken]) expect(await current(bearer)).toBeNull();
  });

  it('401 UNAUTHORIZED with a challenge on every route of the user; T009 401 comes before the body is judged', async () => {
    for (const path of ['list-sessions', 'user/list-sessions']) expect((await api(path)).status).toBe(401);
    for (const path of [
      'revoke-session',
      'revoke-sessions',
      'revoke-other-sessions',
      'update-user',
      'change-password',
      'delete-user',
    ]) {
      const answer = await api(path, { body: { id: 'me' } });
      expect([path, answer.status, answer.body.code]).toEqual([path, 401, 'UNAUTHORIZED']);
      expect(answer.headers.get('www-authenticate')).toContain('Bearer realm=');
    }
  });

  it('200 sliding expiry: extended when used after updateAge, not before, and never without rememberMe', async () => {
    const user = await signUp(host.url);
    const daysLeft = async () =>
      (
        await host.sql<{ d: number }>(
          `SELECT extract(epoch FROM expires_at - now()) / 86400 AS d FROM auth_session WHERE subject = $1`,
          [user.id],
        )
      ).map(({ d }) => Math.round(Number(d)));
    await host.sql(`UPDATE auth_session SET expires_at = now() + interval '3 days' WHERE subject = $1`, [user.id]);
    await age(user.id, 'updated_at', '23 hours');
    await current(user.token);
    expect(await daysLeft()).toEqual([3]);
    await age(user.id, 'updated_at', '25 hours');
    const session = await current(user.token);
    expect(await daysLeft()).toEqual([7]);
    expect(Date.parse(session.session.expiresAt) - Date.now()).toBeGreaterThan(6 * 86_400_000);
    await host.sql(
      `UPDATE auth_session SET remember = false, expires_at = now() + interval '2 hours' WHERE subject = $1`,
      [user.id],
    );
    await age(user.id, 'updated_at', '25 hours');
    await current(user.token);
    expect(await daysLeft()).toEqual([0]);
  });

  it('403 SESSION_NOT_FRESH a day after sign-in, whatever was used since', async () => {
    const user = await signUp(host.url);
    await age(user.id, 'authenticated_at', '25 hours');
    for (const path of ['list-sessions', 'user/list-sessions']) {
      const answer = await api(path, { bearer: user.token });
      expect([answer.status, answer.body.code]).toEqual([403, 'SESSION_NOT_FRESH']);
    }
    const refused = await api('delete-user', { method: 'POST', bearer: user.token });
    expect([refused.status, refused.body.code]).toEqual([403, 'SESSION_NOT_FRESH']);
    expect(await current(user.token)).not.toBeNull();
  });
});

describe('accounts.session options', () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({
      auth: { cacheTtl: 0, accounts: { session: { expiresIn: '2h', updateAge: '10m', freshAge: 0 } } },
    });
  });
  afterAll(() => host.close());

  it('200 expiresIn is the life of row and cookie, updateAge extends, freshAge 0 asks for no freshness', async () => {
    const body = { email: 'o@example.com', password: TEST_PASSWORD, name: 'O' };
    const answer = await send(`${host.url}/api/auth/sign-up/email`, { body });
    expect(answer.headers.getSetCookie()[0]).toContain('Max-Age=7200;');
    await host.sql(
      `UPDATE auth_session SET created_at = now() - interval '90 days', authenticated_at = now() - interval '90 days', updated_at = now() - interval '11 minutes', expires_at = now() + interval '1 minute'`,
    );
    expect((await send(`${host.url}/api/auth/list-sessions`, { bearer: answer.body.token })).status).toBe(200);
    const [row] = await host.sql(
      `SELECT round(extract(epoch FROM expires_at - now()) / 60)::int AS m FROM auth_session`,
    );
    expect(row!['m']).toBe(120);
  });
});
