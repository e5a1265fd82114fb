import { OAuthClientsService } from '../../src/index.js';
import { createDeviceHost, type DeviceHost } from '../support/device.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

describe('device authorization without the OAuth provider', () => {
  let host: DeviceHost;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createDeviceHost({ expiresIn: '30m', interval: 7 }, { alone: true });
    user = await signUp(host.url);
  });
  afterAll(() => host.close());

  it('any client id is taken, and only a client id', async () => {
    const { status, body } = await host.ask({ client_id: 'living-room-tv', scope: 'openid profile' }, { json: true });
    expect([status, body.expires_in, body.interval]).toEqual([200, 1800, 7]);
    for (const clientId of ['', 'x'.repeat(300)])
      expect((await host.ask({ client_id: clientId })).status).toBeGreaterThanOrEqual(400);
    const secret = await host.ask({ client_id: 'tv', client_secret: 'x' });
    expect(secret).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect((await host.ask({ scope: 'a"b' })).body.error).toBe('invalid_scope');
    expect((await host.ask({ resource: 'https://api.example.com' })).body.error).toBe('invalid_target');
  });

  it('the token is a session of its own, with the facts of the device; the poll sets no cookie', async () => {
    const codes = await host.approved(user, { scope: 'openid profile' });
    const { status, body, headers } = await host.pollInTime(
      codes.device_code,
      {},
      { headers: { 'user-agent': 'TV/1' } },
    );
    expect(status).toBe(200);
    expect(headers.getSetCookie()).toEqual([]);
    expect(body).toEqual({
      access_token: expect.stringMatching(/^nas_/),
      token_type: 'Bearer',
      expires_in: 604_800,
      scope: 'openid profile',
    });
    const session = await send(`${host.url}/api/auth/get-session`, { bearer: body.access_token });
    expect(session.body).toMatchObject({ user: { id: user.id, email: user.email }, session: { userAgent: 'TV/1' } });
    expect(session.body.session.id).not.toBe(user.sessionId);
    expect(session.text).not.toContain(body.access_token);
    const list = await send(`${host.url}/api/auth/list-sessions`, { bearer: user.token });
    expect(list.body).toHaveLength(2);
    await send(`${host.url}/api/auth/revoke-session`, { bearer: user.token, body: { token: session.body.session.id } });
    expect((await send(`${host.url}/api/auth/get-session`, { bearer: body.access_token })).body).toBeNull();
    expect((await host.poll(codes.device_code)).body.error).toBe('invalid_grant');
  });

  it('there is no token endpoint, and another client id gets nothing', async () => {
    const codes = await host.approved(user);
    expect((await host.poll(codes.device_code, {}, { at: 'oauth2/token' })).status).toBe(404);
    expect((await host.pollInTime(codes.device_code, { client_id: 'other' })).body.error).toBe('invalid_grant');
    expect((await host.poll(codes.device_code)).status).toBe(200);
  });

  it('an approval ends with the session it was given in, and with the user', async () => {
    const other = await signUp(host.url);
    const first = await host.approved(other);
    await send(`${host.url}/api/auth/sign-out`, { bearer: other.token, body: {} });
    expect((await host.pollInTime(first.device_code)).body.error).toBe('access_denied');
    const third = await signUp(host.url);
    const second = await host.approved(third);
    await send(`${host.url}/api/auth/delete-user`, { bearer: third.token, body: { password: third.password } });
    expect((await host.pollInTime(second.device_code)).body.error).toBe('invalid_grant');
    expect(await host.sql('SELECT FROM auth_device_authorization WHERE subject = $1', [third.id])).toEqual([]);
  });

  it('an approval from before a change of password starts nothing after it', async () => {
    const other = await signUp(host.url);
    const codes = await host.approved(other);
    const changed = await send(`${host.url}/api/auth/change-password`, {
      bearer: other.token,
      body: { currentPassword: other.password, newPassword: 'another long password' },
    });
    expect(changed.status).toBe(200);
    expect((await host.pollInTime(codes.device_code)).body.error).toBe('invalid_grant');
  });
});

describe('device.validateClient', () => {
  const known = new Set(['own-app', 'tv']);
  const validateClient = (clientId: string) => Promise.resolve(known.has(clientId));

  it('alone, lets in whom it knows', async () => {
    const host = await createDeviceHost({ validateClient }, { alone: true });
    expect((await host.ask({ client_id: 'own-app' })).status).toBe(200);
    expect(await host.ask({ client_id: 'stranger' })).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    const { body } = await host.ask({ client_id: 'own-app' });
    known.delete('own-app');
    expect((await host.poll(body.device_code, { client_id: 'own-app' })).body.error).toBe('invalid_client');
    known.add('own-app');
    await host.close();
  });

  it('beside the provider, says no to registered clients and gives others a session', async () => {
    const host = await createDeviceHost({ validateClient });
    const user = await signUp(host.url);
    const secret = { client_id: 'console', client_secret: 'a secret of the console 0123456789' };
    expect((await host.ask(secret)).body.error).toBe('unauthorized_client');
    expect((await host.ask({ client_id: 'stranger' })).body.error).toBe('invalid_client');
    // A registered client does not become an app without registration by leaving its secret out.
    known.add('console');
    expect((await host.ask({ client_id: 'console' })).body.error).toBe('invalid_client');
    const own = await host.approved(user, { client_id: 'own-app' });
    expect((await host.pollInTime(own.device_code)).body.error).toBe('invalid_grant');
    const at = 'oauth2/token';
    expect((await host.pollInTime(own.device_code, { client_id: 'own-app' }, { at })).body.error).toBe(
      'invalid_client',
    );
    const { body } = await host.pollInTime(own.device_code, { client_id: 'own-app' });
    expect(body.access_token).toMatch(/^nas_/);
    const tv = await host.approved(user);
    expect((await host.pollInTime(tv.device_code)).body.access_token).toMatch(/^naa_/);
    await host.close();
  });

  it('T107 a registered client that is disabled is nobody: it gets no session in place of its tokens', async () => {
    const host = await createDeviceHost({ validateClient: () => true });
    const user = await signUp(host.url);
    const own = await host.approved(user, { client_id: 'own-app' });
    const { body: waiting } = await host.ask();
    const clients = host.app.get(OAuthClientsService);
    await clients.disable('tv');
    const metadata = { redirect_uris: ['https://registered.example/cb'], token_endpoint_auth_method: 'none' } as const;
    const registered = await clients.register({ metadata });
    await clients.disable(registered.client_id);
    for (const clientId of ['tv', registered.client_id]) {
      for (const at of ['device/code', 'oauth2/device_authorization'])
        expect(await host.ask({ client_id: clientId }, { at })).toMatchObject({
          status: 401,
          body: { error: 'invalid_client' },
        });
      expect((await host.pollInTime(waiting.device_code, { client_id: clientId })).body.error).toBe('invalid_client');
    }
    expect((await host.pollInTime(own.device_code, { client_id: 'own-app' })).body.access_token).toMatch(/^nas_/);
    await host.close();
  });

  it('absent beside the provider: registered clients alone', async () => {
    const host = await createDeviceHost();
    expect(await host.ask({ client_id: 'own-app' })).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    await host.close();
  });
});
