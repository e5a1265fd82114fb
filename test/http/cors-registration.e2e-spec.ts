import { createTestApp, type TestApp } from '../support/app.js';
import { DEVICE_GRANT } from '../support/device.js';
import { send } from '../support/http.js';
import {
  CORS_AUTH,
  corsOf,
  HOSTS,
  LISTED,
  namesIn,
  OF_CLIENT,
  OF_CONFIDENTIAL,
  preflight,
  STRANGER,
  TRUSTED,
} from '../support/cors.js';

const ADAPTERS = ['express', 'fastify'] as const;
const REGISTER = ['/api/auth/oauth2/register', '/api/auth/oauth/register'];
const DEVICE = ['oauth2/device_authorization', 'oauth/device_authorization', 'device/code', 'device/token'].map(
  (route) => `/api/auth/${route}`,
);
const METADATA = { redirect_uris: ['https://inspector.example/callback'], token_endpoint_auth_method: 'none' };

describe.each(ADAPTERS.flatMap((adapter) => HOSTS.map(([name, configure]) => ({ adapter, name, configure }))))(
  'F27: Fetch 3.2 CORS on $adapter beside $name',
  ({ adapter, configure }) => {
    let open: TestApp;
    let known: TestApp;
    const create = (dynamicRegistration: 'open' | 'authenticated', databaseUrl?: string) =>
      createTestApp({
        adapter,
        configure,
        ...(databaseUrl && { databaseUrl }),
        auth: { ...CORS_AUTH, device: {}, oauthProvider: { ...CORS_AUTH.oauthProvider, dynamicRegistration } },
      });
    beforeAll(async () => {
      open = await create('open');
      known = await create('authenticated', open.databaseUrl);
    });
    afterAll(async () => {
      await known.close();
      await open.close();
    });

    it.each(REGISTER)('open registration at %s is for scripts of any origin, without credentials', async (path) => {
      const asked = await preflight(`${open.url}${path}`, STRANGER);
      expect([asked.status, asked.text, corsOf(asked)]).toEqual([204, '', { origin: '*', credentials: null }]);
      expect(namesIn(asked, 'access-control-allow-methods')).toContain('post');
      expect(namesIn(asked, 'access-control-allow-headers')).toEqual(
        expect.arrayContaining(['authorization', 'content-type']),
      );
      const headers = { origin: STRANGER };
      const made = await send(`${open.url}${path}`, { headers, body: METADATA });
      expect([made.status, corsOf(made)]).toEqual([201, { origin: '*', credentials: null }]);
      const refused = await send(`${open.url}${path}`, { headers, body: { redirect_uris: ['nonsense'] } });
      expect([refused.status, corsOf(refused)]).toEqual([400, { origin: '*', credentials: null }]);
      // RFC 7592: what was registered from a browser is managed from there.
      const own = `${open.url}${path}/${made.body.client_id}`;
      for (const method of ['GET', 'PUT', 'DELETE'])
        expect(namesIn(await preflight(own, STRANGER, method), 'access-control-allow-methods')).toContain(
          method.toLowerCase(),
        );
      const read = await send(own, { headers, bearer: made.body.registration_access_token });
      expect([read.status, corsOf(read)]).toEqual([200, { origin: '*', credentials: null }]);
    });

    it.each(REGISTER)(
      'registration at %s that is for somebody known: origins of clients and listed ones',
      async (path) => {
        for (const origin of [OF_CLIENT, LISTED, TRUSTED])
          expect(corsOf(await preflight(`${known.url}${path}`, origin)).origin).toBe(origin);
        for (const origin of [STRANGER, OF_CONFIDENTIAL, 'null'])
          expect(corsOf(await preflight(`${known.url}${path}`, origin)).origin).toBeNull();
      },
    );

    it.each(DEVICE)('%s: as the token endpoint', async (path) => {
      const headers = { origin: OF_CLIENT };
      for (const origin of [OF_CLIENT, LISTED, TRUSTED]) {
        const asked = await preflight(`${known.url}${path}`, origin);
        expect([asked.status, corsOf(asked).origin]).toEqual([204, origin]);
        expect(namesIn(asked, 'access-control-allow-methods')).toContain('post');
      }
      for (const origin of [STRANGER, OF_CONFIDENTIAL, 'null'])
        expect(corsOf(await preflight(`${known.url}${path}`, origin)).origin).toBeNull();
      const body = new URLSearchParams({ client_id: 'spa', grant_type: DEVICE_GRANT, device_code: 'x' });
      const answer = await send(`${known.url}${path}`, { headers, body });
      expect([answer.status, corsOf(answer)]).toEqual([400, { origin: OF_CLIENT, credentials: null }]);
    });
  },
);

describe('F27: registration that is off', () => {
  it('is no route for scripts of others', async () => {
    const host = await createTestApp({ auth: CORS_AUTH });
    try {
      for (const path of REGISTER) expect(corsOf(await preflight(`${host.url}${path}`, OF_CLIENT)).origin).toBeNull();
    } finally {
      await host.close();
    }
  });
});
