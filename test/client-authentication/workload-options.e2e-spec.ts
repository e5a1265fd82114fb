import {
  AuthModule,
  OAuthClientsService,
  type FederatedIdentityOptions,
  type OAuthProviderOptions,
} from '../../src/index.js';
import { TEST_ISSUER, testOptions, type TestApp } from '../support/app.js';
import { bootError } from '../support/boot-error.js';
import * as oauth from '../support/client-auth.js';
import { administer, createClientHost, register, SMALLEST } from '../support/clients.js';
import { send } from '../support/http.js';
import { signUp } from '../support/users.js';
import * as platforms from '../support/workloads.js';

const SCOPE = 'reports:read';
const ISSUER = 'https://token.actions.githubusercontent.com';
const identity: FederatedIdentityOptions = { issuer: ISSUER, subject: platforms.GITHUB_SUBJECT };

describe('options of workloads that cannot work stop the boot', () => {
  const boot = (provider: Partial<OAuthProviderOptions>) =>
    bootError(() => [AuthModule.forRoot(testOptions({ accounts: true, jwt: true, oauthProvider: provider }))]);
  const bootWith = (one: object, more: object = {}) =>
    boot({
      workloadIssuers: [{ issuer: ISSUER }],
      clients: [{ clientId: 'main', federatedIdentities: [{ ...identity, ...one }], ...more }],
    });

  it.each<[string, object, RegExp]>([
    ['T197 a pattern that ends in the middle of a part', { subject: 'repo:acme/app*' }, /\* stands for a whole part/],
    ['T197 a pattern that begins in one', { subject: 'repo:acme/*app:pull_request' }, /\* stands for a whole part/],
    ['T197 two in one part', { subject: 'repo:acme/**' }, /\* stands for a whole part/],
    ['T197 everybody', { subject: '*' }, /\* must not be among the first 2 parts/],
    ['T197 any owner', { subject: 'repo:*/app:pull_request' }, /\* must not be among the first 2 parts/],
    ['T197 an empty part', { subject: 'repo::*' }, /\* stands for a whole part/],
    ['no subject', { subject: '' }, /subject "": give a text/],
    ['a subject that no platform writes', { subject: 'repo:acme/ä' }, /give a text of printable ASCII/],
    ['an issuer that is not listed', { issuer: 'https://other.example' }, /is none of workloadIssuers/],
    ['a path that is none', { claims: { 'a..b': 'x' } }, /give the path of a claim/],
    ['a value that is no text', { claims: { a: true } }, /a text or a list of texts/],
    ['an empty audience', { audience: '' }, /audience is empty/],
    ['an option that there is not', { sub: 'x' }, /federatedIdentities\[0\].*sub/],
  ])('%s', async (_what, one, message) => {
    expect(await bootWith(one)).toMatch(message);
  });

  it('T199 a public client, and a profile that asks for keys of the client (FAPI 2.0 5.3.2.1-6)', async () => {
    expect(await bootWith({}, { tokenEndpointAuthMethod: 'none' })).toMatch(/clients that prove themselves/);
    const fapi = { profile: 'fapi2', redirectUris: [oauth.CALLBACK] };
    expect(await bootWith({}, fapi)).toMatch(/federatedIdentities: profile fapi2/);
  });

  it.each<[string, object[], RegExp]>([
    ['this server itself', [{ issuer: TEST_ISSUER, jwks: { keys: [] } }], /it is this server itself|is not https/],
    ['one twice', [{ issuer: ISSUER }, { issuer: ISSUER }], /is listed twice/],
    ['no issuer', [{ jwksUri: ISSUER }], /issuer is missing/],
    ['plain http', [{ issuer: 'http://issuer.example' }], /is not https/],
    ['many tenants', [{ issuer: 'https://login.example/{tenantid}/v2.0' }], /is one. Give its iss, exactly/],
    ['secret algorithms', [{ issuer: ISSUER, algorithms: ['HS256'] }], /algorithms must be some of/],
    ['private keys', [{ issuer: ISSUER, jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } }], /public keys only/],
    ['a month', [{ issuer: ISSUER, maxLifetime: '30d' }], /maxLifetime/],
  ])('an issuer: %s', async (_what, workloadIssuers, message) => {
    expect(await boot({ workloadIssuers: workloadIssuers as unknown as [] })).toMatch(message);
  });
});

