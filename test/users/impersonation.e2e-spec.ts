import { AuthEvents, UsersService } from '../../src/index.js';
import { admin, aged, createHostWithAdministrators, signedInWith, who } from '../support/administrators.js';
import type { TestApp } from '../support/app.js';
import { cookiesOf, send, type Answer } from '../support/http.js';
import { guarded, refresh } from '../support/tokens.js';
import { signUp, TEST_PASSWORD, type SignedInUser } from '../support/users.js';

const API = '/api/auth';
const bearing = (token: string) => ({ authorization: `Bearer ${token}` });

describe('acting as a user', () => {
  let host: TestApp;
  let user: SignedInUser;
  let administrator: SignedInUser;
  beforeAll(async () => {
    host = await createHostWithAdministrators({
      jwt: true,
      apiKeys: true,
      twoFactor: true,
      passkeys: true,
      cacheTtl: 0,
    });
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    user = await signUp(host.url);
    administrator = await signedInWith(host, 'admin');
  });

  const call = (path: string, headers: Record<string, string>, body?: object) =>
    send(`${host.url}${path}`, { headers: { ...headers, origin: 'http://localhost:3000' }, ...(body && { body }) });
  const begin = async (): Promise<Answer> => admin(host, 'impersonate-user', administrator.token, { userId: user.id });
  const begun = async (): Promise<string> => (await begin()).body.session.token;
  const stop = (token: string) => admin(host, 'stop-impersonating', token, {});

  it('is a session of the user that says who acts, for an hour', async () => {
    const answer = await begin();
    const { session } = answer.body;
    expect(answer.body).toMatchObject({
      user: { id: user.id },
      session: { userId: user.id, impersonatedBy: administrator.id },
    });
    const minutes = (Date.parse(session.expiresAt) - Date.now()) / 60_000;
    expect([minutes > 55, minutes <= 60]).toEqual([true, true]);
    const shown = await call(`${API}/get-session`, bearing(session.token));
    expect(shown.body).toMatchObject({ user: { id: user.id }, session: { impersonatedBy: administrator.id } });
    const cookie = answer.headers.getSetCookie().find((line) => line.includes('session_token='));
    expect(cookie).not.toMatch(/max-age/i);
  });

  it('RFC 8693 4.1 principal, access token and JWT name the actor, also after a refresh', async () => {
    const { session, accessToken, refreshToken } = (await begin()).body;
    const jwt = (await call(`${API}/token`, bearing(session.token))).body.token as string;
    const again = (await refresh(host, refreshToken)).body.accessToken as string;
    for (const token of [session.token, accessToken, jwt, again])
      expect((await who(host, bearing(token))).body).toMatchObject({
        subjectId: user.id,
        act: { sub: administrator.id },
      });
    const claims = JSON.parse(Buffer.from(jwt.split('.')[1]!, 'base64url').toString());
    expect(claims.act).toEqual({ sub: administrator.id });
    expect((await who(host, bearing(user.token))).body.act).toBeNull();
  });

  it('T131 what is made from it does not outlive its hour', async () => {
    const { session, refreshTokenExpiresAt } = (await begin()).body;
    expect(Date.parse(refreshTokenExpiresAt) - Date.parse(session.expiresAt)).toBeLessThan(5_000);
    const issued = await call(`${API}/token/issue`, bearing(session.token), {});
    expect(Date.parse(issued.body.refreshTokenExpiresAt) - Date.parse(session.expiresAt)).toBeLessThan(5_000);
    await host.sql(
      `UPDATE auth_session SET expires_at = now() - interval '1 minute' WHERE impersonated_by IS NOT NULL`,
    );
    await host.sql(`UPDATE auth_token_family SET expires_at = now() - interval '1 minute' WHERE subject = $1`, [
      user.id,
    ]);
    await host.sql(`UPDATE auth_token SET expires_at = f.expires_at FROM auth_token_family f WHERE f.id = family_id`);
    for (const token of [session.token, issued.body.accessToken]) expect(await guarded(host, token)).toBe(401);
  });

  it('the user does not see it among their sessions, administrators do', async () => {
    await begun();
    const own = await call(`${API}/list-sessions`, bearing(user.token));
    expect(own.body.map(({ id }: { id: string }) => id)).toEqual([user.sessionId]);
    const all = await admin(host, 'list-user-sessions', administrator.token, { userId: user.id });
    expect(all.body.sessions.map((one: { impersonatedBy?: string }) => one.impersonatedBy)).toEqual([
      administrator.id,
      undefined,
    ]);
  });

  it('T131 403 IMPERSONATED for whatever would change the account, by token, by access token and by cookie', async () => {
    const answer = await begin();
    const { session, accessToken } = answer.body;
    const calls: [string, object][] = [
      ['update-user', { name: 'X' }],
      ['change-password', { currentPassword: TEST_PASSWORD, newPassword: 'another horse, another' }],
      ['delete-user', { password: TEST_PASSWORD }],
      ['api-key/create', { name: 'k' }],
      ['revoke-sessions', {}],
      ['revoke-other-sessions', {}],
      ['one-time-token/generate', {}],
      ['two-factor/enable', { password: TEST_PASSWORD }],
      ['two-factor/disable', { password: TEST_PASSWORD }],
      ['two-factor/generate-backup-codes', { password: TEST_PASSWORD }],
      ['passkey/verify-registration', {}],
      ['passkey/update-passkey', { id: user.id, name: 'X' }],
      ['passkey/delete-passkey', { id: user.id }],
    ];
    for (const [route, body] of calls)
      for (const headers of [bearing(session.token), bearing(accessToken), { cookie: cookiesOf(answer) }])
        expect([route, (await call(`${API}/${route}`, headers, body)).body.code]).toEqual([route, 'IMPERSONATED']);
    expect((await call(`${API}/one-time-token/generate`, bearing(session.token))).status).toBe(403);
    expect(await guarded(host, user.token)).toBe(200);
    expect(await host.app.get(UsersService).find(user.id)).toMatchObject({ name: 'Test User' });
  });

  it("the host's own routes are open, and know by claims.act", async () => {
    const token = await begun();
    expect((await call('/who/in-person', bearing(token), {})).body).toEqual({ written: true });
  });

  it.each(['bearer', 'cookie'])(
    'stops by %s: the administrator has their session again, the user has none of it',
    async (way) => {
      const answer = await begin();
      const token = answer.body.session.token as string;
      const back =
        way === 'bearer'
          ? await stop(token)
          : await call(`${API}/admin/stop-impersonating`, { cookie: cookiesOf(answer) }, {});
      expect(back.body).toMatchObject({ user: { id: administrator.id }, session: { userId: administrator.id } });
      expect(await guarded(host, token)).toBe(401);
      const own = back.body.session.token as string;
      expect((await call(`${API}/get-session`, bearing(own))).body.session).not.toHaveProperty('impersonatedBy');
      expect((await call(`${API}/get-session`, { cookie: cookiesOf(back) })).body.user.id).toBe(administrator.id);
      const sessions = await host.sql('SELECT id FROM auth_session WHERE subject = $1', [administrator.id]);
      expect(sessions).toHaveLength(1);
      expect(await guarded(host, user.token)).toBe(200);
      expect((await stop(own)).body.code).toBe('NOT_IMPERSONATING');
    },
  );

  it('of many stops at once one succeeds', async () => {
    const token = await begun();
    const answers = await Promise.all(Array.from({ length: 10 }, () => stop(token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const own = answers.find(({ status }) => status === 200)!.body.session.token as string;
    expect(await guarded(host, own)).toBe(200);
  });

  it.each(['bearer', 'cookie', 'page'])('a sign-out by %s ends both', async (way) => {
    const answer = await begin();
    const token = answer.body.session.token as string;
    const headers = way === 'bearer' ? bearing(token) : { cookie: cookiesOf(answer) };
    if (way === 'page')
      await send(`${host.url}${API}/account/sign-out`, {
        headers: { ...headers, origin: 'http://localhost:3000' },
        method: 'POST',
      });
    else await call(`${API}/sign-out`, headers, {});
    expect([await guarded(host, token), await guarded(host, administrator.token)]).toEqual([401, 401]);
    expect(await guarded(host, user.token)).toBe(200);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['signs out elsewhere', () => call(`${API}/sign-out`, bearing(administrator.token), {})],
    ['is banned', () => host.app.get(UsersService).disable(administrator.id)],
    ['loses the role', () => host.app.get(UsersService).setRoles(administrator.id, [])],
  ])('ends when the administrator %s', async (_name, end) => {
    const token = await begun();
    await end();
    expect(await guarded(host, token)).toBe(401);
  });

  it('a sign-in in the same browser leaves nothing of it', async () => {
    const answer = await begin();
    const body = { email: user.email, password: TEST_PASSWORD };
    const signedIn = await call(`${API}/sign-in/email`, { cookie: cookiesOf(answer) }, body);
    expect(signedIn.body.session).not.toHaveProperty('impersonatedBy');
    expect((await who(host, bearing(signedIn.body.token))).body.act).toBeNull();
    expect([await guarded(host, answer.body.session.token), await guarded(host, administrator.token)]).toEqual([
      401, 401,
    ]);
  });

  it('T131 403 for an administrator, and 400 for whoever is disabled', async () => {
    const other = await signedInWith(host, 'editor', 'admin');
    const of = (userId: string) => admin(host, 'impersonate-user', administrator.token, { userId });
    expect((await of(other.id)).body.code).toBe('YOU_CANNOT_IMPERSONATE_ADMINS');
    await host.app.get(UsersService).disable(user.id);
    expect((await of(user.id)).body.code).toBe('USER_DISABLED');
    await aged(host, administrator.sessionId);
    expect((await of(user.id)).body.code).toBe('SESSION_NOT_FRESH');
  });

  it('is told to listeners, when it begins and when it ends', async () => {
    const heard: unknown[] = [];
    const end = host.app.get(AuthEvents).onAny(({ name, event }) => {
      if (name.startsWith('impersonation.')) heard.push([name, event]);
    });
    await stop(await begun());
    end();
    const facts = { subjectId: user.id, actorId: administrator.id, ipAddress: '127.0.0.1' };
    expect(heard).toEqual([
      ['impersonation.started', expect.objectContaining(facts)],
      ['impersonation.stopped', expect.objectContaining(facts)],
    ]);
  });

  it('every page of the account says so, leads back, and changes nothing', async () => {
    const answer = await begin();
    const headers = { cookie: cookiesOf(answer), accept: 'text/html' };
    for (const path of ['/account', '/account/sessions', '/account/api-keys']) {
      const page = await call(`${API}${path}`, headers);
      expect([path, page.status, page.text.includes('id="impersonated"')]).toEqual([path, 200, true]);
    }
    const form = new URLSearchParams({ shownTo: user.id, name: 'X', image: '' });
    const refused = await send(`${host.url}${API}/account/profile`, {
      headers: { ...headers, origin: 'http://localhost:3000' },
      body: form,
    });
    expect(refused.status).toBe(403);
    expect(await host.app.get(UsersService).find(user.id)).toMatchObject({ name: 'Test User' });
    const back = await send(`${host.url}${API}/account/stop-impersonating`, {
      headers: { ...headers, origin: 'http://localhost:3000' },
      method: 'POST',
    });
    expect([back.status, back.headers.get('location')]).toEqual([303, `${API}/account`]);
    const own = await call(`${API}/account`, { cookie: cookiesOf(back), accept: 'text/html' });
    expect([own.text.includes(administrator.email), own.text.includes('id="impersonated"')]).toEqual([true, false]);
  });
});
