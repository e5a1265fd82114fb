import { decodeJwt } from 'jose';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { answer, answerIn, CONTINUE, expectErrorPage, handleIn } from '../support/authorization.js';
import { send } from '../support/http.js';
import { APP, AUTHORIZE, exchange, Navigator, OTHER, pkce, providerOptions, WEB, type Page } from '../support/oauth.js';
import { open, openingOf, push, pushed } from '../support/pushed-requests.js';

const OWN = { ...WEB, clientId: 'own', redirectUris: ['https://own.example/cb'], skipConsent: true };

describe.each(['express', 'fastify'] as const)('RFC 9126 4: what a browser opens, on %s', (adapter) => {
  let host: TestApp;
  let anna: Navigator;
  beforeAll(async () => {
    host = await createTestApp({ adapter, auth: providerOptions({ clients: [WEB, APP, OTHER, OWN] }) });
  });
  beforeEach(async () => {
    anna = new Navigator(host);
    await anna.signUp();
  });
  afterAll(() => host.close());

  const rows = async () =>
    (await host.sql<{ n: number }>('SELECT count(*)::int AS n FROM auth_authorization_request'))[0]!.n;
  const age = (seconds: number) =>
    host.sql(
      `UPDATE auth_authorization_request SET created_at = created_at - $1::int * interval '1 second',
         opened_at = opened_at - $1::int * interval '1 second', expires_at = expires_at - $1::int * interval '1 second'`,
      [seconds],
    );
  function expectUnusable(page: Page): void {
    expectErrorPage(page);
    expect(page.text.includes('<code>invalid_request_uri</code>')).toBe(true);
  }

  it('RFC 9126 4: client_id and request_uri are enough; a code comes that redeems, with what was pushed', async () => {
    const { verifier, challenge } = pkce();
    const requestUri = await pushed(host, WEB, { code_challenge: challenge, nonce: 'a-nonce', scope: 'openid email' });
    const asked = await open(anna, WEB, requestUri);
    expect(asked.location).toContain('/oauth2/consent?');
    expect(await rows()).toBeGreaterThan(0);
    const { code, state, iss } = answerIn(await answer(anna, handleIn(asked), true), WEB);
    expect([state, iss]).toEqual(['a-state', TEST_ISSUER]);
    const { status, body } = await exchange(host, WEB, { code: code!, verifier });
    expect(status).toBe(200);
    expect(decodeJwt(body.id_token)).toMatchObject({ nonce: 'a-nonce' });
  });

  it('RFC 9126 4: it is the pushed row that goes on: opening writes no other', async () => {
    await host.sql('DELETE FROM auth_authorization_request');
    const requestUri = await pushed(host, WEB);
    await open(anna, WEB, requestUri);
    await open(anna, WEB, requestUri);
    expect(await rows()).toBe(1);
  });

  it('RFC 9126 4: nothing else on the URL is read: state, prompt, response_mode, redirect_uri, request, repeats', async () => {
    const requestUri = await pushed(host, OWN, { state: 'pushed' });
    const more = {
      state: 'other',
      prompt: 'none login',
      response_mode: 'form_post',
      redirect_uri: 'https://evil.example/',
      response_type: 'token',
      scope: 'admin',
      request: 'a.b.c',
      max_age: 'x',
    };
    const page = await anna.get(`${openingOf(OWN, requestUri, more)}&scope=x&state=y&nonce=1&nonce=2`);
    expect(answerIn(page, OWN)).toMatchObject({ code: expect.any(String), state: 'pushed' });
  });

  it('RFC 9126 4: a state that is on the URL alone does not come back', async () => {
    const requestUri = await pushed(host, OWN, { state: undefined });
    expect(answerIn(await open(anna, OWN, requestUri, { state: 'x' }), OWN)).not.toHaveProperty('state');
  });

  it.each<[string, string, (uri: string) => string]>([
    ['another client', 'other', (uri) => uri],
    ['one character changed', 'web', (uri) => uri.slice(0, -1) + (uri.endsWith('a') ? 'b' : 'a')],
    ['nothing behind the prefix', 'web', () => 'urn:ietf:params:oauth:request_uri:'],
    ['made up', 'web', () => 'urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c'],
    ['very long', 'web', (uri) => uri + 'x'.repeat(2_000)],
    ['a space at its end', 'web', (uri) => `${uri} `],
  ])('RFC 9126 4: %s: the error page, no Location, and the request stays whole', async (_name, clientId, change) => {
    const requestUri = await pushed(host, WEB);
    expectUnusable(await open(anna, { clientId }, change(requestUri)));
    expect((await open(anna, WEB, requestUri)).location).toContain('/oauth2/consent?');
  });

  it('RFC 9126 4: the handle of a request that was not pushed is no request_uri', async () => {
    const handle = handleIn(
      await anna.get(
        `${AUTHORIZE}?${new URLSearchParams({ client_id: 'web', redirect_uri: WEB.redirectUris![0]!, response_type: 'code', code_challenge: pkce().challenge, code_challenge_method: 'S256' })}`,
      ),
    );
    expectUnusable(await open(anna, WEB, `urn:ietf:params:oauth:request_uri:${handle}`));
  });

  it('RFC 9126 4: without client_id, or with two, no request is opened', async () => {
    const requestUri = await pushed(host, WEB);
    expectErrorPage(await anna.get(`${AUTHORIZE}?request_uri=${encodeURIComponent(requestUri)}`));
    expectErrorPage(await anna.get(`${openingOf(WEB, requestUri)}&client_id=web`));
    expectErrorPage(await anna.get(openingOf({ clientId: 'nobody' }, requestUri)), 400);
    expect(
      (await host.sql('SELECT id FROM auth_authorization_request WHERE opened_at IS NULL')).length,
    ).toBeGreaterThan(0);
  });

  it('RFC 9126 4: a script is told where to go, and told its error as JSON', async () => {
    const headers = { cookie: anna.cookie, 'sec-fetch-mode': 'cors' };
    const url = host.url + openingOf(WEB, await pushed(host, WEB));
    expect((await send(url, { headers })).body).toMatchObject({
      redirect: true,
      url: expect.stringContaining('consent'),
    });
    const unknown = await send(`${host.url}${openingOf(WEB, 'urn:ietf:params:oauth:request_uri:x')}`, { headers });
    expect([unknown.status, unknown.body.error]).toEqual([400, 'invalid_request_uri']);
  });

  it('RFC 9126 4: POST takes it as well, and a form of another site is answered by 303 to the same request', async () => {
    const form = { client_id: 'own', request_uri: await pushed(host, OWN, { ui_locales: 'de' }), state: 'x' };
    const page = await anna.post(AUTHORIZE, form, 'https://own.example');
    expect([page.status, page.location]).toEqual([303, expect.stringContaining(`${CONTINUE}?request=narp_`)]);
    expect(page.location).toContain('ui_locales=de');
    expect(answerIn(await anna.get(page.location!), OWN)).toMatchObject({ code: expect.any(String), state: 'a-state' });
    expectUnusable(await anna.post(AUTHORIZE, form));
  });

  it('RFC 9126 7.3: opened again before its answer it goes on: a reload, the way back, a preview of the link, HEAD', async () => {
    const requestUri = await pushed(host, WEB);
    const preview = new Navigator(host);
    const address = host.url + openingOf(WEB, requestUri);
    expect((await send(address, { method: 'HEAD' })).status).toBe(200);
    expect((await open(preview, WEB, requestUri)).location).toContain('/sign-in?');
    const handles = [handleIn(await open(anna, WEB, requestUri)), handleIn(await open(anna, WEB, requestUri))];
    expect(new Set(handles).size).toBe(1);
    await anna.get(`/api/auth/oauth2/consent?request=${handles[0]}`);
    await open(anna, WEB, requestUri);
    expect(answerIn(await answer(anna, handles[0]!, true), WEB)).toHaveProperty('code');
  });

  it.each([
    ['a code', true, 'code'],
    ['an error', false, 'error'],
  ])(
    'RFC 9126 4: it is good once: spent by %s, and then it is an error page with no Location',
    async (_name, accept, member) => {
      const requestUri = await pushed(host, WEB);
      const handle = handleIn(await open(anna, WEB, requestUri));
      expect(answerIn(await answer(anna, handle, accept), WEB)).toHaveProperty(member);
      expectUnusable(await open(anna, WEB, requestUri));
      expectUnusable(await open(new Navigator(host), WEB, requestUri));
      expectErrorPage(await anna.get(`${CONTINUE}?request=${handle}`));
    },
  );

  it('RFC 9126 4: prompt=none without a user is an answer as well: login_required, once', async () => {
    const stranger = new Navigator(host);
    const requestUri = await pushed(host, WEB, { prompt: 'none' });
    expect(answerIn(await open(stranger, WEB, requestUri), WEB)).toMatchObject({ error: 'login_required' });
    expectUnusable(await open(stranger, WEB, requestUri));
  });

  it('RFC 9126 2.2: unopened it expires after expires_in, before anybody is asked for a password', async () => {
    const requestUri = await pushed(host, WEB);
    await age(59);
    expect((await open(new Navigator(host), WEB, requestUri)).location).toContain('/sign-in?');
    const late = await pushed(host, WEB);
    await age(61);
    expectUnusable(await open(new Navigator(host), WEB, late));
    expectUnusable(await open(anna, WEB, late));
  });

  it('RFC 9126 2.2: from the first opening the time of a request counts: a sign-in may take longer than expires_in', async () => {
    const browser = new Navigator(host);
    const requestUri = await pushed(host, WEB);
    const handle = handleIn(await open(browser, WEB, requestUri));
    await age(1_700);
    await browser.signUp();
    expect((await browser.get(`${CONTINUE}?request=${handle}`)).location).toContain('/oauth2/consent?');
    await age(1_800);
    expect(answerIn(await answer(browser, handle, true), WEB)).toHaveProperty('code');
  });

  it('RFC 9126 2.2: opening it again does not prolong it', async () => {
    const browser = new Navigator(host);
    const requestUri = await pushed(host, WEB);
    await open(browser, WEB, requestUri);
    await age(1_700);
    await open(browser, WEB, requestUri);
    await age(101);
    expectUnusable(await open(browser, WEB, requestUri));
  });

  it('RFC 9126 4: a request that nobody has opened cannot be gone on with by its handle', async () => {
    const { body } = await push(host, WEB);
    const handle = body.request_uri.split(':').at(-1);
    expectErrorPage(await anna.get(`${CONTINUE}?request=${handle}`));
    expectErrorPage(await answer(anna, handle, true));
  });

  it('RFC 9126 4: the first page is in the language that was pushed', async () => {
    const requestUri = await pushed(host, WEB, { ui_locales: 'de' });
    expect((await open(new Navigator(host), WEB, requestUri)).location).toContain('ui_locales=de');
  });

  it.each([{ prompt: 'login' }, { max_age: '0' }])(
    'OIDC Core 3.1.2.1: %j asks for a sign-in after the opening, not after the push, and once',
    async (change) => {
      const requestUri = await pushed(host, OWN, change);
      const late = new Navigator(host);
      await late.signUp();
      expect((await open(late, OWN, requestUri)).location).toContain('/sign-in?');
      expect((await open(late, OWN, requestUri)).location).toContain('/sign-in?');
      await late.signUp();
      expect(answerIn(await open(late, OWN, requestUri), OWN)).toHaveProperty('code');
    },
  );
});
