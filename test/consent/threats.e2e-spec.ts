import { insertOldClient } from '../support/old-clients.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import {
  answer,
  answerIn,
  ask,
  askedForConsent,
  CONSENT,
  CONTINUE,
  expectErrorPage,
  expectPageHeaders,
  handleIn,
} from '../support/authorization.js';
import { send } from '../support/http.js';
import {
  APP,
  AUTHORIZE,
  authorizeQuery,
  exchange,
  Navigator,
  obtainCode,
  OTHER,
  pkce,
  providerOptions,
  WEB,
} from '../support/oauth.js';

/** A client that may ask for no scope, registered before anybody looked at its addresses. */
const LINKS = { client_uri: 'javascript:alert(1)', policy_uri: 'https://bare.example/policy' };
const BARE = { ...OTHER, clientId: 'bare', scopes: [], metadata: LINKS };

describe.each(['express', 'fastify'] as const)('the question of consent, on %s', (adapter) => {
  let host: TestApp;
  let anna: Navigator;
  let eve: Navigator;

  beforeAll(async () => {
    host = await createTestApp({ adapter, auth: providerOptions({ clients: [WEB, APP, OTHER] }) });
    await insertOldClient(host, BARE);
    eve = new Navigator(host);
    await eve.signUp();
  });
  beforeEach(async () => {
    anna = new Navigator(host);
    await anna.signUp();
  });
  afterAll(() => host.close());

  const codes = async () =>
    (await host.sql<{ n: number }>('SELECT count(*)::int AS n FROM auth_authorization_code'))[0]!.n;
  const granted = () => host.sql('SELECT client_id, scopes FROM auth_consent');
  /** Nothing was granted by it. */
  async function expectRefused(status: number, work: () => Promise<{ status: number }>): Promise<void> {
    const before = [await codes(), (await granted()).length];
    expect((await work()).status).toBe(status);
    expect([await codes(), (await granted()).length]).toEqual(before);
  }

  it('T063 is answered once; the second answer, whatever it is, gets no code', async () => {
    const handle = await askedForConsent(anna, WEB);
    expect(answerIn(await answer(anna, handle, true), WEB)).toHaveProperty('code');
    for (const accept of [true, false]) await expectRefused(400, () => answer(anna, handle, accept));
    const denied = await askedForConsent(anna, WEB, { prompt: 'consent' });
    expect(answerIn(await answer(anna, denied, false), WEB)).toMatchObject({ error: 'access_denied' });
    await expectRefused(400, () => answer(anna, denied, true));
  });

  it('T063 no GET answers it', async () => {
    const handle = await askedForConsent(anna, WEB);
    for (const path of [CONSENT, CONTINUE])
      await expectRefused(path === CONSENT ? 200 : 302, () =>
        anna.get(`${path}?request=${handle}&consent_code=${handle}&accept=true`),
      );
  });

  it.each(['https://evil.test', 'null', 'http://localhost:3001', 'http://localhost:3000.evil.test'])(
    'T063 CSRF: a form of %s answers nothing',
    async (origin) => {
      const handle = await askedForConsent(anna, WEB);
      await expectRefused(403, () => answer(anna, handle, true, origin));
      expect(answerIn(await answer(anna, handle, true), WEB)).toHaveProperty('code');
    },
  );

  it('T063 without Origin, with the cookie: refused', async () => {
    const handle = await askedForConsent(anna, WEB);
    const body = { consent_code: handle, accept: true };
    await expectRefused(403, () => send(`${host.url}${CONSENT}`, { body, headers: { cookie: anna.cookie } }));
  });

  it('T062 another session answers nothing, neither a stranger, another user, nor the same user elsewhere', async () => {
    const email = `two-${adapter}-${Date.now()}@example.com`;
    const here = new Navigator(host);
    await here.signUp(email);
    const handle = await askedForConsent(here, WEB);
    await expectRefused(403, () => answer(eve, handle, true));
    await expectRefused(403, () => answer(eve, handle, false));
    await expectRefused(401, () => answer(new Navigator(host), handle, true));
    const there = await send(`${host.url}/api/auth/sign-in/email`, {
      body: { email, password: 'correct horse battery' },
    });
    const elsewhere = { body: { consent_code: handle, accept: true }, bearer: there.body.token };
    await expectRefused(403, () => send(`${host.url}${CONSENT}`, elsewhere));
    expect(answerIn(await answer(here, handle, true), WEB)).toHaveProperty('code');
  });

  it('T062 a request that never asked is not answered; a handle cannot be made up', async () => {
    const handle = handleIn(await ask(new Navigator(host), WEB));
    await expectRefused(403, () => answer(anna, handle, true));
    await expectRefused(400, () => answer(anna, `${handle.slice(0, -1)}${handle.endsWith('A') ? 'B' : 'A'}`, true));
    await expectRefused(400, () => answer(anna, handle.toLowerCase(), true));
    await expectRefused(400, () => answer(anna, '', true));
  });

  it("T062 another user at the same browser is asked in person, and sees nothing of the first one's question", async () => {
    const handle = await askedForConsent(anna, WEB);
    const page = await eve.get(`${CONSENT}?request=${handle}`);
    expect(page.location).toBe(`${CONTINUE}?request=${handle}`);
    expect((await eve.get(page.location!)).location).toContain('/oauth2/consent?');
    await expectRefused(403, () => answer(anna, handle, true));
    expect(answerIn(await answer(eve, handle, true), WEB)).toHaveProperty('code');
  });

  it("T062 a client's own access token answers nothing", async () => {
    const { body } = await exchange(host, APP, await obtainCode(anna, APP, { scope: 'read:data' }));
    const handle = await askedForConsent(anna, APP, { prompt: 'consent' });
    await expectRefused(401, () =>
      send(`${host.url}${CONSENT}`, { body: { consent_code: handle, accept: true }, bearer: body.access_token }),
    );
  });

  it.each(['skip_consent', 'skipConsent', 'first_party', 'accept', 'consent'])(
    'T062 the client cannot say %s',
    async (name) => {
      expect(await askedForConsent(anna, WEB, { [name]: 'true' })).toMatch(/^narq_/);
    },
  );

  it('T062 more scopes, a claim or a resource more: asked again, and the page says what is new', async () => {
    await obtainCode(anna, WEB, { scope: 'openid profile' });
    const handle = await askedForConsent(anna, WEB, { scope: 'openid profile email' });
    const { text } = await anna.get(`${CONSENT}?request=${handle}`);
    expect(text).toMatch(/e-mail address <strong class="new">new<\/strong>/);
    expect(text).not.toMatch(/See your profile[^<]*<strong/);
    await answer(anna, handle, false);
    // Refused: what was granted stays granted, and no more.
    expect(answerIn(await ask(anna, WEB, { scope: 'openid profile' }), WEB)).toHaveProperty('code');
    await askedForConsent(anna, WEB, { scope: 'openid profile email' });
    const claims = JSON.stringify({ userinfo: { birthdate: null } });
    const claimed = await askedForConsent(anna, WEB, { scope: 'openid', claims });
    expect((await anna.get(`${CONSENT}?request=${claimed}`)).text).toMatch(/birthdate<\/code> <strong class="new">/);
  });

  it('T062 a consent is for one client and one user', async () => {
    await obtainCode(anna, WEB);
    await askedForConsent(anna, OTHER);
    await obtainCode(eve, OTHER);
    await askedForConsent(anna, OTHER);
  });

  it.each([
    ['blank', WEB, ' '],
    ['none, of a client that has none', BARE, undefined],
  ])('T062 a request for no scope is asked about as any other: %s', async (_name, client, scope) => {
    expect(answerIn(await ask(anna, client, { scope, prompt: 'none' }), client)).toMatchObject({
      error: 'consent_required',
    });
    const handle = await askedForConsent(anna, client, { scope });
    expect(answerIn(await answer(anna, handle, true), client)).toHaveProperty('code');
    expect(answerIn(await ask(anna, client, { scope }), client)).toHaveProperty('code');
  });

  it('T062 a part of what was asked can be granted, nothing that was not', async () => {
    const headers = { cookie: anna.cookie, origin: TEST_ISSUER };
    const { verifier, challenge } = pkce();
    const handle = await askedForConsent(anna, WEB, { scope: 'openid profile email', code_challenge: challenge });
    const post = (scope: string) =>
      send(`${host.url}${CONSENT}`, { body: { consent_code: handle, accept: true, scope }, headers });
    await expectRefused(400, () => post('openid offline_access'));
    await expectRefused(400, () => post('openid "'));
    const { body } = await post('openid email');
    const code = new URL(body.redirectURI).searchParams.get('code')!;
    expect((await exchange(host, WEB, { code, verifier })).body.scope).toBe('openid email');
    await askedForConsent(anna, WEB, { scope: 'openid profile' });
  });

  it('T062 a consent that was withdrawn is asked for again', async () => {
    await obtainCode(anna, WEB);
    const headers = { cookie: anna.cookie, origin: TEST_ISSUER };
    await send(`${host.url}/api/auth/oauth2/applications/web`, { method: 'DELETE', headers });
    await askedForConsent(anna, WEB);
  });

  it('T065 parameters in the way back change nothing: the stored request counts', async () => {
    const { verifier, challenge } = pkce();
    const handle = await askedForConsent(anna, WEB, { scope: 'openid', code_challenge: challenge });
    const evil = 'redirect_uri=https://evil.test/&scope=openid+email&state=evil&client_id=other&code_challenge=x';
    const asked = await anna.get(`${CONTINUE}?request=${handle}&${evil}`);
    expect(asked.location).toBe(`${CONSENT}?request=${handle}`);
    const form = {
      consent_code: handle,
      accept: 'true',
      ...Object.fromEntries(new URLSearchParams(evil)),
      scope: 'openid',
    };
    const answered = answerIn(await anna.post(CONSENT, form), WEB);
    expect(answered['state']).toBe('a-state');
    const { body } = await exchange(host, WEB, { code: answered['code']!, verifier });
    expect(body.scope).toBe('openid');
  });

  it('T067 addresses of a client are links when they lead to the web', async () => {
    const { text } = await anna.get(`${CONSENT}?request=${await askedForConsent(anna, BARE, { scope: undefined })}`);
    expect(text).toContain('Recognise you, and nothing else');
    expect(text).toContain('href="https://bare.example/policy"');
    expect(text).not.toContain('javascript:');
  });

  it('T067 the pages of consent, accounts and errors stand in no frame, are not kept, and name where the answer goes', async () => {
    const handle = await askedForConsent(anna, WEB);
    const accounts = handleIn(await ask(anna, WEB, { prompt: 'select_account' }));
    for (const path of [`${CONSENT}?request=${handle}`, `/api/auth/oauth2/select-account?request=${accounts}`]) {
      const page = await anna.get(path);
      expectPageHeaders(page);
      expect(page.headers['referrer-policy']).toBe('same-origin');
      expect(page.headers['content-security-policy']).toContain("form-action 'self' https://web.example");
      expect(page.text).not.toContain('<script');
    }
    const error = await anna.get(`${AUTHORIZE}?${authorizeQuery(WEB, { client_id: '<b>x</b>' })}`);
    expectErrorPage(error);
    expect(error.headers['referrer-policy']).toBe('same-origin');
    expect(error.text).not.toContain('<b>');
  });

  it.each<[string, unknown]>([
    ['accept is missing', {}],
    ['accept is a word', { accept: 'yes' }],
    ['accept is an array', { accept: [true] }],
    ['consent_code is an object', { accept: true, consent_code: {} }],
    ['consent_code is of 10 KB', { accept: true, consent_code: 'x'.repeat(10_000) }],
    ['oauth_query is a number', { accept: true, oauth_query: 7 }],
    ['nothing names the request', { accept: true }],
  ])('T009 %s: 400', async (_name, body) => {
    const headers = { cookie: anna.cookie, origin: TEST_ISSUER };
    await expectRefused(400, () => send(`${host.url}${CONSENT}`, { body, headers }));
  });
});
