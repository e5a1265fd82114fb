import { createTestApp, type TestApp } from '../support/app.js';
import { cookiesOf, send, type RequestOptions } from '../support/http.js';
import { signIn, signUp, TEST_PASSWORD } from '../support/users.js';

const NEW_PASSWORD = 'another horse battery staple';

describe('sessions and the own account', () => {
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
    await age(user.id, 'created_at', '25 hours');
    for (const path of ['list-sessions', 'user/list-sessions']) {
      const answer = await api(path, { bearer: user.token });
      expect([answer.status, answer.body.code]).toEqual([403, 'SESSION_NOT_FRESH']);
    }
    const refused = await api('delete-user', { method: 'POST', bearer: user.token });
    expect([refused.status, refused.body.code]).toEqual([403, 'SESSION_NOT_FRESH']);
    expect(await current(user.token)).not.toBeNull();
  });

  it('200 update-user changes only what is given; 400 for e-mail, nothing, and what only the server sets (T009)', async () => {
    const user = await signUp(host.url, { name: 'Before' });
    const update = (body: object) => api('update-user', { bearer: user.token, body });
    expect((await update({ image: 'https://example.com/a.png' })).body).toEqual({ status: true });
    expect((await current(user.token)).user).toMatchObject({ name: 'Before', image: 'https://example.com/a.png' });
    for (const [body, code] of [
      [{ email: 'new@example.com' }, 'EMAIL_CAN_NOT_BE_UPDATED'],
      [{}, 'NO_FIELDS_TO_UPDATE'],
      [{ nickname: 'x' }, 'NO_FIELDS_TO_UPDATE'],
      [{ name: 'Eve', emailVerified: true }, 'SERVER_ONLY_PROPERTY'],
      [{ name: 7 }, 'VALIDATION_ERROR'],
    ] as const) {
      const answer = await update(body);
      expect([answer.status, answer.body.code]).toEqual([400, code]);
    }
    expect((await current(user.token)).user.name).toBe('Before');
  });

  it('T036 change-password without revokeOtherSessions: all sessions go on, the old password is dead', async () => {
    const user = await signUp(host.url);
    const other = await signIn(host.url, user.email);
    const body = { currentPassword: TEST_PASSWORD, newPassword: NEW_PASSWORD };
    expect(await api('change-password', { bearer: user.token, body })).toMatchObject({
      status: 200,
      body: { token: null },
    });
    expect([await current(user.token), await current(other.token)]).not.toContain(null);
    await expect(signIn(host.url, user.email)).rejects.toThrow('INVALID_EMAIL_OR_PASSWORD');
    expect((await signIn(host.url, user.email, NEW_PASSWORD)).id).toBe(user.id);
  });

  it('T036 change-password with revokeOtherSessions: every earlier token is dead, the new cookie and token live', async () => {
    const user = await signUp(host.url);
    const other = await signIn(host.url, user.email);
    const body = { currentPassword: TEST_PASSWORD, newPassword: NEW_PASSWORD, revokeOtherSessions: true };
    const change = await api('change-password', { bearer: user.token, body });
    expect(change.status).toBe(200);
    for (const bearer of [user.token, user.accessToken, other.token, other.accessToken])
      expect(await current(bearer)).toBeNull();
    for (const { refreshToken } of [user, other])
      expect((await api('token/refresh', { body: { refreshToken } })).status).toBe(401);
    expect((await current(change.body.token)).user.id).toBe(user.id);
    expect((await api('get-session', { headers: { cookie: cookiesOf(change) } })).body.user.id).toBe(user.id);
  });

  it('T036 a session that was not to be remembered stays so when the password is changed', async () => {
    const { email } = await signUp(host.url);
    const started = await api('sign-in/email', { body: { email, password: TEST_PASSWORD, rememberMe: false } });
    const body = { currentPassword: TEST_PASSWORD, newPassword: NEW_PASSWORD, revokeOtherSessions: true };
    const change = await api('change-password', { bearer: started.body.token, body });
    const line = change.headers.getSetCookie().find((cookie) => cookie.startsWith('better-auth.session_token='))!;
    expect(line).not.toContain('Max-Age');
    expect(await host.sql('SELECT remember FROM auth_session WHERE subject = $1', [started.body.user.id])).toEqual([
      { remember: false },
    ]);
  });

  it('T036 a sign-in under way with the old password gets nothing once the password is changed', async () => {
    const user = await signUp(host.url);
    // Stopped where the session is about to be given: the proof is done, the subject's lock is not had yet.
    const runner = host.dataSource.createQueryRunner();
    await runner.startTransaction();
    await runner.query('SELECT 1 FROM auth_subject WHERE subject = $1 FOR UPDATE', [user.id]);
    const pending = api('sign-in/email', { body: { email: user.email, password: TEST_PASSWORD } });
    const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%auth_subject%'`;
    while ((await host.sql<{ n: number }>(waiting))[0]!.n === 0)
      await new Promise((resolve) => setTimeout(resolve, 20));
    await runner.query('UPDATE auth_subject SET epoch = epoch + 1 WHERE subject = $1', [user.id]);
    await runner.commitTransaction();
    await runner.release();
    const answer = await pending;
    expect(answer.status).toBe(401);
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(await host.sql('SELECT id FROM auth_session WHERE subject = $1', [user.id])).toEqual([
      { id: user.sessionId },
    ]);
  });

  it.each([
    ['a wrong current password', { currentPassword: 'wrong password' }, 'INVALID_PASSWORD'],
    ['a short new one', { newPassword: 'short' }, 'PASSWORD_TOO_SHORT'],
    ['a long new one', { newPassword: 'x'.repeat(129) }, 'PASSWORD_TOO_LONG'],
    ['no current one', { currentPassword: undefined }, 'VALIDATION_ERROR'],
  ])('400 change-password with %s changes nothing', async (_name, change, code) => {
    const user = await signUp(host.url);
    const body = { currentPassword: TEST_PASSWORD, newPassword: NEW_PASSWORD, revokeOtherSessions: true, ...change };
    const answer = await api('change-password', { bearer: user.token, body });
    expect([answer.status, answer.body.code]).toEqual([400, code]);
    expect(await current(user.token)).not.toBeNull();
    expect((await signIn(host.url, user.email)).id).toBe(user.id);
  });

  it('200 delete-user with the password or a fresh session leaves no row of the user', async () => {
    for (const body of [{ password: TEST_PASSWORD }, {}]) {
      const user = await signUp(host.url);
      const answer = await api('delete-user', { bearer: user.token, body });
      expect(answer).toMatchObject({ status: 200, body: { success: true } });
      expect(answer.headers.getSetCookie().length).toBeGreaterThan(0);
      expect(await host.sql('SELECT 1 FROM auth_user WHERE id = $1', [user.id])).toEqual([]);
      expect(await host.sql('SELECT 1 FROM auth_session WHERE subject = $1', [user.id])).toEqual([]);
      for (const bearer of [user.token, user.accessToken]) expect(await current(bearer)).toBeNull();
      expect((await api('token/refresh', { body: { refreshToken: user.refreshToken } })).status).toBe(401);
      expect((await signUp(host.url, { email: user.email })).id).not.toBe(user.id);
    }
  });

  it('400 INVALID_PASSWORD delete-user with a wrong password, even with a fresh session', async () => {
    const user = await signUp(host.url);
    const answer = await api('delete-user', { bearer: user.token, body: { password: 'wrong password' } });
    expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_PASSWORD']);
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
      `UPDATE auth_session SET created_at = now() - interval '90 days', updated_at = now() - interval '11 minutes', expires_at = now() + interval '1 minute'`,
    );
    expect((await send(`${host.url}/api/auth/list-sessions`, { bearer: answer.body.token })).status).toBe(200);
    const [row] = await host.sql(
      `SELECT round(extract(epoch FROM expires_at - now()) / 60)::int AS m FROM auth_session`,
    );
    expect(row!['m']).toBe(120);
  });
});
