import { authCsrfExclusions } from 'nest-authority';
import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';

describe.each(['express', 'fastify'] as const)('T033 beside the CSRF protection of Nest on %s', (adapter) => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({
      adapter,
      auth: { accountLinking: { providers: [] } },
      configure: (app) => {
        app.setGlobalPrefix('v9');
        app.enableCsrfProtection({ exclude: authCsrfExclusions(app) });
      },
    });
  });
  afterAll(() => host.close());

  const crossSite = (route: string, body: string) =>
    send(`${host.url}/v9/api/auth/${route}`, {
      body,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: 'https://provider.example',
        'sec-fetch-site': 'cross-site',
      },
    });

  it('lists what other sites may post to, and nothing else', () => {
    const paths = authCsrfExclusions(host.app).map(({ path }) => path);
    expect(paths.sort()).toEqual(['/api/auth/callback/:id', '/api/auth/oauth2/callback/:providerId']);
  });

  it.each(['callback/apple', 'oauth2/callback/apple'])('303 a provider posts its answer to %s', async (route) => {
    expect((await crossSite(route, 'state=x&code=y')).status).toBe(303);
  });

  it('403 another site posts to any other route', async () => {
    expect((await crossSite('sign-in/email', 'email=a@example.com&password=password')).status).toBe(403);
  });
});
