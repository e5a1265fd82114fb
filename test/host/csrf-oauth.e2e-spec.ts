import { authCsrfExclusions } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { authorizeQuery, Navigator, pkce, providerOptions, WEB } from '../support/oauth.js';

/** A host with Nest's own CSRF protection, which knows of the routes that other sites may post to. */
describe('CSRF protection of the host beside the authorization server', () => {
  let host: TestApp;
  let paths: string[];
  beforeAll(async () => {
    host = await createTestApp({
      auth: providerOptions({ dynamicRegistration: 'open' }, { device: true, clientCredentials: true }),
      configure: (app) => app.enableCsrfProtection({ exclude: authCsrfExclusions(app) }),
    });
    paths = authCsrfExclusions(host.app).map(({ path }) => path);
  });
  afterAll(() => host.close());

  it('lists what other sites may post to, under both names', () => {
    const names = ['authorize', 'token', 'introspect', 'revoke', 'userinfo', 'end-session', 'register'];
    for (const name of names)
      expect(paths).toEqual(expect.arrayContaining([`/api/auth/oauth2/${name}`, `/api/auth/oauth/${name}`]));
    const device = ['/api/auth/device/code', '/api/auth/device/token', '/api/auth/oauth2/device_authorization'];
    expect(paths).toEqual(expect.arrayContaining(device));
    // What acts for the user by their cookie is never among them.
    const own = ['consent', 'continue', 'end-session/confirm', 'create-client', 'delete-consent'];
    for (const name of own) expect(paths).not.toContain(`/api/auth/oauth2/${name}`);
    for (const name of ['device/approve', 'device/deny', 'sign-in']) expect(paths).not.toContain(`/api/auth/${name}`);
  });

  it('303 another site posts an authorization request', async () => {
    const form = Object.fromEntries(new URLSearchParams(authorizeQuery(WEB, { code_challenge: pkce().challenge })));
    const page = await new Navigator(host).post('/api/auth/oauth2/authorize', form, 'https://web.example');
    expect(page.status).toBe(303);
  });

  it('T063 another site cannot answer the question of consent', async () => {
    const answer = await send(`${host.url}/api/auth/oauth2/consent`, {
      body: 'accept=true&consent_code=x',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: 'https://evil.example',
        'sec-fetch-site': 'cross-site',
      },
    });
    expect(answer.status).toBe(403);
  });
});
