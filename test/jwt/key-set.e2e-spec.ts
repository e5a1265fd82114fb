import { SigningKeys } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';

const PATHS = ['/jwks', '/.well-known/jwks.json', '/oauth2/jwks', '/oauth/jwks'];
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth'];

describe.each(['express', 'fastify'] as const)('the key set on %s', (adapter) => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({
      adapter,
      auth: { jwt: { jwksEndpoint: '/keys/Current.json', jwksMaxAge: '10m' } },
      configure: (app) => {
        app.setGlobalPrefix('v1');
        app.enableCors({ origin: 'https://app.example.com' });
      },
    });
  });
  afterAll(() => host.close());

  const urls = () => [...PATHS.map((path) => `${host.url}/v1/api/auth${path}`), `${host.url}/keys/Current.json`];

  it('RFC 7517 5 the same document under every name, cacheable as long as the rotation allows', async () => {
    const answers = await Promise.all(urls().map((url) => send(url)));
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=600');
      expect(answer.headers.get('etag')).toBe(answers[0]!.headers.get('etag'));
      expect(answer.body).toEqual({
        keys: [
          {
            kty: 'EC',
            crv: 'P-256',
            alg: 'ES256',
            use: 'sig',
            x: expect.any(String),
            y: expect.any(String),
            kid: expect.stringMatching(/^[\w-]{43}$/),
          },
        ],
      });
    }
  });

  it('RFC 9110 13.1.2 304 without a body for the ETag that was given', async () => {
    for (const url of urls()) {
      const etag = (await send(url)).headers.get('etag')!;
      expect(etag).toMatch(/^"[\w-]+"$/);
      for (const tag of [etag, `W/${etag}`, `"other", ${etag}`]) {
        const again = await send(url, { headers: { 'if-none-match': tag } });
        expect([again.status, again.text]).toEqual([304, '']);
        expect(again.headers.get('cache-control')).toBe('public, max-age=600');
        expect(again.headers.get('etag')).toBe(etag);
      }
      expect((await send(url, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    }
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('RFC 9110 15.5.6 405 with Allow for %s', async (method) => {
    for (const url of urls()) {
      const headers = { origin: 'https://elsewhere.example' };
      const answer = await send(url, { method, headers, ...(method !== 'DELETE' && { body: { a: 1 } }) });
      expect([url, answer.status]).toEqual([url, 405]);
      expect(answer.headers.get('allow')).toBe('GET, HEAD');
      expect(answer.body.code).toBe('METHOD_NOT_ALLOWED');
    }
  });

  it('200 HEAD has the headers and no body', async () => {
    for (const url of urls()) {
      const answer = await send(url, { method: 'HEAD' });
      expect([answer.status, answer.text]).toEqual([200, '']);
      expect(answer.headers.get('etag')).toBeTruthy();
    }
  });

  it('200 the root address stays where it is under a global prefix, and any origin reads it, whatever the CORS of the host', async () => {
    const answer = await send(`${host.url}/keys/Current.json`, { headers: { origin: 'https://app.example.com' } });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect((await send(`${host.url}/v1/keys/Current.json`)).status).toBe(404);
    for (const path of ['/keys/current.json', '//keys/Current.json', '/keys/./Current%2ejson']) {
      expect([path, (await send(host.url + path)).status]).toEqual([path, 404]);
    }
    // As the router has it for the host's own routes (F23).
    expect((await send(`${host.url}/keys/Current.json/`)).status).toBe(adapter === 'express' ? 200 : 404);
  });

  it('T050 no private member anywhere', async () => {
    const raw = await send(`${host.url}/v1/api/auth/jwks`);
    for (const key of raw.body.keys) for (const member of PRIVATE_MEMBERS) expect(key).not.toHaveProperty(member);
    const [row] = await host.sql<{ private_key: Buffer; public_jwk: object }>('SELECT * FROM auth_signing_key');
    expect(row!.private_key.toString('latin1')).not.toContain('"d"');
    expect(row!.public_jwk).not.toHaveProperty('d');
    expect(JSON.stringify(await host.app.get(SigningKeys).list())).not.toMatch(/"d"|private/i);
  });

  it('404 the administration routes do not exist unless the host opens them', async () => {
    expect((await send(`${host.url}/v1/api/auth/admin/keys/rotate`, { body: {} })).status).toBe(404);
    expect((await send(`${host.url}/v1/api/auth/admin/keys`)).status).toBe(404);
  });
});

describe('the key set of each algorithm', () => {
  it('RFC 7518 6 members by key type, and the jwksEndpoint of better-auth is the route that exists', async () => {
    const host = await createTestApp({ auth: { jwt: { jwksEndpoint: '/api/auth/.well-known/jwks.json' } } });
    const keys = host.app.get(SigningKeys);
    for (const algorithm of ['EdDSA', 'RS256', 'PS256', 'ES384', 'ES512', 'Ed25519'] as const) keys.want(algorithm, 60);
    await keys.refresh();
    const answer = await send(`${host.url}/api/auth/.well-known/jwks.json`);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
    const members = new Map(answer.body.keys.map((key: any) => [key.alg, Object.keys(key).toSorted().join(' ')]));
    expect(Object.fromEntries(members)).toEqual({
      ES256: 'alg crv kid kty use x y',
      ES384: 'alg crv kid kty use x y',
      ES512: 'alg crv kid kty use x y',
      EdDSA: 'alg crv kid kty use x',
      Ed25519: 'alg crv kid kty use x',
      RS256: 'alg e kid kty n use',
      PS256: 'alg e kid kty n use',
    });
    await host.close();
  });

  it('HS256 publishes nothing, and the boot log says what that means', async () => {
    const warnings: string[] = [];
    const silent = { log: () => undefined, error: () => undefined };
    const host = await createTestApp({
      auth: { jwt: { algorithm: 'HS256' } },
      configure: (app) => app.useLogger({ ...silent, warn: (text: string) => warnings.push(text) }),
    });
    expect(warnings.join()).toContain('HS256: the key set is empty');
    const answer = await send(`${host.url}/api/auth/jwks`);
    expect([answer.status, answer.body]).toEqual([200, { keys: [] }]);
    await host.close();
  });
});
