import { AuthError } from '../../src/index.js';
import { InteractionPages } from '../../src/oauth-provider/authorize/interaction.pages.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import {
  answer,
  answerIn,
  ask,
  askedForConsent,
  CONSENT,
  CONTINUE,
  expectErrorPage,
  handleIn,
} from '../support/authorization.js';
import { send } from '../support/http.js';
import { APP, exchange, Navigator, obtainCode, OTHER, pkce, providerOptions, WEB } from '../support/oauth.js';

const HOUSE = { ...WEB, clientId: 'house', firstParty: true };
const SILENT = { ...WEB, clientId: 'silent', skipConsent: true };

describe("wire 12.3 the host's own pages", () => {
  let host: TestApp;
  let browser: Navigator;
  const vetoed = new Set<string>();

  beforeAll(async () => {
    const pages = { loginPage: '/login', consentPage: '/consent?theme=dark', selectAccountPage: '/accounts' };
    const beforeAuthorization = ({ subjectId }: { subjectId: string }) => {
      if (vetoed.has(subjectId)) throw AuthError.forbidden('NOT_EMPLOYED', 'Not for you');
    };
    const options = {
      clients: [WEB, APP, OTHER, HOUSE, SILENT],
      hooks: { beforeAuthorization },
      skipConsentForFirstParty: true,
    };
    host = await createTestApp({ auth: providerOptions({ ...pages, ...options }) });
  });
  let userId: string;
  beforeEach(async () => {
    browser = new Navigator(host);
    userId = await browser.signUp();
  });
  afterAll(() => host.close());

  const post = (path: string, body: unknown, who = browser) =>
    send(`${host.url}${path}`, { body, headers: { cookie: who.cookie, origin: TEST_ISSUER } });
  const queryOf = (location: string | undefined) => location!.slice(location!.indexOf('?') + 1);
  const codeIn = (url: string) => new URL(url).searchParams.get('code')!;

  it('the login page is called with the request, signed', async () => {
    const change = { login_hint: 'a@b.example', nonce: 'n', ui_locales: 'nl <b> de' };
    const page = await ask(new Navigator(host), WEB, change);
    expect(page.location).toMatch(/^\/login\?/);
    const query = new URLSearchParams(queryOf(page.location));
    expect(Object.fromEntries(query)).toMatchObject({
      client_id: 'web',
      redirect_uri: WEB.redirectUris![0],
      response_type: 'code',
      scope: 'openid',
      state: 'a-state',
      nonce: 'n',
      login_hint: 'a@b.example',
      ui_locales: 'nl de',
    });
    for (const name of ['exp', 'ba_iat', 'ba_param', 'sig']) expect(query.get(name)).toBeTruthy();
  });

  it('POST consent { accept, oauth_query } -> { redirect, url }, and the code is good', async () => {
    const { verifier, challenge } = pkce();
    const page = await ask(browser, WEB, { code_challenge: challenge });
    expect(page.location).toMatch(/^\/consent\?theme=dark&/);
    const answered = await post(CONSENT, { accept: true, oauth_query: queryOf(page.location) });
    expect(answered.status).toBe(200);
    expect(answered.body).toMatchObject({ redirect: true, url: answered.body.redirectURI });
    expect((await exchange(host, WEB, { code: codeIn(answered.body.url), verifier })).status).toBe(200);
  });

  it('as better-auth documents it, { accept, consent_code } -> { redirectURI }, also of a refusal', async () => {
    const consentCode = new URLSearchParams(queryOf((await ask(browser, WEB)).location)).get('consent_code')!;
    const { body } = await post(CONSENT, { accept: false, consent_code: consentCode });
    expect(body.redirectURI).toMatch(/^https:\/\/web\.example\/callback\?error=access_denied&.*state=a-state&iss=/);
    const again = await post(CONSENT, { accept: true, consent_code: consentCode });
    expect(again.status).toBe(400);
  });

  it('as better-auth documents it, { accept } alone: the signed cookie names the request; without it, or forged, 400', async () => {
    await ask(browser, WEB);
    expect(browser.cookie).toContain('oidc_consent_prompt=');
    const { status, body } = await post(CONSENT, { accept: true });
    expect([status, codeIn(body.redirectURI)]).toEqual([200, expect.stringMatching(/^nacd_/)]);
    expect((await post(CONSENT, { accept: true })).status).toBe(400);
    const other = new Navigator(host);
    await other.signUp();
    expect((await post(CONSENT, { accept: true }, other)).status).toBe(400);
    await ask(browser, OTHER);
    const [forged] = /oidc_consent_prompt=[^;]*/.exec(browser.cookie)!;
    const headers = { cookie: `${other.cookie}; better-auth.${forged.slice(0, -12)}AAAAAAAAAAAA`, origin: TEST_ISSUER };
    expect((await send(`${host.url}${CONSENT}`, { body: { accept: true }, headers })).status).toBe(400);
    // The cookie of somebody else is no way around the session.
    await ask(browser, OTHER);
    const [theirs] = /oidc_consent_prompt=[^;]*/.exec(browser.cookie)!;
    const stolen = { cookie: `${other.cookie}; better-auth.${theirs}`, origin: TEST_ISSUER };
    expect((await send(`${host.url}${CONSENT}`, { body: { accept: true }, headers: stolen })).status).toBe(403);
  });

  it.each<[string, (query: URLSearchParams) => void]>([
    ['another scope', (query) => query.set('scope', 'openid email')],
    ['another handle', (query) => query.set('authorization_request', 'narq_x')],
    ['a later end', (query) => query.set('exp', '9999999999')],
    ['no signature', (query) => query.delete('sig')],
    ['one parameter more', (query) => query.append('scope', 'email')],
  ])('T065 %s: 400 invalid_signature', async (_name, change) => {
    const query = new URLSearchParams(queryOf((await ask(browser, WEB, { prompt: 'consent' })).location));
    change(query);
    for (const [path, body] of [
      [CONSENT, { accept: true }],
      [CONTINUE, { selected: true }],
    ] as const) {
      const refused = await post(path, { ...body, oauth_query: query.toString() });
      expect([refused.status, refused.body.error]).toEqual([400, 'invalid_signature']);
    }
  });

  it("POST public-client-prelogin: the login page's query shows its own client, and no other", async () => {
    const oauth_query = queryOf((await ask(new Navigator(host), WEB)).location);
    const shown = (body: object) => post('/api/auth/oauth2/public-client-prelogin', body, new Navigator(host));
    const { status, body } = await shown({ client_id: 'web', oauth_query });
    expect([status, body]).toEqual([200, { client_id: 'web', client_name: 'Web', redirect_uris: [] }]);
    expect((await shown({ client_id: 'app', oauth_query })).status).toBe(404);
    const forged = await shown({
      client_id: 'app',
      oauth_query: oauth_query.replace('client_id=web', 'client_id=app'),
    });
    expect([forged.status, forged.body.code]).toEqual([400, 'INVALID_SIGNATURE']);
    expect((await shown({ client_id: 'web' })).status).toBe(400);
    await host.sql('UPDATE auth_authorization_request SET expires_at = now() WHERE answered_at IS NULL');
    expect((await shown({ client_id: 'web', oauth_query })).body.code).toBe('REQUEST_EXPIRED');
  });

  it('POST continue { selected | created, oauth_query } goes on', async () => {
    await obtainAt(WEB);
    const accounts = await ask(browser, WEB, { prompt: 'select_account' });
    expect(accounts.location).toMatch(/^\/accounts\?/);
    const unpicked = await post(CONTINUE, { oauth_query: queryOf(accounts.location) });
    expect(unpicked.body.url).toMatch(/^\/accounts\?/);
    const picked = await post(CONTINUE, { selected: true, oauth_query: queryOf(accounts.location) });
    expect(picked.body).toMatchObject({ redirect: true, url: expect.stringContaining('?code=nacd_') });
    const stranger = new Navigator(host);
    const login = await ask(stranger, WEB, { prompt: 'create' });
    expect((await post(CONTINUE, { created: true, oauth_query: queryOf(login.location) }, stranger)).status).toBe(401);
    await stranger.signUp();
    const created = await post(CONTINUE, { created: true, oauth_query: queryOf(login.location) }, stranger);
    expect(created.body.url).toMatch(/^\/consent\?/);
  });

  async function obtainAt(client: typeof WEB): Promise<void> {
    const page = await ask(browser, client);
    await post(CONSENT, { accept: true, oauth_query: queryOf(page.location) });
  }

  it('skipConsentForFirstParty and skipConsent ask nobody, unless the client wants it', async () => {
    for (const client of [HOUSE, SILENT]) {
      expect(answerIn(await ask(browser, client), client)).toHaveProperty('code');
      expect(answerIn(await ask(browser, client, { prompt: 'none' }), client)).toHaveProperty('code');
      expect((await ask(browser, client, { prompt: 'consent' })).location).toMatch(/^\/consent\?/);
    }
    expect(await obtainCode(browser, SILENT)).toHaveProperty('code');
  });

  it('hooks.beforeAuthorization refuses, whoever asked, and the client hears it', async () => {
    const page = await ask(browser, WEB);
    const oauthQuery = queryOf(page.location);
    vetoed.add(userId);
    const refused = await post(CONSENT, { accept: true, oauth_query: oauthQuery });
    expect(refused.body.url).toMatch(/\?error=access_denied&error_description=Not\+for\+you&state=a-state&iss=/);
    expect(answerIn(await ask(browser, HOUSE), HOUSE)).toMatchObject({ error: 'access_denied' });
    vetoed.delete(userId);
    // It was an answer: the request is spent, and nothing was granted.
    expect((await post(CONSENT, { accept: true, oauth_query: oauthQuery })).status).toBe(400);
    expect((await ask(browser, WEB)).location).toMatch(/^\/consent\?/);
  });

  it('several tabs: each request has its own answer', async () => {
    const tabs = [await ask(browser, WEB, { state: 'one' }), await ask(browser, APP, { state: 'two' })];
    const [two, one] = await Promise.all(
      tabs.toReversed().map((page) => post(CONSENT, { accept: true, oauth_query: queryOf(page.location) })),
    );
    expect([one!.body.url, two!.body.url]).toEqual([
      expect.stringContaining('state=one'),
      expect.stringContaining('state=two'),
    ]);
  });

  it('the sign-in page asks about any address without falling over', async () => {
    const pages = host.app.get(InteractionPages, { strict: false });
    const handle = new URLSearchParams(queryOf((await ask(browser, WEB)).location)).get('consent_code')!;
    for (const text of [
      '/',
      '%',
      `${CONTINUE}?request=%`,
      `${CONTINUE}?request=%zz`,
      `${CONTINUE}?`,
      CONTINUE,
      `${CONTINUE}x?request=${handle}`,
    ])
      expect(await pages.partOf(text)).toBeNull();
    expect(await pages.partOf(`${CONTINUE}?request=${handle}`)).toMatchObject({ client: { name: 'Web' } });
  });
});

