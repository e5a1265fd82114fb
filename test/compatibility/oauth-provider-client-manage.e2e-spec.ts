import { CALLBACK, provesItself } from '../support/clients.js';
import { AUTHORIZE, authorizeQuery, exchange, pkce, WEB } from '../support/oauth.js';
import { ClientPage } from '../support/provider-client.js';
import { createIssuerHost, type IssuerHost } from '../support/relying-party.js';
import { TEST_PASSWORD } from '../support/users.js';

let count = 0;

describe.each(['express', 'fastify'] as const)('oauthProviderClient() 1.7.5: management, on %s', (adapter) => {
  let host: IssuerHost;
  let page: ClientPage;
  beforeAll(async () => {
    const pages = { loginPage: '/login', consentPage: '/consent' };
    host = await createIssuerHost({ clients: [WEB], ...pages, dynamicRegistration: 'authenticated' }, { adapter });
  });
  beforeEach(async () => {
    page = await signedUp();
  });
  afterAll(() => host.close());

  async function signedUp(): Promise<ClientPage> {
    const fresh = new ClientPage(host);
    const email = `manage-${adapter}-${++count}@example.com`;
    const { error } = await fresh.client['signUp']!['email']!({ email, password: TEST_PASSWORD, name: 'Ada' });
    if (error) throw new Error(`sign-up: ${error.status} ${error.code}`);
    return fresh;
  }
  const oauth2 = (who = page) => who.client['oauth2']!;
  const created = async () =>
    (await oauth2()['createClient']!({ client_name: 'Mine', redirect_uris: [CALLBACK] })).data;

  it('createClient, getClients, getClient: the owner sees their own, the secret only once', async () => {
    const client = await created();
    expect(client).toMatchObject({
      client_id: expect.any(String),
      client_secret: expect.any(String),
      client_name: 'Mine',
    });
    expect(await provesItself(host, client.client_id, client.client_secret)).toBe(true);
    const { data: list } = await oauth2()['getClients']!();
    expect(list).toMatchObject([{ client_id: client.client_id, redirect_uris: [CALLBACK] }]);
    const query = { client_id: client.client_id };
    const { data: one } = await oauth2()['getClient']!({ query });
    expect(one).toMatchObject({ client_id: client.client_id, client_name: 'Mine' });
    for (const shown of [list[0], one]) expect(shown).not.toHaveProperty('client_secret');
    const stranger = await signedUp();
    expect((await oauth2(stranger)['getClients']!()).data).toEqual([]);
    expect((await oauth2(stranger)['getClient']!({ query })).error).toMatchObject({ status: 401 });
    expect((await oauth2()['getClient']!({ query: { client_id: 'nobody' } })).error).toMatchObject({ status: 404 });
  });

  it('updateClient, client.rotateSecret, deleteClient', async () => {
    const { client_id, client_secret } = await created();
    const update = { client_name: 'Ours', logo_uri: 'https://client.example/logo.png' };
    expect(await oauth2()['updateClient']!({ client_id, update })).toMatchObject({ error: null, data: update });
    const rotated = await oauth2()['client']!['rotateSecret']!({ client_id });
    expect(rotated.data).toMatchObject({ client_id, client_secret: expect.any(String) });
    expect(await provesItself(host, client_id, client_secret)).toBe(false);
    expect(await provesItself(host, client_id, rotated.data.client_secret)).toBe(true);
    expect(await oauth2()['deleteClient']!({ client_id })).toMatchObject({ error: null });
    expect((await oauth2()['getClients']!()).data).toEqual([]);
    expect((await oauth2()['deleteClient']!({ client_id })).error).toMatchObject({ status: 404 });
  });

  it('what is wrong with a client has a code', async () => {
    const bad = await oauth2()['createClient']!({ redirect_uris: ['javascript:alert(1)'] });
    expect(bad.error).toMatchObject({ status: 400, error: 'invalid_redirect_uri' });
    const stranger = new ClientPage(host);
    expect((await oauth2(stranger)['getClients']!()).error).toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
  });

  it('publicClient: what a consent page shows, to anybody who is signed in', async () => {
    const { client_id } = await created();
    const { data } = await oauth2(await signedUp())['publicClient']!({ query: { client_id } });
    expect(data).toEqual({ client_id, client_name: 'Mine', redirect_uris: [] });
    expect((await oauth2()['publicClient']!({ query: { client_id: 'nobody' } })).error).toMatchObject({ status: 404 });
  });

  it('register: with the session of the user, who owns what they registered', async () => {
    const { data, error } = await oauth2()['register']!({ client_name: 'Registered', redirect_uris: [CALLBACK] });
    expect([error, data.registration_access_token]).toEqual([null, expect.any(String)]);
    expect((await oauth2()['getClients']!()).data).toMatchObject([{ client_id: data.client_id }]);
    const refused = await oauth2(new ClientPage(host))['register']!({ redirect_uris: [CALLBACK] });
    expect(refused.error).toMatchObject({ status: 401 });
  });

  /** Lets the user grant these scopes. @returns the tokens */
  async function grant(scope: string) {
    const { verifier, challenge } = pkce();
    const query = authorizeQuery(WEB, { scope, code_challenge: challenge });
    const address = await page.follow(`${AUTHORIZE}?${query}`);
    const { href } = await page.on(address, (client) => client['oauth2']!['consent']!({ accept: true }));
    const code = new URL(href).searchParams.get('code')!;
    return (await exchange(host, WEB, { code, verifier })).body;
  }
  const isGood = async (accessToken: string) => {
    const headers = { authorization: `Bearer ${accessToken}` };
    return (await new ClientPage(host).client['oauth2']!['userinfo']!({ fetchOptions: { headers } })).error === null;
  };

  it('getConsents, getConsent, updateConsent, deleteConsent', async () => {
    const tokens = await grant('openid profile email');
    const { data: consents } = await oauth2()['getConsents']!();
    expect(consents).toMatchObject([
      { clientId: 'web', scopes: expect.arrayContaining(['openid', 'profile', 'email']) },
    ]);
    const { id } = consents[0];
    expect((await oauth2()['getConsent']!({ query: { id } })).data).toMatchObject({ id, clientId: 'web' });
    expect(await isGood(tokens.access_token)).toBe(true);
    const narrowed = await oauth2()['updateConsent']!({ id, update: { scopes: ['openid'] } });
    expect(narrowed).toMatchObject({ error: null, data: { id, scopes: ['openid'] } });
    expect(await isGood(tokens.access_token)).toBe(false);
    const stranger = await signedUp();
    expect((await oauth2(stranger)['getConsent']!({ query: { id } })).error).toMatchObject({ status: 404 });
    expect((await oauth2(stranger)['deleteConsent']!({ id })).error).toMatchObject({ status: 404 });
    expect(await oauth2()['deleteConsent']!({ id })).toMatchObject({ error: null });
    expect((await oauth2()['getConsents']!()).data).toEqual([]);
  });

  it('introspect and revoke, called by name', async () => {
    const tokens = await grant('openid offline_access');
    const proof = { client_id: 'web', client_secret: WEB.clientSecret };
    const introspect = () => oauth2()['introspect']!({ token: tokens.access_token, ...proof });
    expect(await introspect()).toMatchObject({ error: null, data: { active: true, client_id: 'web' } });
    expect(await oauth2()['revoke']!({ token: tokens.refresh_token, ...proof })).toMatchObject({ error: null });
    expect((await introspect()).data).toEqual({ active: false });
  });

  it('other calls on a page of the protocol carry its query as well, and are not disturbed by it', async () => {
    const query = authorizeQuery(WEB, { prompt: 'consent', code_challenge: pkce().challenge });
    const address = await page.follow(`${AUTHORIZE}?${query}`);
    const made = await page.on(address, (client) => client['oauth2']!['createClient']!({ redirect_uris: [CALLBACK] }));
    expect([made.error, made.href]).toEqual([null, address]);
    expect(made.data).not.toHaveProperty('oauth_query');
    const { client_id } = made.data;
    const renamed = await page.on(address, (client) =>
      client['oauth2']!['updateClient']!({ client_id, update: { client_name: 'Renamed' } }),
    );
    expect(renamed).toMatchObject({ error: null, href: address, data: { client_name: 'Renamed' } });
    expect(await page.on(address, (client) => client['signOut']!())).toMatchObject({ error: null, href: address });
    expect((await page.client['getSession']!()).data).toBeNull();
  });
});
