import type { StaticClientOptions } from '../../src/index.js';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import * as oauth from '../support/client-auth.js';

const { assertionOf, byAssertion, clientKey, TOKEN_URL } = oauth;
const BASE = `${TEST_ISSUER}/api/auth`;
const PAR_URL = `${BASE}/oauth2/par`;
const OTHER = 'https://other.example';
/** Where an assertion is good, the answer is not 401: none of them needs more than a client. */
const ENDPOINTS = ['introspect', 'revoke', 'par', 'token'] as const;
const now = () => Math.floor(Date.now() / 1000);

const AUDIENCES: [string, unknown, { any: boolean; issuer: boolean }][] = [
  ['the issuer', TEST_ISSUER, { any: true, issuer: true }],
  ['the token endpoint', TOKEN_URL, { any: true, issuer: false }],
  ['the token endpoint by its other name', `${BASE}/oauth/token`, { any: true, issuer: false }],
  ['a list with the issuer alone', [TEST_ISSUER], { any: true, issuer: false }],
  ['a list of issuer and token endpoint', [TEST_ISSUER, TOKEN_URL], { any: true, issuer: false }],
  ['a list with another server', [TEST_ISSUER, OTHER], { any: false, issuer: false }],
  ['another server', OTHER, { any: false, issuer: false }],
  ['the issuer with a slash', `${TEST_ISSUER}/`, { any: false, issuer: false }],
  ['the issuer in other letters', TEST_ISSUER.toUpperCase(), { any: false, issuer: false }],
  ['a longer text', `${TEST_ISSUER}.evil.example`, { any: false, issuer: false }],
  ['an empty list', [], { any: false, issuer: false }],
  ['a list in a list', [[TEST_ISSUER]], { any: false, issuer: false }],
  ['an object', { url: TEST_ISSUER }, { any: false, issuer: false }],
  ['nothing', undefined, { any: false, issuer: false }],
];

