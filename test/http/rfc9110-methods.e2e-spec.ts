import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { providerOptions } from '../support/oauth.js';

describe.each(['express', 'fastify'] as const)('methods of the OAuth endpoints on %s', (adapter) => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({ adapter, auth: providerOptions({ dynamicRegistration: 'open' }) });
  });
  afterAll(() => host.close());

  it.each([
    ['token', 'POST', ['GET', 'PUT', 'PATCH', 'DELETE']],
    ['introspect', 'POST', ['GET', 'PUT', 'PATCH', 'DELETE']],
    ['revoke', 'POST', ['GET', 'PUT', 'PATCH', 'DELETE']],
    ['register', 'POST', ['GET', 'PUT', 'PATCH', 'DELETE']],
    ['userinfo', 'GET, HEAD, POST', ['PUT', 'PATCH', 'DELETE']],
    ['authorize', 'GET, HEAD, POST', ['PUT', 'PATCH', 'DELETE']],
    ['end-session', 'GET, HEAD, POST', ['PUT', 'PATCH', 'DELETE']],
  ])('T007 15.5.6 /oauth2/%s takes %s; every other method is 405 with Allow', async (name, allow, methods) => {
    for (const folder of ['oauth2', 'oauth'])
      for (const method of methods) {
        const answer = await send(`${host.url}/api/auth/${folder}/${name}`, { method });
        expect([method, answer.status, answer.headers.get('allow')]).toEqual([method, 405, allow]);
        expect(answer.body).toMatchObject({ error: 'invalid_request' });
      }
  });

  it.each(['consent', 'continue'])('15.5.2 the page of a 401 at POST /oauth2/%s bears a challenge', async (name) => {
    const answer = await send(`${host.url}/api/auth/oauth2/${name}`, {
      body: new URLSearchParams({ accept: 'true', consent_code: 'narq_x' }),
      headers: { accept: 'text/html' },
    });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([401, 'text/html; charset=utf-8']);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="/);
  });
});
