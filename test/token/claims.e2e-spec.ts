import { decodeJwt } from 'jose';
import type { StaticClientOptions } from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { exchange, Navigator, obtainCode, providerOptions, tokenRequest, WEB } from '../support/oauth.js';

const API = 'https://api.example';
const SCOPED = { ...WEB, clientId: 'scoped', metadata: { id_token_claims: 'scope' as const } };
const BY_OPTION = { ...WEB, clientId: 'by-option', idTokenClaims: 'scope' as const };
const NARROW = { ...WEB, clientId: 'narrow', idTokenClaims: 'requested' as const };
const MACHINE = { clientId: 'machine', clientSecret: WEB.clientSecret!, clientCredentialsScopes: ['read:data'] };
const RESERVED = { ...WEB, clientId: 'reserved' };

describe('claims of tokens', () => {
  let host: TestApp;
  let scopes: TestApp;
  let browser: Navigator;
  let userId: string;
  beforeAll(async () => {
    const clients = [WEB, SCOPED, BY_OPTION, NARROW, MACHINE, RESERVED].map((one) => ({
      ...one,
      accessTokenFormat: 'jwt' as const,
    }));
    const hooks = {
      customClaims: () => ({ nonce: 'of the directory', azp: 'somebody', team: 'blue' }),
      customIdTokenClaims: ({ client }: { client: { clientId: string } }) =>
        client.clientId === 'reserved' ? { aud: 'everybody' } : { tenant: 't1' },
      customAccessTokenClaims: ({
        user,
        resources,
      }: {
        user: { id: string } | null;
        resources: readonly string[];
      }) => ({
        roles: [user?.id ?? 'machine'],
        resources,
      }),
    };
    const resources = [{ resource: API }];
    host = await createTestApp({ auth: providerOptions({ clients, hooks }, { resources, clientCredentials: true }) });
    scopes = await createTestApp({ auth: providerOptions({ clients: [WEB, NARROW], idTokenClaims: 'scope' }) });
    browser = new Navigator(host);
    userId = await browser.signUp('claims@example.com');
  });
  afterAll(async () => {
    await host.close();
    await scopes.close();
  });

  const SCOPE = 'openid profile email offline_access read:data';
  const tokensOf = async (client: StaticClientOptions, change = {}) =>
    exchange(host, client, await obtainCode(browser, client, { scope: SCOPE, nonce: 'n', ...change }));

  it('F29: OIDC Core 5.4 by default an ID token tells of the user what was asked for by name', async () => {
    const { body } = await tokensOf(WEB, { claims: '{"id_token":{"email":null}}' });
    const claims = decodeJwt(body.id_token);
    expect(claims).toMatchObject({ email: 'claims@example.com', nonce: 'n' });
    expect(claims).not.toHaveProperty('name');
  });

  it.each([SCOPED, BY_OPTION])('F29: $clientId gets the claims of its scopes, also after a refresh', async (client) => {
    const { body } = await tokensOf(client);
    const user = { sub: userId, name: 'Anna Ha', email: 'claims@example.com', email_verified: false, team: 'blue' };
    expect(decodeJwt(body.id_token)).toMatchObject(user);
    const form = { grant_type: 'refresh_token', refresh_token: body.refresh_token };
    const again = await tokenRequest(host, client, form);
    expect(decodeJwt(again.body.id_token)).toMatchObject(user);
    const less = await tokenRequest(host, client, {
      grant_type: 'refresh_token',
      refresh_token: again.body.refresh_token,
      scope: 'openid email',
    });
    expect(decodeJwt(less.body.id_token)).toMatchObject({ email: 'claims@example.com' });
    expect(decodeJwt(less.body.id_token)).not.toHaveProperty('name');
  });

  it('F29: the option of the server, and a client that says otherwise', async () => {
    const other = new Navigator(scopes);
    await other.signUp('scopes@example.com');
    const idTokenOf = async (client: StaticClientOptions) =>
      decodeJwt((await exchange(scopes, client, await obtainCode(other, client, { scope: SCOPE }))).body.id_token);
    expect(await idTokenOf(WEB)).toMatchObject({ email: 'scopes@example.com', name: 'Anna Ha' });
    expect(await idTokenOf(NARROW)).not.toHaveProperty('email');
  });

  it('F29: claims about the user never stand in for those about the token', async () => {
    const { body } = await tokensOf(SCOPED, { nonce: undefined });
    for (const name of ['nonce', 'azp']) expect(decodeJwt(body.id_token)).not.toHaveProperty(name);
  });

  it('F29: hooks add claims to ID tokens and to JWT access tokens, also when they are refreshed', async () => {
    const { body } = await tokensOf(WEB, { resource: API });
    expect(decodeJwt(body.id_token)).toMatchObject({ tenant: 't1' });
    const custom = { roles: [userId], resources: [API] };
    expect(decodeJwt(body.access_token)).toMatchObject(custom);
    const form = { grant_type: 'refresh_token', refresh_token: body.refresh_token };
    const again = await tokenRequest(host, WEB, form);
    expect(decodeJwt(again.body.access_token)).toMatchObject(custom);
  });

  it('F29: a client that acts for itself is no user', async () => {
    const { body } = await tokenRequest(host, MACHINE, { grant_type: 'client_credentials', scope: 'read:data' });
    expect(decodeJwt(body.access_token)).toMatchObject({ roles: ['machine'], sub: 'machine' });
  });

  it('F29: a hook that returns a reserved claim makes no token', async () => {
    const { status, body } = await tokensOf(RESERVED);
    expect([status, body.id_token, body.access_token]).toEqual([500, undefined, undefined]);
  });

  it('F29: an option with another value stops the boot', async () => {
    const start = (auth: object) => createTestApp({ auth: providerOptions(auth) });
    await expect(start({ idTokenClaims: 'all' })).rejects.toThrow('oauthProvider.idTokenClaims: "all" is not offered');
    await expect(start({ clients: [{ ...WEB, idTokenClaims: 'all' }] })).rejects.toThrow('"web": id_token_claims: ');
  });

  it('F45: RFC 9068 2.2 a JWT access token names its client twice, as better-auth does', async () => {
    const { body } = await tokensOf(WEB);
    expect(decodeJwt(body.access_token)).toMatchObject({ client_id: 'web', azp: 'web', iss: TEST_ISSUER });
  });
});
