import { createTestApp, type TestApp } from '../support/app.js';
import { cookiesOf, send, type RequestOptions } from '../support/http.js';
import { signIn, signUp, TEST_PASSWORD } from '../support/users.js';

const NEW_PASSWORD = 'another horse battery staple';

describe('the own account', () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({ auth: { cacheTtl: 0, bearer: { refreshToken: { enabled: true } } } });
  });
  afterAll(() => host.close());
  const api = (path: string, options: RequestOptions = {}) => send(`${host.url}/api/auth/${path}`, options);
  const current = async (bearer: string) => (await api('get-session', { bearer })).body;

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
