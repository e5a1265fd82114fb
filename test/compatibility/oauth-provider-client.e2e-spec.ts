import { AUTHORIZE, authorizeQuery, exchange, pkce, WEB as SHARED } from '../support/oauth.js';
import { ClientPage } from '../support/provider-client.js';
import { createIssuerHost, type IssuerHost } from '../support/relying-party.js';
import { TEST_PASSWORD } from '../support/users.js';

const WEB = { ...SHARED, metadata: { post_logout_redirect_uris: ['https://web.example/bye'] } };
let count = 0;

/** The host's own pages, on which the unmodified client runs: the protocol of signed queries from end to end. */
describe.each(['express', 'fastify'] as const)('oauthProviderClient() 1.7.5: interaction, on %s', (adapter) => {
  let host: IssuerHost;
  beforeAll(async () => {
    const pages = { loginPage: '/login', consentPage: '/consent', selectAccountPage: '/accounts', signUpPage: '/join' };
    host = await createIssuerHost({ clients: [WEB], ...pages }, { adapter });
  });
  afterAll(() => host.close());

  const newcomer = () => ({ email: `page-${adapter}-${++count}@example.com`, password: TEST_PASSWORD, name: 'Ada' });

  /** @returns the address of the host's page that the client's request leads to */
  function begin(page: ClientPage, change: Record<string, string> = {}): Promise<string> {
    return page.follow(`${AUTHORIZE}?${authorizeQuery(WEB, { code_challenge: pkce().challenge, ...change })}`);
  }

  /** A user in a browser of their own. */
  async function signedUp(): Promise<ClientPage> {
    const page = new ClientPage(host);
    const { error } = await page.client['signUp']!['email']!(newcomer());
    if (error) throw new Error(`sign-up: ${error.status} ${error.code}`);
    return page;
  }

  const pathOf = (address: string) => new URL(address, host.issuer).pathname;
  const answerIn = (address: string) => Object.fromEntries(new URL(address).searchParams);

  it('signIn.email on the login page goes on to consent, oauth2.consent to the client, and the code is good', async () => {
    const user = newcomer();
    await new ClientPage(host).client['signUp']!['email']!(user);
    const page = new ClientPage(host);
    const { verifier, challenge } = pkce();
    const login = await begin(page, { code_challenge: challenge, scope: 'openid email' });
    expect(pathOf(login)).toBe('/login');

    const signedIn = await page.on(login, (client) => client['signIn']!['email']!(user));
    expect(signedIn).toMatchObject({ error: null, data: { redirect: true, url: signedIn.href } });
    expect(pathOf(signedIn.href)).toBe('/consent');

    const consented = await page.on(signedIn.href, (client) => client['oauth2']!['consent']!({ accept: true }));
    expect(consented).toMatchObject({ error: null, data: { redirect: true, url: consented.href } });
    const { code, state, iss } = answerIn(consented.href);
    expect([state, iss]).toEqual(['a-state', host.issuer]);
    const { status, body } = await exchange(host, WEB, { code: code!, verifier });
    expect([status, body.scope]).toEqual([200, 'openid email']);
  });

  it('signUp.email on the sign-up page goes on as well', async () => {
    const page = new ClientPage(host);
    const join = await begin(page, { prompt: 'create' });
    expect(pathOf(join)).toBe('/join');
    const joined = await page.on(join, (client) => client['signUp']!['email']!(newcomer()));
    expect([joined.error, pathOf(joined.href)]).toEqual([null, '/consent']);
  });

  it('a wrong password starts nothing, and the window stays', async () => {
    const page = new ClientPage(host);
    const login = await begin(page);
    const refused = await page.on(login, (client) => client['signIn']!['email']!(newcomer()));
    expect(refused.error).toMatchObject({ status: 401, code: 'INVALID_EMAIL_OR_PASSWORD' });
    expect(refused.href).toBe(login);
  });

  it('a changed query is refused, and nobody is signed in for it', async () => {
    const user = newcomer();
    await new ClientPage(host).client['signUp']!['email']!(user);
    const page = new ClientPage(host);
    const login = (await begin(page)).replace('client_id=web', 'client_id=evil');
    const refused = await page.on(login, (client) => client['signIn']!['email']!(user));
    expect(refused.error).toMatchObject({ status: 400, code: 'INVALID_SIGNATURE' });
    expect((await page.client['getSession']!()).data).toBeNull();
  });

  it('oauth2.publicClientPrelogin on the login page, oauth2.publicClient on the consent page', async () => {
    const stranger = new ClientPage(host);
    const shown = { client_id: 'web', client_name: 'Web', redirect_uris: [] };
    const before = await stranger.on(await begin(stranger), (client) =>
      client['oauth2']!['publicClientPrelogin']!({ client_id: 'web' }),
    );
    expect(before).toMatchObject({ data: shown, error: null });
    const page = await signedUp();
    const after = await page.client['oauth2']!['publicClient']!({ query: { client_id: 'web' } });
    expect(after).toMatchObject({ data: shown, error: null });
  });

  it('oauth2.consent: refused, and with fewer scopes than were asked for', async () => {
    const page = await signedUp();
    const denied = await page.on(await begin(page), (client) => client['oauth2']!['consent']!({ accept: false }));
    expect(answerIn(denied.href)).toMatchObject({ error: 'access_denied', state: 'a-state', iss: host.issuer });
    const { verifier, challenge } = pkce();
    const address = await begin(page, { scope: 'openid profile email', code_challenge: challenge });
    const call = { accept: true, scope: 'openid email' };
    const { href } = await page.on(address, (client) => client['oauth2']!['consent']!(call));
    expect((await exchange(host, WEB, { code: answerIn(href)['code']!, verifier })).body.scope).toBe('openid email');
    const again = await page.on(address, (client) => client['oauth2']!['consent']!({ accept: true }));
    expect(again.error).toMatchObject({ status: 400 });
  });

  it('oauth2.continue from the page of accounts, and after signing up', async () => {
    const page = await signedUp();
    const accounts = await begin(page, { prompt: 'select_account' });
    expect(pathOf(accounts)).toBe('/accounts');
    const picked = await page.on(accounts, (client) => client['oauth2']!['continue']!({ selected: true }));
    expect([picked.error, pathOf(picked.href)]).toEqual([null, '/consent']);
    const stranger = new ClientPage(host);
    const join = await begin(stranger, { prompt: 'create' });
    await stranger.client['signUp']!['email']!(newcomer());
    const created = await stranger.on(join, (client) => client['oauth2']!['continue']!({ created: true }));
    expect([created.error, pathOf(created.href)]).toEqual([null, '/consent']);
  });

  it('oauth2.authorize by script: told where to go', async () => {
    const query = Object.fromEntries(new URLSearchParams(authorizeQuery(WEB, { code_challenge: pkce().challenge })));
    const { href, data } = await new ClientPage(host).on('/start', (client) =>
      client['oauth2']!['authorize']!({ query }),
    );
    expect([data.redirect, pathOf(href)]).toEqual([true, '/login']);
  });

  it('oauth2.token, oauth2.userinfo, oauth2.endSession: what the client names, it can call', async () => {
    const page = await signedUp();
    const { verifier, challenge } = pkce();
    const address = await begin(page, { scope: 'openid email', code_challenge: challenge });
    const { href } = await page.on(address, (client) => client['oauth2']!['consent']!({ accept: true }));
    const tokens = await page.client['oauth2']!['token']!({
      grant_type: 'authorization_code',
      code: answerIn(href)['code'],
      redirect_uri: WEB.redirectUris![0],
      code_verifier: verifier,
      client_id: 'web',
      client_secret: WEB.clientSecret,
    });
    expect(tokens).toMatchObject({ error: null, data: { token_type: 'Bearer', id_token: expect.any(String) } });
    const headers = { authorization: `Bearer ${tokens.data.access_token}` };
    const userinfo = await page.client['oauth2']!['userinfo']!({ fetchOptions: { headers } });
    expect(userinfo.data).toMatchObject({ sub: expect.any(String), email: expect.stringContaining('page-') });

    const unasked = await page.on('/', (client) => client['oauth2']!['endSession']!());
    expect(pathOf(unasked.href)).toBe('/api/auth/oauth2/end-session');
    expect((await page.client['getSession']!()).data).not.toBeNull();
    const query = {
      id_token_hint: tokens.data.id_token,
      post_logout_redirect_uri: 'https://web.example/bye',
      state: 's',
    };
    const left = await page.on('/', (client) => client['oauth2']!['endSession']!({ query }));
    expect(left).toMatchObject({ error: null, href: 'https://web.example/bye?state=s' });
    expect((await page.client['getSession']!()).data).toBeNull();
    expect(await page.client['oauth2']!['endSession']!(query)).toMatchObject({ error: null, data: { redirect: true } });
    expect(await page.client['oauth2']!['endSession']!()).toMatchObject({ error: null, data: null });
  });
});
