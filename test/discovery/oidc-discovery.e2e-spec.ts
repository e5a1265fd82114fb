import { Injectable, Module } from '@nestjs/common';
import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import type { OAuthProviderOptions } from '../../src/index.js';
import { Extensions } from '../../src/common/extensions.js';
import { createTestApp, TEST_ISSUER, type TestApp, type TestAppOptions } from '../support/app.js';
import { TEST_CLIENTS } from '../support/client-tokens.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { send } from '../support/http.js';

const BASE = `${TEST_ISSUER}/api/auth`;

@Injectable()
class Contribution {
  constructor(extensions: Extensions) {
    const handle = () => Promise.reject(new Error('not asked for'));
    extensions.add({
      name: 'test',
      grants: [{ grantType: 'urn:test:grant', parameters: [], handle }],
      metadata: (urlOf) => ({ something_endpoint: urlOf('/something') }),
    });
  }
}

@Module({ providers: [Contribution] })
class ContributingModule {}

/** `fetch` does not let a test choose `Host`. */
function withHost(url: string, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { headers: { host } };
    get(`${url}/.well-known/openid-configuration`, options, (response) => {
      text(response).then(resolve, reject);
    }).on('error', reject);
  });
}

describe('the discovery document (OIDC Discovery 3, 4)', () => {
  let database: TestDatabase;
  const open: TestApp[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    for (const host of open.splice(0)) await host.close();
  });
  afterAll(() => database.drop());

  async function start(oauthProvider: OAuthProviderOptions = {}, rest: TestAppOptions = {}): Promise<TestApp> {
    const auth = { jwt: true as const, oauthProvider: { clients: TEST_CLIENTS, ...oauthProvider }, ...rest.auth };
    const host = await createTestApp({ databaseUrl: database.url, ...rest, auth });
    open.push(host);
    return host;
  }
  const metadataOf = async (host: TestApp) => (await send(`${host.url}/.well-known/openid-configuration`)).body;

  it('3, RFC 8414 2 says what works, by default', async () => {
    const host = await start();
    expect(await metadataOf(host)).toMatchObject({
      issuer: TEST_ISSUER,
      authorization_endpoint: `${BASE}/oauth2/authorize`,
      token_endpoint: `${BASE}/oauth2/token`,
      userinfo_endpoint: `${BASE}/oauth2/userinfo`,
      jwks_uri: `${BASE}/oauth2/jwks`,
      introspection_endpoint: `${BASE}/oauth2/introspect`,
      revocation_endpoint: `${BASE}/oauth2/revoke`,
      end_session_endpoint: `${BASE}/oauth2/end-session`,
      scopes_supported: ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'],
      response_types_supported: ['code'],
      response_modes_supported: ['query', 'form_post', 'query.jwt', 'form_post.jwt', 'jwt'],
      authorization_signing_alg_values_supported: ['RS256', 'ES256', 'EdDSA'],
      introspection_signing_alg_values_supported: ['RS256', 'ES256', 'EdDSA'],
      code_challenge_methods_supported: ['S256'],
      subject_types_supported: ['public', 'pairwise'],
      id_token_signing_alg_values_supported: ['RS256', 'ES256', 'EdDSA'],
      userinfo_signing_alg_values_supported: ['RS256', 'ES256', 'EdDSA'],
      token_endpoint_auth_methods_supported: [
        'client_secret_basic',
        'client_secret_post',
        'private_key_jwt',
        'client_secret_jwt',
        'none',
      ],
      claims_parameter_supported: true,
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
      authorization_response_iss_parameter_supported: true,
      acr_values_supported: ['0', 'urn:nest-authority:acr:pwd'],
      prompt_values_supported: ['none', 'login', 'consent', 'select_account', 'create'],
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
      frontchannel_logout_supported: true,
      ui_locales_supported: ['en', 'de', 'fr', 'es', 'pt', 'ja', 'zh', 'ar'],
    });
  });

  it('T091 nothing that does not work: no registration, no implicit, no plain, no algorithm none, no null', async () => {
    const metadata = await metadataOf(await start({}, { imports: [ContributingModule] }));
    expect(metadata).not.toHaveProperty('registration_endpoint');
    expect(metadata).not.toHaveProperty('request_object_signing_alg_values_supported');
    expect(metadata.introspection_endpoint_auth_methods_supported).not.toContain('none');
    for (const [name, value] of Object.entries(metadata)) {
      if (name.includes('signing_alg')) expect(value).not.toContain('none');
      expect(value).not.toBeNull();
      expect(value).not.toEqual([]);
    }
    expect(metadata.grant_types_supported).not.toContain('implicit');
  });

  it('T091 what is switched on is said, and so are grants and what other capabilities add', async () => {
    const host = await start(
      { dynamicRegistration: 'open', requestObjects: true, scopes: ['openid', 'email', 'reports'] },
      { imports: [ContributingModule] },
    );
    const metadata = await metadataOf(host);
    expect(metadata).toMatchObject({
      registration_endpoint: `${BASE}/oauth2/register`,
      request_parameter_supported: true,
      request_uri_parameter_supported: true,
      require_request_uri_registration: true,
      request_object_signing_alg_values_supported: expect.arrayContaining(['RS256', 'ES256']),
      scopes_supported: ['openid', 'email', 'reports'],
      grant_types_supported: expect.arrayContaining(['urn:test:grant']),
      something_endpoint: `${BASE}/something`,
    });
    expect(metadata.claims_supported).toEqual(expect.arrayContaining(['sub', 'email', 'email_verified']));
    expect(metadata.claims_supported).not.toContain('phone_number');
  });

  it('T091 the endpoints it names are there', async () => {
    const host = await start({ dynamicRegistration: 'open' }, { auth: { device: true } });
    const metadata = await metadataOf(host);
    const addresses = Object.entries(metadata).filter(([name]) => /_endpoint$|^jwks_uri$/.test(name));
    const taken = ['pushed_authorization_request', 'device_authorization'];
    const posted = ['token', 'introspection', 'revocation', 'registration', ...taken];
    const visited = ['authorization', 'userinfo', 'end_session'];
    const names = [...posted, ...visited].map((name) => `${name}_endpoint`);
    expect(addresses.map(([name]) => name).toSorted()).toEqual([...names, 'jwks_uri'].toSorted());
    for (const [name, address] of addresses as [string, string][]) {
      const method = posted.some((one) => name === `${one}_endpoint`) ? 'POST' : 'GET';
      const { status } = await send(`${host.url}${address.slice(TEST_ISSUER.length)}`, { method });
      expect([name, [404, 405].includes(status), status < 500]).toEqual([name, false, true]);
    }
  });

  it('T091 the same on every node and from whatever address it was asked; a client finds the issuer it looked for', async () => {
    const nodes = [await start(), await start()];
    const texts: string[] = [];
    const headers = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example',
    };
    for (const { url } of nodes) {
      texts.push((await send(`${url}/.well-known/openid-configuration`)).text);
      texts.push((await send(`${url}/.well-known/openid-configuration?issuer=https://evil.example`, { headers })).text);
      texts.push(await withHost(url, 'evil.example'));
    }
    expect(new Set(texts).size).toBe(1);
    expect(JSON.parse(texts[0]!).issuer).toBe(TEST_ISSUER);
  });
});
