import { createTestApp, type TestApp } from '../support/app.js';
import { grantTokens } from '../support/client-tokens.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { send } from '../support/http.js';
import { signUp } from '../support/users.js';
import {
  CLIENT_ROUTES,
  CORS_AUTH,
  corsOf,
  DOCUMENTS,
  HOSTS,
  LISTED,
  namesIn,
  OF_CLIENT,
  OF_CONFIDENTIAL,
  OF_HOST,
  preflight,
  STRANGER,
  TRUSTED,
} from '../support/cors.js';

const ADAPTERS = ['express', 'fastify'] as const;
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe.each(ADAPTERS.flatMap((adapter) => HOSTS.map(([name, configure]) => ({ adapter, name, configure }))))(
  'CORS on $adapter beside $name',
  ({ adapter, configure }) => {
    let host: TestApp;
    beforeAll(async () => {
      host = await createTestApp({ adapter, databaseUrl: database.url, auth: CORS_AUTH, configure });
    });
    afterAll(() => host.close());

    it.each(DOCUMENTS)('any origin reads %s, without credentials', async (path) => {
      const answer = await send(`${host.url}${path}`, { headers: { origin: STRANGER } });
      expect([answer.status, corsOf(answer)]).toEqual([200, { origin: '*', credentials: null }]);
      const asked = await preflight(`${host.url}${path}`, STRANGER, 'GET');
      expect([asked.status, asked.text, corsOf(asked)]).toEqual([204, '', { origin: '*', credentials: null }]);
      expect(namesIn(asked, 'access-control-allow-methods')).toContain('get');
      expect(namesIn(asked, 'access-control-allow-headers')).toEqual(expect.arrayContaining(['*', 'authorization']));
    });

    it.each(CLIENT_ROUTES)('preflight of %s: 204 for origins of public clients and listed ones', async (path) => {
      for (const origin of [OF_CLIENT, LISTED, TRUSTED]) {
        const answer = await preflight(`${host.url}${path}`, origin);
        expect([answer.status, answer.text, answer.headers.get('access-control-allow-origin')]).toEqual([
          204,
          '',
          origin,
        ]);
        expect(namesIn(answer, 'access-control-allow-methods')).toContain('post');
        expect(namesIn(answer, 'access-control-allow-headers')).toEqual(
          expect.arrayContaining(['authorization', 'content-type']),
        );
        expect(namesIn(answer, 'vary')).toContain('origin');
        if (origin !== TRUSTED) {
          expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
          expect(Number(answer.headers.get('access-control-max-age'))).toBeGreaterThan(0);
        }
      }
    });

    it.each(CLIENT_ROUTES)('preflight of %s: 204 and nothing allowed for other origins', async (path) => {
      for (const origin of [
        STRANGER,
        OF_CONFIDENTIAL,
        OF_HOST,
        'null',
        'https://spa.example.evil.example',
        `${OF_CLIENT}:444`,
      ]) {
        const answer = await preflight(`${host.url}${path}`, origin);
        expect([answer.status, corsOf(answer)]).toEqual([204, { origin: null, credentials: null }]);
        expect(answer.headers.get('access-control-allow-methods')).toBeNull();
        expect(namesIn(answer, 'vary')).toContain('origin');
      }
    });

    it('answers and refusals bear the header too, and the challenge can be read', async () => {
      const user = await signUp(host.url);
      const tokens = await grantTokens(host, { clientId: 'spa', user, scopes: ['openid'] });
      const at = `${host.url}/api/auth/oauth2/userinfo`;
      const answers = [
        await send(at, { bearer: tokens.access_token, headers: { origin: OF_CLIENT } }),
        await send(at, { headers: { origin: OF_CLIENT } }),
        await send(at, { bearer: 'garbage', headers: { origin: OF_CLIENT } }),
        await send(`${host.url}/api/auth/oauth2/token`, { body: '{', headers: { origin: OF_CLIENT } }),
        await send(`${host.url}/api/auth/oauth2/token`, {
          body: 'x'.repeat(200_000),
          headers: { origin: OF_CLIENT, 'content-type': 'application/json' },
        }),
        await send(`${host.url}/api/auth/oauth2/token`, { method: 'PUT', headers: { origin: OF_CLIENT } }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([200, 401, 401, 415, 413, 405]);
      for (const answer of answers) {
        expect(corsOf(answer)).toEqual({ origin: OF_CLIENT, credentials: null });
        expect(namesIn(answer, 'vary')).toContain('origin');
        expect(namesIn(answer, 'access-control-expose-headers')).toContain('www-authenticate');
      }
    });

    it('an arbitrary origin gets no header, with a cookie or without, whatever it is answered', async () => {
      const cookies: Record<string, string>[] = [{}, { cookie: 'a=b' }];
      for (const cookie of cookies) {
        const headers = { origin: STRANGER, ...cookie };
        const answers = [
          await send(`${host.url}/api/auth/oauth2/userinfo`, { headers }),
          await send(`${host.url}/api/auth/oauth2/token`, { body: { grant_type: 'x' }, headers }),
        ];
        for (const answer of answers) expect(corsOf(answer)).toEqual({ origin: null, credentials: null });
      }
    });
  },
);
