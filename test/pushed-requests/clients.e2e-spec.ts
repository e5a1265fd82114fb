import { TEST_ISSUER, type TestApp } from '../support/app.js';
import * as oauth from '../support/client-auth.js';
import { CORS_AUTH, corsOf, LISTED, OF_CLIENT, preflight, STRANGER } from '../support/cors.js';
import { createTestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { APP, pkce, providerOptions, WEB } from '../support/oauth.js';
import { PAR, push } from '../support/pushed-requests.js';

const { assertionOf, byAssertion, clientKey, CALLBACK } = oauth;
const ROUTES = ['oauth2/par', 'oauth/par'];
const seconds = () => Math.floor(Date.now() / 1000);
const REQUEST = () => ({
  response_type: 'code',
  redirect_uri: CALLBACK,
  code_challenge: pkce().challenge,
  code_challenge_method: 'S256',
});

describe('RFC 9126 2: clients that sign assertions', () => {
  let host: TestApp;
  let key: oauth.ClientKey;
  beforeAll(async () => {
    key = await clientKey('ES256');
    const signer = {
      clientId: 'signer',
      redirectUris: [CALLBACK],
      tokenEndpointAuthMethod: 'private_key_jwt' as const,
      metadata: { jwks: { keys: [key.jwk] } },
    };
    host = await oauth.createOAuthApp({ clients: [signer] });
  });
  afterAll(() => host.close());

  const pushBy = async (claims: object, route = 'oauth2/par') =>
    oauth.submit(host, route, byAssertion(await assertionOf('signer', key, { ...claims }), REQUEST()));

  it.each([
    ['the issuer', TEST_ISSUER],
    ['the token endpoint', `${TEST_ISSUER}/api/auth/oauth2/token`],
    ['this endpoint', TEST_ISSUER + PAR],
    ['this endpoint by its other name', `${TEST_ISSUER}/api/auth/oauth/par`],
  ])('RFC 9126 2: %s is taken as aud', async (_name, aud) => {
    for (const route of ROUTES) expect((await pushBy({ aud }, route)).status).toBe(201);
  });

  it.each<[string, object]>([
    ['aud of the revocation endpoint', { aud: `${TEST_ISSUER}/api/auth/oauth2/revoke` }],
    ['aud of another server', { aud: 'https://other.example' }],
    ['aud of this server and another', { aud: [TEST_ISSUER, 'https://other.example'] }],
    ['nbf 62 seconds ahead', { nbf: seconds() + 62 }],
    ['exp 5 minutes ago', { exp: seconds() - 300 }],
    ['no sub', { sub: undefined }],
  ])('RFC 7523 3: %s is 401 invalid_client', async (_name, claims) => {
    const { status, body } = await pushBy(claims);
    expect([status, body.error]).toEqual([401, 'invalid_client']);
  });

  it('RFC 7523 3: nbf 8 seconds ahead is taken; an assertion is good once, here or at the token endpoint', async () => {
    expect((await pushBy({ nbf: seconds() + 8 })).status).toBe(201);
    const form = byAssertion(await assertionOf('signer', key, { aud: TEST_ISSUER }), REQUEST());
    expect((await oauth.submit(host, 'oauth2/par', form)).status).toBe(201);
    for (const route of ['oauth2/par', 'oauth2/token'])
      expect((await oauth.submit(host, route, { ...form, grant_type: 'authorization_code' })).status).toBe(401);
  });

  it('RFC 9126 2: its aud may be this endpoint only here', async () => {
    const form = byAssertion(await assertionOf('signer', key, { aud: TEST_ISSUER + PAR }));
    expect((await oauth.submit(host, 'oauth2/token', { ...form, grant_type: 'authorization_code' })).status).toBe(401);
  });
});

describe('RFC 9126 2: scripts of public clients', () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({ auth: CORS_AUTH });
  });
  afterAll(() => host.close());

  it.each(ROUTES.map((route) => `/api/auth/${route}`))(
    'preflight and answer of %s, as of the token endpoint',
    async (path) => {
      for (const origin of [OF_CLIENT, LISTED]) {
        const asked = await preflight(host.url + path, origin);
        expect([asked.status, corsOf(asked).origin]).toEqual([204, origin]);
        const refused = await send(host.url + path, {
          body: new URLSearchParams({ client_id: 'x' }),
          headers: { origin },
        });
        expect([refused.status, corsOf(refused).origin]).toEqual([401, origin]);
      }
      expect(corsOf(await preflight(host.url + path, STRANGER)).origin).toBeNull();
    },
  );
});

describe('F03: rows of pushed requests', () => {
  const MAX_PER_MINUTE = 120;
  let host: TestApp;
  beforeAll(async () => {
    const auth = providerOptions({ clients: [WEB, APP] }, { rateLimits: true, trustProxy: ['loopback'] });
    host = await createTestApp({ auth });
  });
  afterAll(() => host.close());

  const from = (address: string) => ({ 'x-forwarded-for': address });
  const rows = async () =>
    (await host.sql<{ n: number }>('SELECT count(*)::int AS n FROM auth_authorization_request'))[0]!.n;

  it('F03: a public client pushes no more than the limit of its address, in the form of the token endpoint', async () => {
    expect((await push(host, APP, {}, from('192.0.2.1'))).status).toBe(201);
    // The minute does not end while a busy machine counts.
    await host.sql(`UPDATE auth_rate_limit SET expire = expire + 3600000 WHERE key LIKE 'authorize-address:%'`);
    const before = await rows();
    const statuses: number[] = [];
    for (let sent = 1; sent < MAX_PER_MINUTE + 10; sent++)
      statuses.push((await push(host, APP, {}, from('192.0.2.1'))).status);
    expect(statuses).toEqual([...Array(MAX_PER_MINUTE - 1).fill(201), ...Array(10).fill(429)]);
    expect((await rows()) - before).toBe(MAX_PER_MINUTE - 1);
    const { body, headers } = await push(host, APP, {}, from('192.0.2.1'));
    expect(body.error).toBe('temporarily_unavailable');
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await push(host, APP, {}, from('192.0.2.2'))).status).toBe(201);
  });

  it('F03: a client that proves itself is not refused for others at its address, and has a limit of its own', async () => {
    expect((await push(host, WEB, {}, from('192.0.2.1'))).status).toBe(201);
    const full = await host.sql(
      `UPDATE auth_rate_limit SET points = 6000 WHERE key LIKE 'push-client:%' RETURNING key`,
    );
    expect(full).toHaveLength(2);
    expect((await push(host, WEB, {}, from('192.0.2.3'))).status).toBe(429);
  });

  it('F03: a request that is refused is not counted', async () => {
    const counted = () => host.sql('SELECT sum(points)::int AS n FROM auth_rate_limit');
    const before = await counted();
    expect((await push(host, APP, { response_type: 'token' }, from('192.0.2.4'))).status).toBe(400);
    expect(await counted()).toEqual(before);
  });

  it('F03: with the longest state a row has at most 4 KB', async () => {
    await push(host, APP, { state: 's'.repeat(2_048), dpop_jkt: 'A'.repeat(43) }, from('192.0.2.5'));
    const [row] = await host.sql<{ bytes: number }>(
      'SELECT max(pg_column_size(r.*))::int AS bytes FROM auth_authorization_request r',
    );
    expect(row!.bytes).toBeLessThanOrEqual(4_096);
  });
});
