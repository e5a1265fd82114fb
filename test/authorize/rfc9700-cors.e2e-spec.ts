import { createTestApp, type TestApp } from '../support/app.js';
import { CORS_AUTH, corsOf, HOSTS, OF_CLIENT, OF_HOST, preflight, STRANGER, TRUSTED } from '../support/cors.js';
import { send } from '../support/http.js';
import { authorizeQuery, pkce, WEB } from '../support/oauth.js';

const PATHS = ['/api/auth/oauth2/authorize', '/api/auth/oauth/authorize'];
const ORIGINS = [TRUSTED, OF_CLIENT, OF_HOST, STRANGER, 'null'];

describe.each(['express', 'fastify'] as const)('the authorization endpoint and scripts on %s', (adapter) => {
  describe.each(HOSTS)('with %s', (_name, configure) => {
    let host: TestApp;
    beforeAll(async () => {
      host = await createTestApp({ adapter, configure, auth: CORS_AUTH });
    });
    afterAll(() => host.close());

    const headersOf = (answer: Awaited<ReturnType<typeof send>>) =>
      [...answer.headers.keys()].filter((name) => name.startsWith('access-control-'));

    it.each(PATHS)('T137 RFC 9700 2.6: %s gives no script its answer, whoever sends it', async (path) => {
      const query = authorizeQuery(WEB, { code_challenge: pkce().challenge });
      for (const origin of ORIGINS) {
        const answers = [
          await send(`${host.url}${path}?${query}`, { headers: { origin } }),
          await send(`${host.url}${path}?client_id=nobody`, { headers: { origin, 'sec-fetch-mode': 'cors' } }),
          await send(`${host.url}${path}`, { body: new URLSearchParams(query), headers: { origin } }),
          await send(`${host.url}${path}`, { method: 'HEAD', headers: { origin } }),
          await preflight(`${host.url}${path}`, origin),
          await preflight(`${host.url}${path}`, origin, 'GET'),
        ];
        expect(answers.map(headersOf)).toEqual(answers.map(() => []));
        expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
      }
    });

    it.each(PATHS)('T137 RFC 9700 2.6: %s without an Origin has no such header either', async (path) =>
      expect(headersOf(await send(`${host.url}${path}?client_id=nobody`))).toEqual([]),
    );

    it('T137 the token endpoint stays open to the scripts of public clients', async () =>
      expect(corsOf(await preflight(`${host.url}/api/auth/oauth2/token`, OF_CLIENT)).origin).toBe(OF_CLIENT));
  });
});