describe('workloads of clients that administration writes', () => {
  let github: platforms.Platform;
  let host: TestApp;
  beforeAll(async () => {
    github = await platforms.githubActions(TEST_ISSUER);
    host = await createClientHost(
      { workloadIssuers: [github.options()], dynamicRegistration: 'open' },
      { clientCredentials: true },
    );
  });
  afterAll(() => host.close());

  const FEDERATED = { grant_types: ['client_credentials'], token_endpoint_auth_method: 'private_key_jwt' };
  const policy = { clientCredentialsScopes: [SCOPE], federatedIdentities: [identity] };
  const status = async (clientId: string) => {
    const fields = oauth.byAssertion(await github.token(), { client_id: clientId, grant_type: 'client_credentials' });
    return (await oauth.submit(host, 'oauth2/token', fields)).status;
  };

  it('201 without any key; 401 at once when the workload is taken away; 200 with another', async () => {
    const { status: made, body } = await administer(host, 'POST', 'oauth-clients', { ...FEDERATED, policy });
    expect([made, body.policy.federatedIdentities, body.client_secret]).toEqual([201, [identity], undefined]);
    expect(await status(body.client_id)).toBe(200);
    const change = (federatedIdentities: object[]) =>
      administer(host, 'PATCH', `oauth-clients/${body.client_id}`, { policy: { federatedIdentities } });
    expect((await change([{ ...identity, subject: 'repo:acme/app:ref:refs/heads/next' }])).status).toBe(200);
    expect(await status(body.client_id)).toBe(401);
    expect((await change([{ ...identity, subject: 'repo:acme/app:ref:refs/heads/*' }])).status).toBe(200);
    expect(await status(body.client_id)).toBe(200);
    const none = await change([]);
    expect([none.status, none.body.error_description ?? none.body.message]).toEqual([
      400,
      expect.stringContaining('private_key_jwt needs jwks, jwks_uri or federatedIdentities'),
    ]);
    expect(await status(body.client_id)).toBe(200);
  });

  it.each<[string, object, object]>([
    [
      'an issuer that is not listed',
      FEDERATED,
      { federatedIdentities: [{ ...identity, issuer: 'https://x.example' }] },
    ],
    ['T197 a pattern with half a part', FEDERATED, { federatedIdentities: [{ ...identity, subject: 'repo:acme/a*' }] }],
    ['T199 a public client', { ...SMALLEST, token_endpoint_auth_method: 'none' }, { federatedIdentities: [identity] }],
    ['T199 a client of FAPI 2.0', { ...SMALLEST, ...FEDERATED }, { federatedIdentities: [identity], profile: 'fapi2' }],
    ['neither key nor workload', FEDERATED, {}],
    ['members that there are not', FEDERATED, { federatedIdentities: [{ ...identity, sub: 'x' }] }],
    ['too many', FEDERATED, { federatedIdentities: Array.from({ length: 21 }, () => identity) }],
  ])('400 for %s', async (_what, metadata, given) => {
    expect((await administer(host, 'POST', 'oauth-clients', { ...metadata, policy: given })).status).toBe(400);
  });

  it('T199 never of a client that registered itself, whoever would give it one', async () => {
    const asked = await register(host, { ...SMALLEST, federated_identities: [identity] });
    // RFC 7591 2: refused or passed over, it never counts.
    const { client_id: clientId } = asked.status === 201 ? asked.body : (await register(host, SMALLEST)).body;
    expect(await status(clientId)).toBe(401);
    const given = await administer(host, 'PATCH', `oauth-clients/${clientId}`, {
      policy: { federatedIdentities: [identity] },
    });
    expect(given.status).toBe(400);
    // Not even by the row itself, written by whatever means.
    await host.sql(`UPDATE auth_oauth_client SET policy = policy || $2::jsonb WHERE client_id = $1`, [
      clientId,
      JSON.stringify(policy),
    ]);
    expect(await status(clientId)).toBe(401);
  });

  it('200 from a file of clients, and its owner may not make it public', async () => {
    const clients = host.app.get(OAuthClientsService);
    const seed = {
      client_id: 'seeded',
      scope: SCOPE,
      grant_types: ['client_credentials'],
      federated_identities: [identity],
    };
    await clients.seed([seed]);
    expect(await status('seeded')).toBe(200);
    await expect(clients.seed([{ ...seed, federated_identities: [{ ...identity, subject: '*' }] }])).rejects.toThrow(
      /must not be among the first/,
    );
    const owner = await signUp(host.url);
    const { client_id: clientId } = await clients.register({ metadata: FEDERATED, policy, ownerId: owner.id });
    const update = { token_endpoint_auth_method: 'none' };
    const changed = await send(`${host.url}/api/auth/oauth2/update-client`, {
      bearer: owner.token,
      body: { client_id: clientId, update },
    });
    expect(changed.status).toBe(400);
    expect(await status(clientId)).toBe(200);
  });
});
