import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Auth, CurrentPrincipal, SigningKeys, type AuthOptions, type AuthPrincipal } from '../../src/index.js';
import { decodeProtectedHeader } from 'jose';
import { createTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startDeafProxy, type DeafProxy } from '../support/deaf-proxy.js';
import { send } from '../support/http.js';
import { connectIo } from '../support/socket-clients.js';
import { seenBy } from '../support/socket-gateways.js';
import { signUp, type SignedInUser } from '../support/users.js';

@WebSocketGateway()
@Auth()
class ReportsGateway {
  @SubscribeMessage('hello') hello(@CurrentPrincipal() one: AuthPrincipal) {
    return seenBy(one);
  }
}

describe('F15: sockets of a node whose notices are lost, or that keeps nothing in memory', () => {
  let database: TestDatabase;
  let proxy: DeafProxy;
  let near: TestApp;
  let user: SignedInUser;
  const start = (databaseUrl: string, auth: Partial<AuthOptions>) =>
    createTestApp({ databaseUrl, providers: [ReportsGateway], auth: { jwt: true, ...auth } });

  beforeAll(async () => {
    database = await createTestDatabase();
    proxy = await startDeafProxy(database.url);
    near = await start(database.url, {});
  });
  beforeEach(async () => {
    user = await signUp(near.url);
  });
  afterAll(async () => {
    await near?.close();
    await proxy?.close();
    await database?.drop();
  });
  const open = (host: TestApp, token: string) => connectIo(host.url, '', { auth: { token } });
  const signOut = () => send(`${near.url}/api/auth/sign-out`, { body: {}, bearer: user.token });

  it.each([
    ['which hears nothing: within cacheTtl', () => proxy.url, { cacheTtl: 1 }],
    ['with cacheTtl 0, which hears', () => database.url, { cacheTtl: 0 }],
    ['with cacheTtl 0, which hears nothing', () => proxy.url, { cacheTtl: 0 }],
  ])('a sign-out closes the sockets of a node %s', async (_name, url, auth) => {
    const far = await start(url(), auth);
    try {
      const client = await open(far, user.accessToken);
      expect((await client.ask('hello')).data).toEqual({ subject: user.id });
      await signOut();
      expect(await client.closed).toBe(401);
    } finally {
      await far.close();
    }
  });

  it('the end of a signing key closes the sockets of its JWTs', async () => {
    const { token: jwt } = (await send(`${near.url}/api/auth/token`, { bearer: user.token })).body;
    const client = await open(near, jwt as string);
    const other = await open(near, user.accessToken);
    await near.app.get(SigningKeys).revoke(decodeProtectedHeader(jwt as string).kid!);
    expect(await client.closed).toBe(401);
    expect((await other.ask('hello')).data).toEqual({ subject: user.id });
    other.close();
  });

  it('so it does on another node, by its notice alone: memory would keep them for longer than this test may take', async () => {
    const far = await start(database.url, { cacheTtl: 60 });
    try {
      const { token: jwt } = (await send(`${near.url}/api/auth/token`, { bearer: user.token })).body;
      const client = await open(far, jwt as string);
      expect((await client.ask('hello')).data).toEqual({ subject: user.id });
      await near.app.get(SigningKeys).revoke(decodeProtectedHeader(jwt as string).kid!);
      expect(await client.closed).toBe(401);
    } finally {
      await far.close();
    }
  }, 30_000);
});