describe('back button, idle tabs', () => {
  let host: TestApp;
  let browser: Navigator;
  beforeAll(async () => {
    host = await createTestApp({ auth: providerOptions() });
    browser = new Navigator(host);
    await browser.signUp();
  });
  afterAll(() => host.close());

  const everywhere = async (handle: string) => [
    await browser.get(`${CONSENT}?request=${handle}`),
    await browser.get(`${CONTINUE}?request=${handle}`),
    await browser.get(`/api/auth/oauth2/select-account?request=${handle}`),
    await answer(browser, handle, true),
    await browser.post(CONTINUE, { request: handle, selected: 'true' }),
  ];

  it('a request that was answered shows a page', async () => {
    const handle = await askedForConsent(browser, WEB);
    await answer(browser, handle, true);
    for (const page of await everywhere(handle)) expectErrorPage(page);
  });

  it('a request that has waited too long shows a page', async () => {
    const handle = await askedForConsent(browser, APP);
    await host.sql('UPDATE auth_authorization_request SET expires_at = now()');
    for (const page of await everywhere(handle)) expectErrorPage(page);
  });

  it('a request whose client is gone, or has lost the address, shows a page and goes nowhere', async () => {
    const handle = handleIn(await ask(browser, OTHER));
    const change = (sql: string) =>
      host.sql(`UPDATE auth_authorization_request SET ${sql} WHERE answered_at IS NULL AND expires_at > now()`);
    await change(`parameters = jsonb_set(parameters, '{redirectUri}', '"https://was.example/cb"')`);
    for (const page of await everywhere(handle)) expectErrorPage(page);
    await change(`client_id = 'gone'`);
    for (const page of await everywhere(handle)) expectErrorPage(page);
  });
});
