import { Controller, Get } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { createOAuthApp, MACHINE, proof, submit } from '../support/client-auth.js';
import { send } from '../support/http.js';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import { signUp, TEST_PASSWORD } from '../support/users.js';

@Controller('reports')
class ReportsController {
  @Get('latest')
  latest() {
    return {};
  }
}

/** Each with what the host's own route says, which is what ours have to say. */
const HOSTS = {
  express: { adapter: 'express' as const },
  fastify: { adapter: 'fastify' as const },
  'fastify without strict slashes': {
    adapter: 'fastify' as const,
    httpAdapter: () => new FastifyAdapter({ routerOptions: { ignoreTrailingSlash: true } }),
  },
};

describe.each(Object.keys(HOSTS) as (keyof typeof HOSTS)[])('F23: a slash at the end, on %s', (name) => {
  let host: TestApp;
  let isSame: boolean;
  beforeAll(async () => {
    const { adapter, ...rest } = HOSTS[name];
    host = await createOAuthApp({
      adapter,
      ...('httpAdapter' in rest && { httpAdapter: rest.httpAdapter() }),
      clients: [MACHINE],
      controllers: [ReportsController],
      auth: { device: true },
    });
    isSame = (await send(`${host.url}/reports/latest/`)).status === 200;
  });
  afterAll(() => host.close());

  const at = (path: string, options: Parameters<typeof send>[1] = {}) => send(`${host.url}${path}`, options);

  it('F23: the routers differ in what they take', () => expect(isSame).toBe(name !== 'fastify'));

  it.each(['/api/auth/get-session', '/api/auth/jwks', '/.well-known/openid-configuration', '/device'])(
    'F23: GET %s is as the host’s own',
    async (path) => {
      const { status } = await at(path);
      expect(status).toBeLessThan(400);
      expect((await at(`${path}/`)).status).toBe(isSame ? status : 404);
      for (const twisted of [`${path}//`, `${path}%2f`, `${path}/%2f`, `${path}%5c`, `${path};/`, `${path}/;`])
        expect([twisted, (await at(twisted)).status]).toEqual([twisted, 404]);
    },
  );

  it('F23: a sign-in, its checks and the shape of its errors are those of the route without it', async () => {
    const { email } = await signUp(host.url);
    const to = (path: string, password: string, headers: Record<string, string> = {}) =>
      at(path, { body: { email, password }, headers });
    expect((await to('/api/auth/sign-in/email/', TEST_PASSWORD)).status).toBe(isSame ? 200 : 404);
    if (!isSame) return;
    for (const [password, headers] of [
      ['wrong password', {}],
      [TEST_PASSWORD, { origin: 'https://evil.example' }],
    ] as const) {
      const [plain, slashed] = [
        await to('/api/auth/sign-in/email', password, headers),
        await to('/api/auth/sign-in/email/', password, headers),
      ];
      expect([slashed.status, slashed.body]).toEqual([plain.status, plain.body]);
      expect(slashed.status).toBeGreaterThan(400);
    }
  });

  it('F23: RFC 6749 5.2 the token endpoint speaks OAuth with it as well', async () => {
    const ask = (route: string, grant: string) =>
      submit(host, route, { grant_type: grant }, { ...proof(MACHINE), origin: TEST_ISSUER });
    expect((await ask('oauth2/token/', 'client_credentials')).status).toBe(isSame ? 200 : 404);
    const plain = await ask('oauth2/token', 'no-such-grant');
    const slashed = await ask('oauth2/token/', 'no-such-grant');
    if (isSame) expect([slashed.status, slashed.body]).toEqual([plain.status, plain.body]);
  });
});
