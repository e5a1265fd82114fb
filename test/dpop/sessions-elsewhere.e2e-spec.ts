import { createTestApp, type TestApp } from '../support/app.js';
import { mintJwt } from '../../src/testing/index.js';
import { UsersService } from '../../src/index.js';
import { bindingsOf, BoundClient } from '../support/bound-sessions.js';
import { send } from '../support/http.js';
import { Refused } from '../support/socket-clients.js';
import { connections } from '../support/socket-gateways.js';
import { PLATFORMS } from '../support/socket-platforms.js';
import { signUp, TEST_PASSWORD } from '../support/users.js';

const LIST = '/api/auth/list-sessions';
const { gateways, connect, configure } = PLATFORMS[1];

describe('RFC 9449 bound sessions outside the routes', () => {
  let host: TestApp;
  let app: BoundClient;
  beforeAll(async () => {
    host = await createTestApp({
      adapter: 'fastify',
      providers: gateways as unknown as object[],
      configure: configure as (app: unknown) => void,
      auth: {
        bearer: { refreshToken: { enabled: true }, dpop: 'accepted' },
        jwt: true,
        accounts: { administrators: { roles: ['admin'] } },
      },
    });
    app = new BoundClient(() => host);
  });
  afterAll(() => host.close());

  const refusedBy = (headers: Record<string, string>) =>
    connect(host.url, 'closed', { headers }).then(
      () => null,
      (error: unknown) => (error as Refused).status,
    );

  it('RFC 9449 7: a handshake is one request: its proof opens one connection, over which no message is let in', async () => {
    const { token, accessToken, id } = await app.signUp();
    for (const one of [token, accessToken]) {
      expect(await refusedBy({ authorization: `Bearer ${one}` })).toBe(401);
      expect(await refusedBy({ authorization: `DPoP ${one}` })).toBe(401);
      expect(await refusedBy(new BoundClient(() => host).proven('/closed', 'GET', one))).toBe(401);
      expect(connections).toEqual([]);
      const headers = app.proven('/closed', 'GET', one);
      const socket = await connect(host.url, 'closed', { headers });
      expect(connections.splice(0)).toEqual([id]);
      const told = await socket.ask('whoami');
      expect([told.event, told.data.code ?? told.data]).toEqual(['exception', expect.anything()]);
      socket.close();
      expect(await refusedBy(headers)).toBe(401);
      expect(connections.splice(0)).toEqual([]);
    }
  });

  it('RFC 9449 6: an administrator who acts as a user does so with their own key', async () => {
    const admin = await app.signUp();
    await host.app.get(UsersService).setRoles(admin.id, ['admin']);
    const again = await app.ask('/api/auth/sign-in/email', { email: admin.email, password: TEST_PASSWORD });
    const user = await signUp(host.url);
    const acting = await app.ask('/api/auth/admin/impersonate-user', { userId: user.id }, { token: again.body.token });
    expect([acting.status, acting.headers.getSetCookie()]).toEqual([200, []]);
    const { token } = acting.body.session as { token: string };
    expect(await bindingsOf(host, user.id)).toEqual([null, { jkt: app.key.thumbprint }]);
    expect((await send(`${host.url}${LIST}`, { bearer: token })).status).toBe(401);
    expect((await app.ask(LIST, undefined, { token })).status).toBe(200);
    const stopped = await app.ask('/api/auth/admin/stop-impersonating', {}, { token });
    expect([stopped.status, stopped.headers.getSetCookie()]).toEqual([200, []]);
    const own = stopped.body.session.token as string;
    expect((await send(`${host.url}${LIST}`, { headers: { cookie: `better-auth.session_token=${own}` } })).status).toBe(
      401,
    );
    expect((await send(`${host.url}${LIST}`, { bearer: own })).status).toBe(401);
    expect((await app.ask(LIST, undefined, { token: own })).status).toBe(200);
  });

  it('RFC 9449 11.1: code that has a session token alone makes no JWT of it', async () => {
    const { token } = await app.signUp();
    await expect(mintJwt(host.app, { session: token })).rejects.toMatchObject({ status: 401 });
    expect(await mintJwt(host.app, { session: (await signUp(host.url)).token })).toMatch(/^ey/);
  });
});
