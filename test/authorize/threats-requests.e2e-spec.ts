import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { answerIn, ask, askedForConsent, expectErrorPage, expectPageHeaders } from '../support/authorization.js';
import { send } from '../support/http.js';
import {
  APP,
  AUTHORIZE,
  authorize,
  authorizeQuery,
  exchange,
  Navigator,
  obtainCode,
  pkce,
  providerOptions,
  WEB,
} from '../support/oauth.js';

const MACHINE = { ...WEB, clientId: 'machine', grantTypes: ['client_credentials'] };

describe('parameters of an authorization request', () => {
  let host: TestApp;
  let browser: Navigator;

  beforeAll(async () => {
    host = await createTestApp({ auth: providerOptions({ clients: [WEB, APP, MACHINE] }) });
    browser = new Navigator(host);
    await browser.signUp();
  });
  afterAll(() => host.close());

  const refused = async (change: Record<string, string | undefined>, client = WEB) =>
    answerIn(await ask(browser, client, change), client);

  it.each<[string, Record<string, string | undefined>, string]>([
    ['T058 response_type missing', { response_type: undefined }, 'invalid_request'],
    ['T058 response_type token', { response_type: 'token' }, 'unsupported_response_type'],
    ['T058 response_type id_token', { response_type: 'id_token' }, 'unsupported_response_type'],
    ['T058 response_type code token', { response_type: 'code token' }, 'unsupported_response_type'],
    ['T058 response_type code id_token', { response_type: 'code id_token' }, 'unsupported_response_type'],
    ['T058 response_type none', { response_type: 'none' }, 'unsupported_response_type'],
    ['T058 response_type CODE', { response_type: 'CODE' }, 'unsupported_response_type'],
    ['T058 response_mode fragment', { response_mode: 'fragment' }, 'invalid_request'],
    ['T058 response_mode web_message', { response_mode: 'web_message' }, 'invalid_request'],
    ['a nonce that is too long', { nonce: 'n'.repeat(2_049) }, 'invalid_request'],
    ['a nonce that is too long where it is written down', { nonce: '\u0001'.repeat(342) }, 'invalid_request'],
    ['T059 no code_challenge', { code_challenge: undefined }, 'invalid_request'],
    ['T059 no challenge, but a method', { code_challenge: '', code_challenge_method: 'S256' }, 'invalid_request'],
    ['T059 plain', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['T059 no method, which means plain', { code_challenge_method: undefined }, 'invalid_request'],
    ['T059 s256', { code_challenge_method: 's256' }, 'invalid_request'],
    ['T059 a challenge of 42', { code_challenge: 'a'.repeat(42) }, 'invalid_request'],
    ['T059 a challenge of 44', { code_challenge: 'a'.repeat(44) }, 'invalid_request'],
    ['T059 a padded challenge', { code_challenge: `${'a'.repeat(42)}=` }, 'invalid_request'],
    ['T059 a challenge of base64', { code_challenge: `${'a'.repeat(42)}/` }, 'invalid_request'],
    ['T060 request', { request: 'eyJ.e30.x' }, 'request_not_supported'],
    ['T060 request_uri', { request_uri: 'https://evil.test/r' }, 'request_uri_not_supported'],
    ['T060 registration', { registration: '{}' }, 'registration_not_supported'],
    ['T061 unknown scope', { scope: 'openid unknown' }, 'invalid_scope'],
    ["T061 another client's scope", { scope: 'openid address' }, 'invalid_scope'],
    ['T061 a scope in capitals', { scope: 'OPENID' }, 'invalid_scope'],
    ['T061 a malformed scope', { scope: 'openid "profile"' }, 'invalid_scope'],
    ['T061 scopes parted by commas', { scope: 'openid,profile' }, 'invalid_scope'],
    ['3.1.2.1 an unknown prompt', { prompt: 'enroll' }, 'invalid_request'],
    ['3.1.2.1 prompt none with another', { prompt: 'none login' }, 'invalid_request'],
    ['3.1.2.1 max_age -1', { max_age: '-1' }, 'invalid_request'],
    ['3.1.2.1 max_age 1e3', { max_age: '1e3' }, 'invalid_request'],
    ['3.1.2.1 max_age of ten digits', { max_age: '9999999999' }, 'invalid_request'],
    ['3.1.2.1 an id_token_hint that is none', { id_token_hint: 'x.y.z' }, 'invalid_request'],
    ['5.5 claims that are no JSON', { claims: '{' }, 'invalid_request'],
    ['5.5 claims with NUL', { claims: '{"id_token":{"a\\u0000":null}}' }, 'invalid_request'],
    ['5.5 claims with half a character', { claims: '{"id_token":{"a":{"value":"\\ud800"}}}' }, 'invalid_request'],
    ['5.5 claims 1,900 deep', { claims: `{"id_token":{"a":{"value":${'['.repeat(1900)}}}}` }, 'invalid_request'],
    ['RFC 8707 an unknown resource', { resource: 'https://api.example' }, 'invalid_target'],
    ['RFC 8707 a resource with a fragment', { resource: 'https://api.example#x' }, 'invalid_target'],
    ['a nonce of 3 KB', { nonce: '\u20ac'.repeat(1024) }, 'invalid_request'],
    ['a login_hint of 3 KB', { login_hint: 'x'.repeat(3072) }, 'invalid_request'],
    ['21 acr_values', { acr_values: Array.from({ length: 21 }, (_, i) => `a${i}`).join(' ') }, 'invalid_request'],
  ])('%s: told to the client', async (_name, change, error) => {
    const answered = await refused(change);
    expect(answered).toMatchObject({
      error,
      state: 'a-state',
      iss: TEST_ISSUER,
      error_description: expect.any(String),
    });
    expect(answered).not.toHaveProperty('code');
  });

  it('T061 no more is granted than was asked for, and what was granted is returned', async () => {
    await obtainCode(browser, WEB, { scope: 'openid profile email' });
    const { body } = await exchange(host, WEB, await obtainCode(browser, WEB, { scope: 'email openid email' }));
    expect(body.scope).toBe('email openid');
  });

  it('RFC 6749 4.2.2.1 a client without the code grant: unauthorized_client', async () => {
    expect(await refused({ scope: 'openid' }, MACHINE)).toMatchObject({ error: 'unauthorized_client' });
  });

  it('T058 form_post, for errors too: a form with one script, named by its hash, and nothing injected', async () => {
    const state = '"><script>alert(1)</script>';
    const page = await ask(browser, WEB, { response_mode: 'form_post', response_type: 'token', state });
    expect([page.status, page.location]).toEqual([200, undefined]);
    expectPageHeaders(page);
    expect(page.text).toContain('<form method="post" action="https://web.example/callback">');
    expect(page.text).toMatch(/name="error" value="unsupported_response_type"/);
    expect(page.text).toMatch(/name="iss" value="http:\/\/localhost:3000"/);
    expect(page.text.match(/<script>/g)).toHaveLength(1);
    const policy = page.headers['content-security-policy']!;
    expect(policy).toMatch(/script-src 'sha256-[^']+'(;|$)/);
    // F47: the client's callback may send the browser on, and Chromium holds form-action against that too.
    expect(policy).not.toContain('form-action');
  });

  it('fetch mode: a script is told where to go (wire 12.1), also with errors', async () => {
    const headers = { cookie: browser.cookie, 'sec-fetch-mode': 'cors' };
    const url = (change = {}) =>
      `${host.url}${AUTHORIZE}?${authorizeQuery(WEB, { code_challenge: pkce().challenge, ...change })}`;
    await obtainCode(browser, WEB);
    const good = await send(url(), { headers });
    expect(good.status).toBe(200);
    expect(good.body).toMatchObject({
      redirect: true,
      url: expect.stringMatching(/^https:\/\/web.example\/callback\?code=/),
    });
    const asked = await send(url(), { headers: { 'sec-fetch-mode': 'cors' } });
    expect(asked.body).toMatchObject({ redirect: true, url: expect.stringContaining('/sign-in') });
    const bad = await send(url({ scope: 'x' }), { headers });
    expect(bad.body).toMatchObject({ redirect: true, url: expect.stringContaining('error=invalid_scope') });
    const posted = await send(url({ response_mode: 'form_post' }), { headers });
    expect(posted.body).toMatchObject({ redirect: false, method: 'POST', url: 'https://web.example/callback' });
    const direct = await send(url({ redirect_uri: 'https://evil.test' }), { headers });
    expect([direct.status, direct.body.error]).toEqual([400, 'invalid_redirect']);
  });

  it('3.1.2.1 ui_locales, display, acr_values and what nobody knows are tolerated', async () => {
    const url = await authorize(
      browser,
      authorizeQuery(WEB, {
        code_challenge: pkce().challenge,
        ui_locales: 'se de-DE xx',
        claims_locales: 'se',
        display: 'hologram',
        acr_values: '1 0',
        extra: 'foobar',
        resource: '',
      }),
    );
    expect(url.searchParams.get('code')).toMatch(/^nacd_/);
  });

  const base = () => authorizeQuery(WEB, { code_challenge: pkce().challenge });
  it.each(['scope=openid', 'nonce=1&nonce=2', 'response_type=code', 'prompt=none&prompt=login', 'unknown=1&unknown=2'])(
    'T001 RFC 6749 4.1.2.1 a parameter twice (%s): told to the client',
    async (extra) => {
      const page = await browser.get(`${AUTHORIZE}?${base()}&${extra}`);
      expect(answerIn(page, WEB)).toMatchObject({ error: 'invalid_request', state: 'a-state', iss: TEST_ISSUER });
      const form = await send(`${host.url}${AUTHORIZE}`, {
        body: `${base()}&${extra}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
      });
      expect([form.status, form.headers.get('location')]).toEqual([
        303,
        expect.stringContaining('error=invalid_request'),
      ]);
    },
  );

  it('T001 a parameter twice goes to no address that is not proven', async () => {
    for (const change of [{ redirect_uri: 'https://evil.test/' }, { client_id: 'nobody' }])
      expectErrorPage(
        await browser.get(
          `${AUTHORIZE}?${authorizeQuery(WEB, { code_challenge: pkce().challenge, ...change })}&scope=x`,
        ),
      );
  });

  it.each<[string, (query: string) => string]>([
    ['state twice', (query) => `${query}&state=other`],
    ['response_mode twice', (query) => `${query}&response_mode=query&response_mode=form_post`],
    ['redirect_uri twice', (query) => `${query}&redirect_uri=https://evil.test/`],
    ['client_id twice', (query) => `${query}&client_id=app`],
    ['NUL', (query) => `${query}&nonce=%00`],
    ['bytes that are no UTF-8', (query) => `${query}&nonce=%ff`],
    ['half an escape', (query) => `${query}&nonce=%`],
    ['a surrogate', (query) => `${query}&nonce=%ed%a0%80`],
    ['brackets', (query) => `${query}&__proto__[x]=1`],
    ['nothing', () => ''],
  ])('T003 %s in the query: the page of errors', async (_name, change) =>
    expectErrorPage(await browser.get(`${AUTHORIZE}?${change(base())}`)),
  );

  it.each<[string, unknown]>([
    ['an object', { redirect_uri: {} }],
    ['an array', { redirect_uri: ['https://web.example/callback'] }],
    ['null', { client_id: null }],
    ['a number', { client_id: 7 }],
    ['a value of 20 KB', { state: 'x'.repeat(20_000) }],
  ])('T009 a JSON body with %s: 4xx, no Location', async (_name, change) => {
    const body = { ...Object.fromEntries(new URLSearchParams(base())), ...(change as object) };
    const answered = await send(`${host.url}${AUTHORIZE}`, { body });
    expect([answered.status, answered.headers.get('location')]).toEqual([400, null]);
  });

  it('a value of 10 KB by form is told to the client, or refused; never 5xx', async () => {
    const form = Object.fromEntries(new URLSearchParams(base()));
    for (const name of ['state', 'nonce', 'scope', 'claims', 'login_hint', 'id_token_hint', 'prompt', 'acr_values']) {
      const page = await browser.post(AUTHORIZE, { ...form, [name]: 'y'.repeat(10_000) });
      expect([303, page.location?.includes('error=')]).toEqual([page.status, true]);
    }
  });

  it('an idle request leaves no trace at the client: only its handle is known', async () => {
    const handle = await askedForConsent(browser, WEB, { scope: 'openid email read:data' });
    const [row] = await host.sql<{ text: string }>(
      'SELECT handle_hash::text AS text FROM auth_authorization_request LIMIT 1',
    );
    expect(handle).toMatch(/^narq_/);
    expect(row!.text).not.toContain(handle);
  });
});
