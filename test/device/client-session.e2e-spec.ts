import { createDeviceHost, type DeviceHost } from '../support/device.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

describe("GET /get-session with a client's token", () => {
  let host: DeviceHost;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createDeviceHost();
    user = await signUp(host.url);
  });
  afterAll(() => host.close());

  async function tokenFor(scope: string): Promise<string> {
    const codes = await host.approved(user, { scope });
    const { body } = await host.pollInTime(codes.device_code);
    return body.access_token;
  }
  const session = (bearer: string) => send(`${host.url}/api/auth/get-session`, { bearer });

  it('openid alone: who it is, and nothing about them', async () => {
    const { status, body } = await session(await tokenFor('openid'));
    expect(status).toBe(200);
    expect(body.user).toEqual({ id: user.id });
    expect(body.session).toMatchObject({ userId: user.id, clientId: 'tv', expiresAt: expect.stringMatching(/Z$/) });
    expect(body.session).not.toHaveProperty('token');
    expect(JSON.stringify(body)).not.toContain(user.sessionId);
  });

  it('claims by scope', async () => {
    const withEmail = (await session(await tokenFor('openid email'))).body.user;
    expect(withEmail).toMatchObject({ id: user.id, email: user.email, emailVerified: false });
    expect(withEmail).not.toHaveProperty('name');
    const withBoth = (await session(await tokenFor('openid profile email'))).body.user;
    expect(withBoth).toMatchObject({ name: 'Test User', image: null, email: user.email });
  });

  it.each(['films:watch', 'profile email'])('without openid there is none: %s', async (scope) => {
    expect(await session(await tokenFor(scope))).toMatchObject({ status: 200, body: null });
  });

  it('it opens no management route', async () => {
    const bearer = await tokenFor('openid profile email offline_access films:watch');
    const { body: codes } = await host.ask();
    for (const [route, body] of [
      ['list-sessions', undefined],
      ['update-user', { name: 'Changed' }],
      ['change-password', { currentPassword: user.password, newPassword: 'another long password' }],
      ['revoke-sessions', {}],
      ['device/approve', { userCode: codes.user_code }],
      ['device/deny', { userCode: codes.user_code }],
    ] as const)
      expect(await send(`${host.url}/api/auth/${route}`, { bearer, body })).toMatchObject({ status: 401 });
    // It claims nothing either.
    const opened = await host.open(codes.user_code, { token: bearer });
    expect(opened.body).toEqual({ user_code: codes.user_code, status: 'pending' });
    expect((await host.open(codes.user_code, user)).body.client_id).toBe('tv');
  });

  it('it ends with the session it was given in, but for offline_access', async () => {
    const other = await signUp(host.url);
    const [bound, offline] = await Promise.all(
      ['openid', 'openid offline_access'].map(async (scope) => host.approved(other, { scope })),
    );
    const first = (await host.pollInTime(bound!.device_code)).body.access_token;
    const second = (await host.pollInTime(offline!.device_code)).body.access_token;
    await send(`${host.url}/api/auth/sign-out`, { bearer: other.token, body: {} });
    expect((await session(first)).body).toBeNull();
    expect((await session(second)).body.user).toEqual({ id: other.id });
  });

  it('the user finds the client among their applications, and takes it back, offline_access as well', async () => {
    const other = await signUp(host.url);
    const codes = await host.approved(other, { scope: 'openid offline_access' });
    const { body } = await host.pollInTime(codes.device_code);
    const applications = () => send(`${host.url}/api/auth/oauth2/applications`, { bearer: other.token });
    expect(JSON.stringify((await applications()).body)).toContain('"tv"');
    const [row] = await host.sql('SELECT client_id, scopes FROM auth_consent WHERE subject = $1', [other.id]);
    expect(row).toEqual({ client_id: 'tv', scopes: ['openid', 'offline_access'] });
    expect((await session(body.access_token)).body.user).toEqual({ id: other.id });
    const refresh = () =>
      send(`${host.url}/api/auth/oauth2/token`, {
        body: new URLSearchParams({ grant_type: 'refresh_token', client_id: 'tv', refresh_token: body.refresh_token }),
      });
    expect((await refresh()).status).toBe(200);
    const gone = await send(`${host.url}/api/auth/oauth2/applications/tv`, { method: 'DELETE', bearer: other.token });
    expect(gone.body).toEqual({ success: true, withdrawn: true });
    expect((await session(body.access_token)).body).toBeNull();
    expect((await refresh()).body.error).toBe('invalid_grant');
  });
});
