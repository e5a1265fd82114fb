import { generateKeyPairSync } from 'node:crypto';
import { AuthError } from '../../../common/errors/auth-error.js';
import { readClientMetadata } from './client-metadata-input.js';
import { validateClientMetadata } from './client-metadata.rules.js';

const CALLBACK = 'https://client.example/cb';
const RULES = {
  scopes: new Set(['openid', 'profile', 'read:data']),
  grantTypes: new Set(['authorization_code', 'refresh_token', 'client_credentials']),
  isConfigured: false,
  defaultScopes: ['openid'],
  refusedScopes: new Set<string>(),
  signingAlgorithms: ['RS256', 'ES256'],
  redirectSchemes: new Set(['cursor']),
  requestObjects: false,
  profile: null,
  detailTypes: new Set<string>(),
  mayLackKeys: false,
  acrValues: ['0'],
  allowPrivateNetwork: false,
  mtls: null,
};
const KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });

const validate = (input: Record<string, unknown>) => validateClientMetadata(readClientMetadata(input), RULES);

function errorOf(input: Record<string, unknown>): string | null {
  try {
    validate(input);
    return null;
  } catch (error) {
    if (error instanceof AuthError && error.status === 400) return error.error;
    throw error;
  }
}

describe('redirect addresses (RFC 8252 7, T057, T094)', () => {
  it.each([
    ['web', 'https://client.example/cb'],
    ['web', 'https://client.example:8443/cb?tenant=1'],
    ['web', 'https://localhost:8443/cb'],
    ['web', 'https://127.0.0.1/cb'],
    ['web', 'http://localhost:3000/cb'],
    ['web', 'http://127.0.0.1:8000/cb'],
    ['native', 'http://127.0.0.1/cb'],
    ['native', 'http://[::1]:9000/cb'],
    ['native', 'com.example.app:/cb'],
    ['native', 'cursor://anysphere/cb'],
    ['native', 'https://app.example/cb'],
  ])('%s takes %s', (application_type, uri) => {
    expect(validate({ application_type, redirect_uris: [uri] }).redirect_uris).toEqual([uri]);
  });

  it.each([
    ['javascript:alert(1)'],
    ['JavaScript:alert(1)'],
    ['data:text/html,x'],
    ['file:///etc/passwd'],
    ['vbscript:x'],
    ['blob:https://client.example/1'],
    ['https://client.example/cb#'],
    ['https://client.example/cb#a'],
    ['https://user@client.example/cb'],
    ['https://user:pw@client.example/cb'],
    ['https://@client.example/cb'],
    ['https://a@b@client.example/cb'],
    ['https://*.client.example/cb'],
    ['https://client.example/*'],
    ['http://client.example/cb'],
    ['http://localhost.evil.test/cb'],
    ['http://127.0.0.1.evil.test/cb'],
    ['http://0.0.0.0/cb'],
    ['http://127.9.8.7/cb'],
    ['com.example.app://cb'],
    ['https:/client.example/cb'],
    ['https:client.example/cb'],
    ['https://client.example:00443/cb'],
    ['cursor:cb'],
    ['https://client.example\\cb'],
    ['https://client.example/c b'],
    ['https://client.example/cb\n'],
    ['https://client.example/%zz'],
    ['https://cliënt.example/cb'],
    ['//client.example/cb'],
    ['/cb'],
    ['client.example/cb'],
    ['https://'],
    ['myapp:/cb'],
    ['myapp.:/cb'],
    ['https://client.example/cb?code=1'],
    ['https://client.example/cb?a=1&state=2'],
    ['https://client.example/cb?iss=x'],
    ['https://client.example/cb?error=x'],
    ['https://client.example/cb?%63ode=1'],
    [`https://client.example/${'x'.repeat(2048)}`],
  ])('neither kind takes %s, also among good ones', (uri) => {
    for (const application_type of ['web', 'native'])
      expect(errorOf({ application_type, redirect_uris: [CALLBACK, uri] })).toBe('invalid_redirect_uri');
  });

  it('web takes no scheme of its own; the code grant needs an address; it is a list of texts', () => {
    expect(errorOf({ redirect_uris: ['com.example.app:/cb'], application_type: 'web' })).toBe('invalid_redirect_uri');
    for (const redirect_uris of [undefined, null, [], '', [1], {}, 7, [[CALLBACK]], CALLBACK])
      expect(errorOf({ redirect_uris })).toBe('invalid_redirect_uri');
  });
});

