import { TEST_ISSUER } from '../support/app.js';
import { createLinkingHost, somebody, type LinkingHost } from '../support/linking.js';
import { AUTHORIZE, authorizeQuery, exchange, pkce, WEB } from '../support/oauth.js';
import { ClientPage } from '../support/provider-client.js';
import { locationOf, travel } from '../support/travel.js';

/** Three parties: the client's request waits with us while the user signs in at a provider of ours. */
describe.each(['express', 'fastify'] as const)('oauthProviderClient() 1.7.5: signIn.social, on %s', (adapter) => {
  let linking: LinkingHost;
  beforeAll(async () => {
    const oauthProvider = { clients: [WEB], loginPage: '/login', consentPage: '/consent' };
    linking = await createLinkingHost({}, { app: { adapter, auth: { jwt: true, oauthProvider } } });
  });
  afterAll(() => linking.close());

  const navigate = async (page: ClientPage, path: string) =>
    locationOf(await page.browser.fetch(linking.host.url + path, { headers: { accept: 'text/html' } }));
  const begin = (page: ClientPage, challenge: string) =>
    navigate(page, `${AUTHORIZE}?${authorizeQuery(WEB, { code_challenge: challenge })}`);

  it('the provider sends the user back to us, and we to the consent page and on to the client', async () => {
    const { host, idp } = linking;
    somebody(idp);
    const page = new ClientPage({ ...host, issuer: TEST_ISSUER });
    const { verifier, challenge } = pkce();
    const login = await begin(page, challenge);
    const call = { provider: 'test-idp', callbackURL: '/home' };
    const started = await page.on(login, (client) => client['signIn']!['social']!(call));
    expect([started.error, started.href]).toEqual([null, expect.stringContaining(idp.issuer)]);

    const back = locationOf(await travel(host, page.browser, started.href));
    const location = await navigate(page, back);
    expect(location).toMatch(/^\/consent\?/);
    const consented = await page.on(location, (client) => client['oauth2']!['consent']!({ accept: true }));
    const code = new URL(consented.href).searchParams.get('code')!;
    const { status, body } = await exchange(host, WEB, { code, verifier });
    expect([status, body.scope]).toEqual([200, 'openid']);
  });

  it('a changed query starts no trip', async () => {
    const page = new ClientPage({ ...linking.host, issuer: TEST_ISSUER });
    const login = (await begin(page, pkce().challenge)).replace('scope=openid', 'scope=email');
    const call = { provider: 'test-idp', callbackURL: '/home' };
    const refused = await page.on(login, (client) => client['signIn']!['social']!(call));
    expect(refused).toMatchObject({ error: { status: 400, code: 'INVALID_SIGNATURE' }, href: login });
  });
});
