import { AuthModule, type OAuthProviderOptions, type StaticClientOptions } from '../../src/index.js';
import { testOptions, TEST_ISSUER, type TestApp } from '../support/app.js';
import { bootError } from '../support/boot-error.js';
import * as oauth from '../support/client-auth.js';
import { DpopKey } from '../support/dpop.js';

const REDIRECT = 'https://bank.example/callback';
const key = await oauth.clientKey();
const BANK: StaticClientOptions = {
  clientId: 'bank',
  redirectUris: [REDIRECT],
  tokenEndpointAuthMethod: 'private_key_jwt',
  clientCredentialsScopes: ['reports'],
  metadata: { jwks: { keys: [key.jwk] } },
};

const stopped = (oauthProvider: OAuthProviderOptions, more: object = {}) =>
  bootError(() => [AuthModule.forRoot(testOptions({ checkMigrations: false, jwt: true, oauthProvider, ...more }))]);

describe('FAPI 2.0 SP 5.3.2: what contradicts the profile stops the boot', () => {
  it.each<[string, OAuthProviderOptions, string]>([
    ['OAuth 2.0', { oauth21: false }, 'oauthProvider.oauth21'],
    ['no PKCE', { oauth21: false, requirePKCE: false }, 'oauthProvider.oauth21'],
    [
      'requests that are not pushed',
      { requirePushedAuthorizationRequests: false },
      'requirePushedAuthorizationRequests',
    ],
    ['assertions for any audience', { clientAssertionAudience: 'any' }, 'oauthProvider.clientAssertionAudience'],
    ['long codes', { codeTTL: '2m' }, 'oauthProvider.codeTTL'],
    ['RS256 access tokens', { accessTokenAlgorithm: 'RS256' }, 'oauthProvider.accessTokenAlgorithm'],
    ['RS256 alone', { idTokenAlgorithms: ['RS256'] }, 'oauthProvider.idTokenAlgorithms'],
    ['a public client', { clients: [{ clientId: 'spa', redirectUris: [REDIRECT] }] }, 'token_endpoint_auth_method'],
    ['a secret', { clients: [{ ...oauth.WEB }] }, 'token_endpoint_auth_method'],
    ['a client without PKCE', { clients: [{ ...BANK, requirePkce: false }] }, 'require_pkce'],
    [
      'a client with any audience',
      { clients: [{ ...BANK, clientAssertionAudience: 'any' }] },
      'client_assertion_audience',
    ],
    [
      'a client that pushes nothing',
      { clients: [{ ...BANK, metadata: { ...BANK.metadata, require_pushed_authorization_requests: false } }] },
      'require_pushed_authorization_requests',
    ],
    [
      'a client with RS256',
      { clients: [{ ...BANK, metadata: { ...BANK.metadata, id_token_signed_response_alg: 'RS256' } }] },
      'id_token_signed_response_alg',
    ],
  ])('%s', async (_name, options, named) => {
    expect(await stopped({ profile: 'fapi2', ...options })).toContain(named);
  });

  it.each<[string, OAuthProviderOptions, string]>([
    ['requests that are not signed', { requireSignedRequestObject: false }, 'requireSignedRequestObject'],
    ['no request objects', { requestObjects: false }, 'requestObjects'],
  ])('message signing: %s', async (_name, options, named) => {
    expect(await stopped({ profile: 'fapi2-message-signing', ...options })).toContain(named);
  });

  it('proofs by RS256', async () => {
    expect(await stopped({ profile: 'fapi2' }, { dpop: { algorithms: ['ES256', 'RS256'] } })).toContain(
      'dpop.algorithms',
    );
  });

  it('also the profile of one client', async () => {
    expect(await stopped({ clients: [{ ...oauth.WEB, profile: 'fapi2' }] })).toContain('token_endpoint_auth_method');
  });
});

describe('FAPI 2.0 SP 5.3.2: a client that has the profile by itself, beside others', () => {
  let host: TestApp;
  beforeAll(async () => {
    const clients = [
      { ...BANK, profile: 'fapi2' as const },
      { ...BANK, clientId: 'plain' },
    ];
    host = await oauth.createOAuthApp({
      clients,
      auth: { dpop: { algorithms: ['ES256', 'PS256', 'ES384', 'RS256'] } },
    });
  });
  afterAll(() => host.close());

  async function ask(clientId: string, dpop?: string, claims: object = { aud: TEST_ISSUER }) {
    const form = oauth.byAssertion(await oauth.assertionOf(clientId, key, { ...claims }), {
      grant_type: 'client_credentials',
    });
    return oauth.submit(host, 'oauth2/token', form, dpop === undefined ? {} : { dpop });
  }

  it('5.3.2.1-4: gets bound tokens or none; the other gets what it asks for', async () => {
    expect(await ask('bank')).toMatchObject({ status: 400, body: { error: 'invalid_dpop_proof' } });
    expect(await ask('plain')).toMatchObject({ status: 200, body: { token_type: 'Bearer' } });
  });

  it.each([
    ['ES256', 200],
    ['PS256', 200],
    ['ES384', 400],
    ['RS256', 400],
  ] as const)('5.4.1: a proof by %s is answered with %i', async (algorithm, status) => {
    const proof = () => new DpopKey(algorithm).proof({ url: oauth.TOKEN_URL });
    expect(await ask('bank', proof())).toMatchObject({ status });
    expect(await ask('plain', proof())).toMatchObject({ status: 200, body: { token_type: 'DPoP' } });
  });

  it.each([[oauth.TOKEN_URL], [[TEST_ISSUER]], [[TEST_ISSUER, oauth.TOKEN_URL]]])(
    '5.3.2.1-8: an assertion for %j is refused, and taken of the other where RFC 7523 allows it',
    async (aud) => {
      const proof = new DpopKey().proof({ url: oauth.TOKEN_URL });
      expect(await ask('bank', proof, { aud })).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
      expect(await ask('plain', undefined, { aud })).toMatchObject({ status: 200 });
    },
  );
});
