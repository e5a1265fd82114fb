import type { StaticClientOptions } from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { answer, answerIn, ask, askedForConsent, CONTINUE, expectErrorPage } from '../support/authorization.js';
import { send } from '../support/http.js';
import { insertOldClient } from '../support/old-clients.js';
import { APP, AUTHORIZE, authorizeQuery, exchange, Navigator, pkce, providerOptions, WEB } from '../support/oauth.js';

/** Registered before anybody looked: addresses that already answer, or cannot be answered at. */
const CARELESS: StaticClientOptions = {
  clientId: 'careless',
  clientSecret: 'careless-secret-careless-secret-0001',
  redirectUris: [
    'https://careless.example/cb?code=1',
    'https://careless.example/cb?a=1&state=x',
    'https://careless.example/cb?%69ss=x',
    'https://careless.example/cb#error=x',
    'https://careless.example/\u20ac',
    'https:/careless.example/cb',
    'https:careless.example/cb',
  ],
};
const TENANT: StaticClientOptions = {
  clientId: 'tenant',
  clientSecret: 'tenant-secret-tenant-secret-00001',
  redirectUris: ['https://tenant.example/cb?tenant=a%20b'],
  scopes: ['openid'],
};

describe.each(['express', 'fastify'] as const)('where an authorization may answer, on %s', (adapter) => {
  let host: TestApp;
  let browser: Navigator;

  beforeAll(async () => {
    host = await createTestApp({ adapter, auth: providerOptions({ clients: [WEB, APP, TENANT] }) });
    await insertOldClient(host, CARELESS);
    browser = new Navigator(host);
    await browser.signUp();
  });
  afterAll(() => host.close());

  it.each([
    'https://web.example/callback/',
    'https://web.example/Callback',
    'https://WEB.example/callback',
    'https://web.example:443/callback',
    'https://web.example/callback?x=1',
    'https://web.example/./callback',
    'https://web.example/%63allback',
    'http://web.example/callback',
  ])('T054 %s is not byte-identical: 400, no Location', async (redirectUri) => {
    expectErrorPage(await ask(browser, WEB, { redirect_uri: redirectUri }));
    expectErrorPage(await ask(new Navigator(host), WEB, { redirect_uri: redirectUri }));
  });

  it.each([
    'https://web.example@evil.test/callback',
    'https://a@b@web.example/callback',
    'https://web.example\\@evil.test/callback',
    'https://web.example/callback\t',
    'https://web.example/callback\r\nSet-Cookie: a=b',
    'https://web.example/callback#x',
    'https://*.example/callback',
    'https://webxexample/callback',
    'javascript:alert(1)',
    '//evil.test',
    'https://web.example/callback\u0661',
  ])('T055 %j: 400, no Location', async (redirectUri) =>
    expectErrorPage(await ask(browser, WEB, { redirect_uri: redirectUri })),
  );

  it.each(['http://127.0.0.1:53211/callback', 'http://127.0.0.1:1/callback'])('T056 RFC 8252 7.3 %s', async (uri) => {
    const { verifier, challenge } = pkce();
    const handle = await askedForConsent(browser, APP, {
      redirect_uri: uri,
      code_challenge: challenge,
      prompt: 'consent',
    });
    const { location } = await answer(browser, handle, true);
    expect(location!.startsWith(`${uri}?code=`)).toBe(true);
    const code = new URL(location!).searchParams.get('code')!;
    // The token request names the address that was used, not the one registered.
    const refused = await exchange(host, APP, { code, verifier }, { redirect_uri: 'http://127.0.0.1/callback' });
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_grant']);
    expect((await exchange(host, APP, { code, verifier }, { redirect_uri: uri })).status).toBe(200);
  });

  it.each([
    'http://127.0.0.1:53211/other',
    'http://127.0.0.1:00080/callback',
    'http://127.0.0.1:080/callback',
    'http://127.0.0.1:/callback',
    'https://127.0.0.1:53211/callback',
    'http://127.0.0.2:53211/callback',
    'http://0.0.0.0:53211/callback',
    'http://localhost:53211/callback',
    'http://localhost.evil.test/callback',
    'http://127.0.0.1:53211@evil.test/callback',
    'http://127.0.0.1.evil.test/callback',
    'https://app.example:8443/callback',
  ])('T056 %s is refused', async (uri) => expectErrorPage(await ask(browser, APP, { redirect_uri: uri })));

  it.each(CARELESS.redirectUris!)('T057 %s holds what the answer says: 400', async (uri) =>
    expectErrorPage(await ask(browser, CARELESS, { redirect_uri: uri })),
  );

  it('F27: RFC 9700 4.1.3 a native application listens on localhost at any port; a web application at its own', async () => {
    const at = (port: number) => `http://localhost:${port}/cb`;
    const cli = { clientId: 'cli', redirectUris: [at(3000)], scopes: ['openid'] };
    const web = { ...cli, clientId: 'dev', metadata: { application_type: 'web' as const } };
    const cliHost = await createTestApp({ adapter, auth: providerOptions({ clients: [cli, web] }) });
    try {
      const person = new Navigator(cliHost);
      await person.signUp();
      const handle = await askedForConsent(person, cli, { redirect_uri: at(53211), code_challenge: pkce().challenge });
      expect((await answer(person, handle, true)).location).toMatch(/^http:\/\/localhost:53211\/cb\?code=/);
      for (const redirect_uri of [
        'http://localhost:03000/cb',
        'http://localhost:53211/other',
        'http://127.0.0.1:3000/cb',
      ])
        expectErrorPage(await ask(person, cli, { redirect_uri }));
      expectErrorPage(await ask(person, web, { redirect_uri: at(53211) }));
    } finally {
      await cliHost.close();
    }
  });

  it('RFC 6749 3.1.2 the query of the address is kept as it is spelled', async () => {
    const handle = await askedForConsent(browser, TENANT);
    const { location } = await answer(browser, handle, true);
    expect(location).toMatch(/^https:\/\/tenant\.example\/cb\?tenant=a%20b&code=nacd_\w+&state=a-state&iss=http/);
  });

  it('RFC 6749 3.1.2.3 left out: the one registered, but never with openid', async () => {
    const page = await ask(browser, TENANT, { redirect_uri: undefined, scope: undefined, prompt: 'none' });
    expect(page.location).toMatch(/^https:\/\/tenant\.example\/cb\?tenant=a%20b&/);
    expectErrorPage(await ask(browser, TENANT, { redirect_uri: undefined, scope: 'openid' }));
    expectErrorPage(await ask(browser, APP, { redirect_uri: undefined, scope: 'read:data' }));
  });

  it.each<[string, Record<string, string | undefined>]>([
    ['unknown', { client_id: 'nobody' }],
    ['missing', { client_id: undefined }],
    ['empty', { client_id: '' }],
    ['of 10 KB', { client_id: 'x'.repeat(10_000) }],
    ['with a quote', { client_id: "' OR 1=1 --" }],
  ])('RFC 6749 4.1.2.1 a client_id that is %s: 400, no Location', async (_name, change) =>
    expectErrorPage(await ask(browser, WEB, change)),
  );

  it('T066 RFC 9207 iss is in answers of success and of error, equal to the issuer', async () => {
    const handle = await askedForConsent(browser, WEB, { prompt: 'consent' });
    const pages = [
      await answer(browser, handle, true),
      await ask(browser, WEB, { response_type: 'token' }),
      await ask(browser, WEB, { prompt: 'none', scope: 'openid email' }),
      await answer(browser, await askedForConsent(browser, WEB, { prompt: 'consent' }), false),
    ];
    for (const page of pages) expect(answerIn(page, WEB)).toMatchObject({ iss: TEST_ISSUER, state: 'a-state' });
  });

  it('RFC 6749 4.1.2.1 without state there is none in the answer', async () => {
    expect(answerIn(await ask(browser, WEB, { response_type: 'token', state: undefined }), WEB)).not.toHaveProperty(
      'state',
    );
  });

  it('T015 a state with everything in it comes back as it was, and splits no header', async () => {
    const state = 'a\r\nSet-Cookie: x=1\r\n\r\n<script>"\'&=#?%00+ \u{1F600}\u2028';
    const page = await ask(browser, WEB, { response_type: 'token', state });
    expect(answerIn(page, WEB)['state']).toBe(state);
    expect(page.headers['set-cookie']).toBeUndefined();
    expect(page.location).toMatch(/^[\x21-\x7E]+$/);
  });

  it.each(['GET', 'POST'])('T068 a %s is answered with 302 or 303 only', async (method) => {
    const query = authorizeQuery(WEB, { code_challenge: pkce().challenge });
    const form = Object.fromEntries(new URLSearchParams(query));
    const page = await (method === 'GET' ? browser.get(`${AUTHORIZE}?${query}`) : browser.post(AUTHORIZE, form));
    expect(page.status).toBe(method === 'GET' ? 302 : 303);
  });

  it.each([
    'https://evil.test/',
    '//evil.test',
    '/\\evil.test',
    'javascript:alert(1)',
    '%2f%2fevil.test',
    'narq_' + 'A'.repeat(49),
    '',
    'x'.repeat(257),
    '%00',
    '%zz',
  ])('T069 continue?request=%s sends nobody anywhere', async (text) => {
    for (const path of ['continue', 'consent', 'select-account']) {
      const page = await browser.get(`/api/auth/oauth2/${path}?request=${text}`);
      expect([400, undefined]).toEqual([page.status, page.location]);
    }
    const form = await browser.post(CONTINUE, { request: text, selected: 'true' });
    expect([400, undefined]).toEqual([form.status, form.location]);
    const json = await send(`${host.url}${CONTINUE}`, {
      body: { oauth_query: text },
      headers: { cookie: browser.cookie, origin: TEST_ISSUER },
    });
    expect(json.status).toBe(400);
  });
});