describe('metadata (RFC 7591 2, T095)', () => {
  const web = { redirect_uris: [CALLBACK] };
  it.each<[string, Record<string, unknown>]>([
    ['an unknown method', { token_endpoint_auth_method: 'tls_client_auth' }],
    ['keys twice', { jwks: { keys: [KEY] }, jwks_uri: 'https://client.example/jwks' }],
    ['private_key_jwt without keys', { token_endpoint_auth_method: 'private_key_jwt' }],
    ['no keys', { jwks: { keys: [] } }],
    ['keys that are none', { jwks: { keys: ['x'] } }],
    ['a private key', { jwks: { keys: [{ ...KEY, d: 'd' }] } }],
    ['a symmetric key', { jwks: { keys: [{ kty: 'oct', k: 'k' }] } }],
    ['half a key', { jwks: { keys: [{ kty: 'RSA', n: 'n' }] } }],
    ['keys of a prototype', { jwks: { keys: [{ kty: 'constructor' }] } }],
    ['keys that are no JSON', { jwks: '{' }],
    ['names of prototypes in JSON texts', { metadata: '{"__proto__":{"a":1}}' }],
    ['large free metadata', { metadata: { x: 'x'.repeat(5_000) } }],
    ['the implicit grant', { grant_types: ['authorization_code', 'implicit'] }],
    ['no grant', { grant_types: [] }],
    ['nothing to refresh', { grant_types: ['refresh_token'], response_types: [] }],
    [
      'a public client as itself',
      { grant_types: ['client_credentials'], response_types: [], token_endpoint_auth_method: 'none' },
    ],
    ['another response type', { response_types: ['code', 'token'] }],
    ['a compound response type', { response_types: ['code id_token'] }],
    ['a response type without its grant', { grant_types: ['client_credentials'], response_types: ['code'] }],
    ['a grant without its response type', { response_types: [] }],
    ['a scope that there is not', { scope: 'openid admin' }],
    ['a malformed scope', { scope: 'openid "' }],
    ['ID tokens without signature', { id_token_signed_response_alg: 'none' }],
    ['ID tokens with the secret', { id_token_signed_response_alg: 'HS256' }],
    ['userinfo without signature', { userinfo_signed_response_alg: 'none' }],
    ['request objects without signature', { request_object_signing_alg: 'none' }],
    ['assertions without signature', { token_endpoint_auth_signing_alg: 'none' }],
    [
      'the wrong algorithm',
      { token_endpoint_auth_method: 'client_secret_jwt', token_endpoint_auth_signing_alg: 'RS256' },
    ],
    ['a page that is a script', { policy_uri: 'javascript:alert(1)' }],
    ['a logo that is data', { logo_uri: 'data:image/png;base64,AA' }],
    ['keys by plain http', { jwks_uri: 'http://client.example/jwks' }],
    ['logout by plain http', { backchannel_logout_uri: 'http://client.example/out' }],
    ['logout with a fragment', { backchannel_logout_uri: 'https://client.example/out#x' }],
    ['a frame of another origin', { frontchannel_logout_uri: 'https://other.example/out' }],
    ['a way out that is a script', { post_logout_redirect_uris: ['javascript:alert(1)'] }],
    ['a start of sign-in by plain http, on loopback too', { initiate_login_uri: 'http://localhost:3000/login' }],
    ['requests by plain http', { request_uris: ['http://client.example/r'] }],
    ['pairwise at two hosts', { subject_type: 'pairwise', redirect_uris: [CALLBACK, 'https://b.example/cb'] }],
    ['a name with line ends', { client_name: 'a\nb' }],
    ['a name that turns around', { client_name: 'evil\u202Egpj' }],
    ['a name that is long', { client_name: 'x'.repeat(201) }],
    ['a negative age', { default_max_age: -1 }],
    ['a flag that is a text', { require_auth_time: 'true' }],
    ['another application type', { application_type: 'desktop' }],
    ['a list of numbers', { contacts: [1] }],
    ['half a character', { contacts: ['\ud800'] }],
  ])('refuses %s', (_what, change) => {
    expect(errorOf({ ...web, ...change })).toBe('invalid_client_metadata');
  });

  it('takes pairwise at one host, or with a sector', () => {
    const two = [CALLBACK, 'https://b.example/cb'];
    expect(errorOf({ ...web, subject_type: 'pairwise' })).toBeNull();
    const sector_identifier_uri = 'https://sector.example/redirects.json';
    expect(errorOf({ redirect_uris: two, subject_type: 'pairwise', sector_identifier_uri })).toBeNull();
  });

  it('takes a client that only acts as itself', () => {
    expect(validate({ grant_types: ['client_credentials'], scope: 'read:data' })).toMatchObject({
      redirect_uris: [],
      response_types: [],
      token_endpoint_auth_method: 'client_secret_basic',
    });
  });
});