describe('aud of client assertions (RFC 7523 3, FAPI 5.3.2.1, draft-ietf-oauth-rfc7523bis)', () => {
  let host: TestApp;
  let strictHost: TestApp;
  let key: oauth.ClientKey;
  beforeAll(async () => {
    key = await clientKey('ES256');
    const signer: Omit<StaticClientOptions, 'clientId'> = {
      redirectUris: [oauth.CALLBACK],
      tokenEndpointAuthMethod: 'private_key_jwt',
      metadata: { jwks: { keys: [key.jwk] } },
    };
    const clients: StaticClientOptions[] = [
      { ...signer, clientId: 'any' },
      { ...signer, clientId: 'issuer', clientAssertionAudience: 'issuer' },
      { ...signer, clientId: 'fapi', profile: 'fapi2' },
    ];
    host = await oauth.createOAuthApp({ clients });
    strictHost = await oauth.createOAuthApp({
      clients: [
        { ...signer, clientId: 'any', clientAssertionAudience: 'any' },
        { ...signer, clientId: 'issuer' },
      ],
      provider: { clientAssertionAudience: 'issuer' },
    });
  });
  afterAll(() => Promise.all([host.close(), strictHost.close()]));

  /** Whether the client was taken for who it says it is, whatever becomes of the rest of its request. */
  const isKnown = async (at: TestApp, clientId: string, aud: unknown, endpoint: string, claims: object = {}) => {
    const assertion = await assertionOf(clientId, key, { aud: aud as string, ...claims });
    const { status, body } = await oauth.submit(
      at,
      `oauth2/${endpoint}`,
      byAssertion(assertion, { client_id: clientId, grant_type: 'authorization_code', code: 'x', token: 'x' }),
    );
    if (status === 401) expect(body.error).toBe('invalid_client');
    else expect([400, 200]).toContain(status);
    return status !== 401;
  };

  it.each(AUDIENCES)('RFC 7523 3, FAPI 5.3.2.1-8: %s', async (_what, aud, expected) => {
    for (const endpoint of ENDPOINTS) {
      expect([endpoint, await isKnown(host, 'any', aud, endpoint)]).toEqual([endpoint, expected.any]);
      expect([endpoint, await isKnown(strictHost, 'any', aud, endpoint)]).toEqual([endpoint, expected.any]);
      for (const [at, clientId] of [
        [host, 'issuer'],
        [host, 'fapi'],
        [strictHost, 'issuer'],
      ] as const)
        expect([clientId, endpoint, await isKnown(at, clientId, aud, endpoint)]).toEqual([
          clientId,
          endpoint,
          expected.issuer,
        ]);
    }
  });

  it('RFC 7523 3, FAPI 5.3.2.1-8: each endpoint takes its own address from any client, and from strict ones none', async () => {
    for (const endpoint of ENDPOINTS) {
      const own = `${BASE}/oauth2/${endpoint}`;
      expect(await isKnown(host, 'any', own, endpoint)).toBe(true);
      for (const clientId of ['issuer', 'fapi']) expect(await isKnown(host, clientId, own, endpoint)).toBe(false);
    }
    expect(await isKnown(host, 'any', PAR_URL, 'token')).toBe(false);
  });

  it.each<[string, () => object, boolean]>([
    ['iat 8 seconds ahead', () => ({ iat: now() + 8 }), true],
    ['iat 62 seconds ahead', () => ({ iat: now() + 62 }), false],
    ['nbf 8 seconds ahead', () => ({ nbf: now() + 8 }), true],
    ['nbf 62 seconds ahead', () => ({ nbf: now() + 62 }), false],
    ['exp 5 minutes ago', () => ({ exp: now() - 300 }), false],
    ['no sub', () => ({ sub: undefined }), false],
    ['no exp', () => ({ exp: undefined }), false],
    ['no jti', () => ({ jti: undefined }), false],
    ['sub of another', () => ({ sub: 'any' }), false],
    ['iss of another', () => ({ iss: 'any' }), false],
  ])('FAPI 5.3.2.1-13: %s', async (_what, claims, isTaken) => {
    for (const endpoint of ['introspect', 'par'])
      expect(await isKnown(host, 'fapi', TEST_ISSUER, endpoint, claims())).toBe(isTaken);
  });
});

describe('FAPI 5.4.1: algorithms of assertions', () => {
  const ALGORITHMS = [
    'PS256',
    'ES256',
    'EdDSA',
    'Ed25519',
    'RS256',
    'RS512',
    'PS384',
    'PS512',
    'ES384',
    'ES512',
  ] as const;
  const OF_FAPI: readonly string[] = ['PS256', 'ES256', 'EdDSA', 'Ed25519'];
  let host: TestApp;
  const keys = new Map<string, oauth.ClientKey>();
  beforeAll(async () => {
    const clients: StaticClientOptions[] = [];
    for (const alg of ALGORITHMS) {
      const key = await clientKey(alg);
      keys.set(alg, key);
      const signer = { tokenEndpointAuthMethod: 'private_key_jwt' as const, metadata: { jwks: { keys: [key.jwk] } } };
      const web = { ...signer, redirectUris: [oauth.CALLBACK] };
      clients.push({ ...web, clientId: `fapi-${alg}`, profile: 'fapi2' }, { ...web, clientId: `plain-${alg}` });
    }
    host = await oauth.createOAuthApp({ clients });
  });
  afterAll(() => host.close());

  const asks = async (clientId: string, key: oauth.ClientKey, header: object = {}) => {
    const assertion = await assertionOf(clientId, key, { aud: TEST_ISSUER }, { ...header });
    const { status } = await oauth.submit(host, 'oauth2/introspect', byAssertion(assertion, { token: 'x' }));
    return status;
  };

  it.each(ALGORITHMS)('FAPI 5.4.1: %s', async (alg) => {
    const key = keys.get(alg)!;
    expect(await asks(`plain-${alg}`, key)).toBe(200);
    expect(await asks(`fapi-${alg}`, key)).toBe(OF_FAPI.includes(alg) ? 200 : 401);
  });
});
