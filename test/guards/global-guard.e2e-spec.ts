import { APP_GUARD } from '@nestjs/core';
import { AuthGuard } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { signUp, TEST_PASSWORD, type SignedInUser } from '../support/users.js';
import {
  GuardedController,
  HELD_SCOPES,
  PlainController,
  TestKeyAuthenticator,
  TestKeyModule,
} from '../support/guarded-host.js';

describe.each([
  ['express', 'useExisting'],
  ['fastify', 'useClass'],
] as const)('AuthGuard as APP_GUARD on %s, by %s', (adapter, how) => {
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createTestApp({
      adapter,
      auth: { accounts: { session: { scopes: HELD_SCOPES } } },
      imports: [TestKeyModule],
      controllers: [PlainController, GuardedController],
      providers: [{ provide: APP_GUARD, [how]: AuthGuard }],
    });
    user = await signUp(host.url);
  });
  afterAll(() => host.close());

  it('401 with a bare challenge on a route of the host without any decorator, 200 with a token', async () => {
    const answer = await send(`${host.url}/plain`);
    expect([answer.status, answer.body.code]).toEqual([401, 'UNAUTHORIZED']);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="[^"]+"$/);
    expect((await send(`${host.url}/plain`, { bearer: user.accessToken })).body.subject).toBe(user.id);
  });

  it('200 on a @Public route without a credential', async () => {
    expect((await send(`${host.url}/plain/public`)).body).toEqual({ reached: true });
  });

  it('the guard works once although it stands on the application and three times on the route', async () => {
    const testKey = host.app.get(TestKeyAuthenticator);
    const before = testKey.calls;
    const answer = await send(`${host.url}/guarded/bearer-or-test-key`, { headers: { 'x-test-key': 'tst_good' } });
    expect([answer.status, testKey.calls - before]).toEqual([200, 1]);
  });

  it('our own routes stay as open as they are: sign-in, refresh and get-session need no bearer token', async () => {
    const auth = `${host.url}/api/auth`;
    const signIn = await send(`${auth}/sign-in/email`, { body: { email: user.email, password: TEST_PASSWORD } });
    expect(signIn.status).toBe(200);
    const refresh = await send(`${auth}/token/refresh`, { body: { refreshToken: signIn.body.refreshToken } });
    expect(refresh.status).toBe(200);
    const session = await send(`${auth}/get-session`);
    expect([session.status, session.text]).toEqual([200, 'null']);
  });

  it.each(['list-sessions', 'update-user', 'revoke-sessions', 'token/issue'])(
    '401 at our own guarded route %s',
    async (route) => {
      const method = route === 'list-sessions' ? 'GET' : 'POST';
      const answer = await send(`${host.url}/api/auth/${route}`, { method, ...(method === 'POST' && { body: {} }) });
      expect(answer.status).toBe(401);
      expect((await send(`${host.url}/api/auth/list-sessions`, { headers: { cookie: user.cookie } })).status).toBe(200);
    },
  );
});
