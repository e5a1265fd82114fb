import { APP_GUARD } from '@nestjs/core';
import request from 'supertest';
import { AuthGuard } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
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
  const server = () => request(host.url);
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
    const refusal = server()
      .get('/plain')
      .expect(401)
      .expect('www-authenticate', /^Bearer realm="[^"]+"$/);
    expect((await refusal).body.code).toBe('UNAUTHORIZED');
    const answer = await server().get('/plain').auth(user.accessToken, { type: 'bearer' }).expect(200);
    expect(answer.body.subject).toBe(user.id);
  });

  it('200 on a @Public route without a credential', async () => {
    await server().get('/plain/public').expect(200, { reached: true });
  });

  it('the guard works once although it stands on the application and three times on the route', async () => {
    const testKey = host.app.get(TestKeyAuthenticator);
    const before = testKey.calls;
    await server().get('/guarded/bearer-or-test-key').set('x-test-key', 'tst_good').expect(200);
    expect(testKey.calls - before).toBe(1);
  });

  it('our own routes stay as open as they are: sign-in, refresh and get-session need no bearer token', async () => {
    const signIn = { email: user.email, password: TEST_PASSWORD };
    const { body } = await server().post('/api/auth/sign-in/email').send(signIn).expect(200);
    await server().post('/api/auth/token/refresh').send({ refreshToken: body.refreshToken }).expect(200);
    await server().get('/api/auth/get-session').expect(200, 'null');
  });

  it.each(['list-sessions', 'update-user', 'revoke-sessions', 'token/issue'])(
    '401 at our own guarded route %s',
    async (route) => {
      const path = `/api/auth/${route}`;
      await (route === 'list-sessions' ? server().get(path) : server().post(path).send({})).expect(401);
      await server().get('/api/auth/list-sessions').set('cookie', user.cookie).expect(200);
    },
  );
});
