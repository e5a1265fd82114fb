import { UsersService } from '../../src/index.js';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import {
  AGENT,
  AssertionIssuer,
  createAssertionHost,
  JWT_BEARER_GRANT,
  linkAccount,
  OTHER_AGENT,
  outcome,
  present,
} from '../support/assertions.js';
import { API, proof, RESOURCE_SERVER, submit, TOKEN_URL } from '../support/client-auth.js';
import { DpopKey } from '../support/dpop.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

const DOCUMENT = {
  ...AGENT,
  clientId: 'https://mcp-client.example/client.json',
  grantTypes: ['client_credentials'],
  clientCredentialsScopes: ['read'],
};

describe('ID-JAG at the authorization server of a resource', () => {
  let host: TestApp;
  let user: SignedInUser;
  const idp = new AssertionIssuer();

  beforeAll(async () => {
    await idp.start();
    const clients = ['agent', DOCUMENT.clientId];
    host = await createAssertionHost([{ issuer: idp.url, type: 'id-jag', algorithms: ['ES256'], clients }], {
      clients: [AGENT, OTHER_AGENT, DOCUMENT, RESOURCE_SERVER],
      provider: { dynamicRegistration: 'open' },
    });
    user = await signUp(host.url);
    await linkAccount(host, user.id, idp.url);
  });
  afterAll(async () => {
    await host.close();
    await idp.stop();
  });

  const by = async (claims = {}, header = {}, fields: Record<string, string> = {}) =>
    present(host, await idp.idJag(claims, header), fields);
  const read = async (token: string) =>
    (await submit(host, 'oauth2/introspect', { token }, proof(RESOURCE_SERVER))).body;

  it('EMA 5.1 (I23): the token is for the resource of the assertion, with its scopes; ID-JAG 4.4.3 (I25): no refresh token', async () => {
    const { status, body } = await by();
    expect([status, body.scope, Object.keys(body)]).toEqual([
      200,
      'read write',
      expect.not.arrayContaining(['refresh_token', 'id_token']),
    ]);
    expect(await read(body.access_token)).toMatchObject({
      aud: API,
      sub: user.id,
      client_id: 'agent',
      scope: 'read write',
    });
  });

  it.each<[string, object, object]>([
    ['aud is a list of one', { aud: [TEST_ISSUER] }, {}],
    ['the resource is spelled in another way', { resource: 'HTTPS://API.example.com:443/' }, {}],
    ['claims that nobody here knows', { aud_tenant: 'x', groups: { a: [1] }, email: 'x@example.com' }, {}],
  ])('ID-JAG 4.4.1 (I22): 200 %s', async (_name, claims, header) => {
    expect(outcome(await by(claims, header))).toBe('200 read write');
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['typ of a JWT', {}, { typ: 'JWT' }],
    ['no typ', {}, { typ: undefined }],
    ['typ of an access token', {}, { typ: 'at+jwt' }],
    ['typ in capitals', {}, { typ: 'OAUTH-ID-JAG+JWT' }],
    ['typ of an assertion of a client', {}, { typ: 'client-authentication+jwt' }],
    ['aud is the token endpoint', { aud: TOKEN_URL }, {}],
    ['aud begins as ours', { aud: `${TEST_ISSUER}.evil.example` }, {}],
    ['aud has a slash more', { aud: `${TEST_ISSUER}/` }, {}],
    ['aud is a part of ours', { aud: TEST_ISSUER.slice(0, -1) }, {}],
    ['aud is a list of two', { aud: [TEST_ISSUER, 'https://other.example'] }, {}],
    ['aud has us twice', { aud: [TEST_ISSUER, TEST_ISSUER] }, {}],
    ['aud is an empty list', { aud: [] }, {}],
    ['client_id of another client', { client_id: 'other-agent' }, {}],
    ['client_id in capitals', { client_id: 'AGENT' }, {}],
    ['no client_id', { client_id: undefined }, {}],
    ['client_id is a list', { client_id: ['agent'] }, {}],
    ['no jti', { jti: undefined }, {}],
    ['no iat', { iat: undefined }, {}],
    ['no sub', { sub: undefined }, {}],
    ['authorization_details', { authorization_details: [{ type: 'payment' }] }, {}],
    ['a tenant, and none is trusted', { tenant: 'acme' }, {}],
    ['act without a subject', { act: {} }, {}],
    [
      'act that is too long',
      { act: { sub: 'a', act: { sub: 'b', act: { sub: 'c', act: { sub: 'd', act: { sub: 'e' } } } } } },
      {},
    ],
  ])('T193 ID-JAG 4.4.1 (I22): 400 %s', async (_name, claims, header) => {
    expect(outcome(await by(claims, header))).toBe('400 invalid_grant');
  });

  it('T193 ID-JAG 4.4.1 (I22): what is for one client is not for another, with its secret or without', async () => {
    const jag = await idp.idJag();
    expect(outcome(await present(host, jag, {}, OTHER_AGENT))).toBe('400 invalid_grant');
    // Named by no issuer, though it has the grant.
    expect(outcome(await present(host, await idp.idJag({ client_id: 'other-agent' }), {}, OTHER_AGENT))).toBe(
      '400 invalid_grant',
    );
    expect(outcome(await present(host, jag))).toBe('200 read write');
  });

  it('ID-JAG 3.1 (I19): a client whose id is an address; options give it the grant, which it has not registered', async () => {
    const jag = await idp.idJag({ client_id: DOCUMENT.clientId });
    expect(outcome(await present(host, jag, {}, DOCUMENT))).toBe('200 read write');
    const slash = await idp.idJag({ client_id: `${DOCUMENT.clientId}/` });
    expect(outcome(await present(host, slash, {}, DOCUMENT))).toBe('400 invalid_grant');
  });

  it('ID-JAG 8.6 (I27): without cnf a proof binds the token; T196 with it only the proof of its key is good', async () => {
    const [key, other] = [new DpopKey(), new DpopKey()];
    const dpop = (one: DpopKey) => ({ dpop: one.proof({ url: TOKEN_URL }) });
    const free = await present(host, await idp.idJag(), {}, AGENT, dpop(key));
    expect([free.body.token_type, (await read(free.body.access_token)).cnf]).toEqual(['DPoP', { jkt: key.thumbprint }]);
    const bound = await idp.idJag({ cnf: { jkt: key.thumbprint } });
    expect(outcome(await present(host, bound))).toBe('400 invalid_grant');
    expect(outcome(await present(host, bound, {}, AGENT, dpop(other)))).toBe('400 invalid_grant');
    expect((await present(host, bound, {}, AGENT, dpop(key))).body.token_type).toBe('DPoP');
    for (const cnf of [null, {}, [], 'x', { jkt: 1 }, { jwk: key.jwk }, { jkt: key.thumbprint, kid: 'x' }])
      expect(outcome(await present(host, await idp.idJag({ cnf }), {}, AGENT, dpop(key)))).toBe('400 invalid_grant');
  });

  it('ID-JAG 7.2 (I28): the profile is announced, no issuer is', async () => {
    const { body } = await send(`${host.url}/.well-known/openid-configuration`);
    expect(body.authorization_grant_profiles_supported).toEqual(['urn:ietf:params:oauth:grant-profile:id-jag']);
    expect(body.grant_types_supported).toContain(JWT_BEARER_GRANT);
    expect(JSON.stringify(body)).not.toContain(idp.url);
  });

  it('RFC 7591 2 (I28): no client registers itself for the grant', async () => {
    const register = (...grants: string[]) =>
      send(`${host.url}/api/auth/oauth2/register`, {
        body: { redirect_uris: ['https://app.example/cb'], grant_types: ['authorization_code', ...grants] },
      });
    const { status, body } = await register(JWT_BEARER_GRANT);
    expect([status, body.error]).toEqual([400, 'invalid_client_metadata']);
    expect((await register()).status).toBe(201);
  });

  it('ID-JAG 4.4 (I26): the tokens end with the user', async () => {
    const mortal = await signUp(host.url);
    await linkAccount(host, mortal.id, idp.url, 'mortal');
    const { body } = await by({ sub: 'mortal' });
    expect((await read(body.access_token)).active).toBe(true);
    await host.app.get(UsersService).disable(mortal.id);
    expect((await read(body.access_token)).active).toBe(false);
    expect(outcome(await by({ sub: 'mortal' }))).toBe('400 invalid_grant');
  });
});
