import { decodeJwt } from 'jose';
import type { StaticClientOptions } from '../../src/index.js';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import { answer, askedForConsent, expectErrorPage, handleIn } from '../support/authorization.js';
import * as authorization from '../support/authorization.js';
import { register } from '../support/clients.js';
import { cookiesOf, send } from '../support/http.js';
import { AUTHORIZE, authorizeQuery, exchange, Navigator, pkce, WEB, type Page } from '../support/oauth.js';
import { clientKey, jarClient, jarHost, REDIRECT, requestClaims, signObject } from '../support/request-objects.js';
import { opened } from '../support/signed-answers.js';

const QUIET = jarClient('quiet', {});
const ASKS: StaticClientOptions = { ...WEB, clientId: 'asks', redirectUris: [`${REDIRECT}?kept=1`] };
const SIGNED_ONLY = jarClient('signed-only', { response_modes: ['jwt', 'form_post.jwt'] });
const BY_FORM = jarClient('by-form', { response_modes: ['form_post'] });
const now = () => Math.floor(Date.now() / 1000);

describe.each(['express', 'fastify'] as const)('signed authorization responses (JARM) on %s', (adapter) => {
  let host: TestApp;
  let browser: Navigator;
  let key: Awaited<ReturnType<typeof clientKey>>;
  beforeAll(async () => {
    key = await clientKey('ES256', 'e1');
    const jwks = { keys: [key.publicJwk] };
    const clients = [
      QUIET,
      ASKS,
      SIGNED_ONLY,
      BY_FORM,
      jarClient('es', { authorization_signed_response_alg: 'ES256', jwks }),
      jarClient('eddsa', { authorization_signed_response_alg: 'EdDSA' }),
    ];
    host = await jarHost(clients, {}, adapter);
    browser = new Navigator(host);
    await browser.signUp();
  });
  afterAll(() => host.close());

  const ask = (client: StaticClientOptions, change: Record<string, string | undefined> = {}) =>
    authorization.ask(browser, client, { response_mode: 'jwt', ...change });
  /** The only parameter of the answer, opened. */
  const openedIn = async (page: Page, { clientId }: StaticClientOptions) => {
    expect([302, 303]).toContain(page.status);
    const parameters = [...new URL(page.location!).searchParams].filter(([name]) => name !== 'kept');
    expect(parameters.map(([name]) => name)).toEqual(['response']);
    return opened(host, parameters[0]![1], clientId);
  };

  it.each(['jwt', 'query.jwt'])('JARM 2.3.1, 2.1: %s: one parameter, a JWT that says all', async (mode) => {
    const { verifier, challenge } = pkce();
    const page = await ask(QUIET, { response_mode: mode, code_challenge: challenge });
    const { header, claims } = await openedIn(page, QUIET);
    expect(header).toEqual({ alg: 'RS256', kid: expect.any(String), typ: 'JWT' });
    expect(claims).toEqual({
      iss: TEST_ISSUER,
      aud: 'quiet',
      exp: expect.any(Number),
      code: expect.any(String),
      state: 'a-state',
    });
    expect(claims.exp! - now()).toBeGreaterThan(55);
    expect(claims.exp! - now()).toBeLessThanOrEqual(61);
    expect((await exchange(host, QUIET, { code: String(claims['code']), verifier })).status).toBe(200);
  });

  it('JARM 2.3.3: form_post.jwt: one field of a form that the browser posts itself', async () => {
    const page = await ask(QUIET, { response_mode: 'form_post.jwt' });
    expect([page.status, page.location]).toEqual([200, undefined]);
    expect(page.headers['content-security-policy']).not.toContain('form-action');
    expect(page.text).toContain(`<form method="post" action="${REDIRECT}">`);
    const fields = [...page.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
    expect(fields.map(([, name]) => name)).toEqual(['response']);
    expect((await opened(host, fields[0]![2]!, 'quiet')).claims).toMatchObject({ code: expect.any(String) });
  });

  it.each([
    ['es', 'ES256'],
    ['eddsa', 'EdDSA'],
  ])('JARM 2.2, 3: %s gets the algorithm that it registered', async (clientId, alg) => {
    const client = jarClient(clientId, {});
    expect((await openedIn(await ask(client), client)).header['alg']).toBe(alg);
  });

  it('JARM 2.1: state only if it was sent; 2 KiB of it come back whole', async () => {
    const silent = await openedIn(await ask(QUIET, { state: undefined }), QUIET);
    expect(silent.claims).not.toHaveProperty('state');
    const long = 'ß'.repeat(1_000);
    expect((await openedIn(await ask(QUIET, { state: long }), QUIET)).claims['state']).toBe(long);
    const control = '\u0001'.repeat(300);
    expect((await openedIn(await ask(QUIET, { state: control }), QUIET)).claims['state']).toBe(control);
  });

  it.each<[string, Record<string, string | undefined>, string]>([
    ['a scope that is not offered', { scope: 'openid bogus' }, 'invalid_scope'],
    ['a response type that is not offered', { response_type: 'token' }, 'unsupported_response_type'],
    ['no PKCE', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    ['a state that is too long, and comes back', { state: 's'.repeat(3_000) }, 'invalid_request'],
    ['max_age that is no number', { max_age: 'x' }, 'invalid_request'],
    ['a bad object beside the mode', { request: 'eyJ.e30.x' }, 'invalid_request_object'],
  ])('JARM 2.4: errors are signed too: %s', async (_what, change, error) => {
    const { claims } = await openedIn(await ask(QUIET, change), QUIET);
    expect(claims).toEqual({
      iss: TEST_ISSUER,
      aud: 'quiet',
      exp: expect.any(Number),
      error,
      error_description: expect.any(String),
      state: change['state'] ?? 'a-state',
    });
  });

  it('JARM 2.4: before a sign-in as well: login_required of prompt=none', async () => {
    const stranger = new Navigator(host);
    const page = await authorization.ask(stranger, QUIET, { response_mode: 'jwt', prompt: 'none' });
    expect((await openedIn(page, QUIET)).claims).toMatchObject({ error: 'login_required', state: 'a-state' });
  });

  it('JARM 2.1: what the user answers on our page: a code, or access_denied; the query of the address stays', async () => {
    const denied = await answer(browser, await askedForConsent(browser, ASKS, { response_mode: 'jwt' }), false);
    expect((await openedIn(denied, ASKS)).claims).toMatchObject({ error: 'access_denied', state: 'a-state' });
    const agreed = await answer(browser, await askedForConsent(browser, ASKS, { response_mode: 'jwt' }), true);
    expect((await openedIn(agreed, ASKS)).claims).toMatchObject({ code: expect.any(String) });
    expect(agreed.location).toMatch(/\?kept=1&response=/);
  });

  it('JARM 2.3: scripts and a page of the host read the same as JSON', async () => {
    const query = authorizeQuery(QUIET, { code_challenge: pkce().challenge, response_mode: 'jwt' });
    const headers = { accept: 'application/json', cookie: browser.cookie };
    const { body } = await send(`${host.url}${AUTHORIZE}?${query}`, { headers });
    expect([...new URL(body.url).searchParams.keys()]).toEqual(['response']);
    const posted = await send(`${host.url}${AUTHORIZE}?${query.replace('=jwt', '=form_post.jwt')}`, { headers });
    expect(posted.body).toEqual({
      redirect: false,
      method: 'POST',
      url: REDIRECT,
      parameters: { response: expect.any(String) },
    });
    expect((await opened(host, posted.body.parameters.response, 'quiet')).claims).toHaveProperty('code');
  });

  it('JARM 2.3: a sign-in over JSON that resumes the request answers with the signed address', async () => {
    const other = await jarHost([QUIET], { loginPage: '/login' }, adapter);
    try {
      const page = await authorization.ask(new Navigator(other), QUIET, { response_mode: 'jwt' });
      const body = {
        email: `u${Date.now()}@example.com`,
        password: 'correct horse battery',
        name: 'Anna',
        oauth_query: page.location!.split('?')[1],
      };
      const signed = await send(`${other.url}/api/auth/sign-up/email`, { body, headers: { origin: TEST_ISSUER } });
      expect(cookiesOf(signed)).toContain('session_token');
      const jwt = new URL(signed.body.url).searchParams.get('response')!;
      expect((await opened(other, jwt, 'quiet')).claims).toMatchObject({ code: expect.any(String), state: 'a-state' });
    } finally {
      await other.close();
    }
  });

  it('FAPI MS 5.3: response_modes is the list of what a client may ask for; the rest is refused, signed if that is all it takes', async () => {
    for (const response_mode of ['query', 'form_post', undefined])
      expect((await openedIn(await ask(SIGNED_ONLY, { response_mode }), SIGNED_ONLY)).claims).toMatchObject({
        error: 'invalid_request',
      });
    for (const response_mode of ['jwt', 'query.jwt'])
      expect((await openedIn(await ask(SIGNED_ONLY, { response_mode }), SIGNED_ONLY)).claims).toHaveProperty('code');
    const refused = await ask(BY_FORM);
    expect(refused.text).toContain('name="error" value="invalid_request"');
    expect((await ask(BY_FORM, { response_mode: 'form_post' })).text).toContain('name="code"');
  });

  it.each(['fragment', 'fragment.jwt', 'web_message', 'web_message.jwt', 'JWT', 'jwt query'])(
    'RFC 9700 4.17, JARM 2.3.2: %s is not offered',
    async (response_mode) => {
      const page = await ask(QUIET, { response_mode });
      expect(new URL(page.location!).searchParams.get('error')).toBe('invalid_request');
      expect(page.location).not.toContain('code=');
    },
  );

  it('JARM 2.4: an object that cannot be trusted has no readable mode: a page for clients of signed responses', async () => {
    const good = await signObject(key, requestClaims('es', { response_mode: 'jwt' }));
    const query = (client_id: string, request: string, more = {}) =>
      `${AUTHORIZE}?${new URLSearchParams({ client_id, request, redirect_uri: REDIRECT, ...more }).toString()}`;
    const es = jarClient('es', {});
    expect((await openedIn(await browser.get(query('es', good)), es)).claims).toHaveProperty('code');
    const forged = `${good.slice(0, -8)}AAAAAAAA`;
    expectErrorPage(await browser.get(query('es', forged)));
    expectErrorPage(await browser.get(query('signed-only', forged)));
    const told = await browser.get(query('es', forged, { response_mode: 'jwt' }));
    expect((await openedIn(told, es)).claims).toMatchObject({ error: 'invalid_request_object' });
    const plain = await browser.get(query('quiet', forged));
    expect(new URL(plain.location!).searchParams.get('error')).toBe('invalid_request_object');
  });

  it('JARM 5.1: a response opens nothing here, neither as a token nor as a hint', async () => {
    const jwt = new URL((await ask(QUIET)).location!).searchParams.get('response')!;
    const userinfo = await send(`${host.url}/api/auth/oauth2/userinfo`, { bearer: jwt });
    expect([userinfo.status, userinfo.body.error]).toEqual([401, 'invalid_token']);
    const hinted = await ask(QUIET, { id_token_hint: jwt });
    expect((await openedIn(hinted, QUIET)).claims).toMatchObject({ error: 'invalid_request' });
    expect(Object.keys(decodeJwt(jwt))).not.toEqual(expect.arrayContaining(['sub']));
  });

  it('RFC 9700 4.11.2: for a client that registered itself the signed error waits behind a link, ten minutes', async () => {
    const open = await jarHost([], { dynamicRegistration: 'open' }, adapter);
    try {
      const { body } = await register(open, { redirect_uris: [REDIRECT], token_endpoint_auth_method: 'none' });
      const client = { clientId: body.client_id, redirectUris: [REDIRECT] };
      const page = await authorization.ask(new Navigator(open), client, { response_mode: 'jwt', scope: 'bogus' });
      expectErrorPage(page);
      const link = /<a id="continue"[^>]* href="([^"]*)"/.exec(page.text)![1]!;
      expect(link).toMatch(new RegExp(`^${REDIRECT}\\?response=[\\w.-]+$`));
      const { claims } = await opened(open, new URL(link).searchParams.get('response')!, client.clientId);
      expect(claims).toMatchObject({ error: 'invalid_scope', state: 'a-state' });
      expect(claims.exp! - now()).toBeGreaterThan(590);
      const byForm = await authorization.ask(new Navigator(open), client, {
        response_mode: 'form_post.jwt',
        scope: 'bogus',
      });
      expectErrorPage(byForm);
      expect(byForm.text).toContain('<input type="hidden" name="response"');
    } finally {
      await open.close();
    }
  });

  it('JARM 2.3: the handle of a request that waits keeps its mode', async () => {
    const stranger = new Navigator(host);
    const handle = handleIn(await authorization.ask(stranger, QUIET, { response_mode: 'jwt' }));
    await stranger.signUp();
    const page = await stranger.get(`${authorization.CONTINUE}?request=${handle}`);
    expect((await openedIn(page, QUIET)).claims).toHaveProperty('code');
  });
});
