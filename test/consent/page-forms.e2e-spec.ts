import { createTestApp, type TestApp } from '../support/app.js';
import { answerIn, ask, askedForConsent, CONTINUE, expectErrorPage, handleIn } from '../support/authorization.js';
import { exchange, Navigator, pkce, providerOptions, WEB, type Page } from '../support/oauth.js';

const FORM = '/api/auth/oauth2/consent/answer';
const ACCOUNT_FORM = '/api/auth/oauth2/select-account';

describe.each(['express', 'fastify'] as const)(
  'the forms of the pages of an authorization request, on %s',
  (adapter) => {
    let host: TestApp;
    let anna: Navigator;
    beforeAll(async () => {
      host = await createTestApp({ adapter, auth: providerOptions({ clients: [WEB] }) });
    });
    beforeEach(async () => {
      anna = new Navigator(host);
      await anna.signUp();
    });
    afterAll(() => host.close());

    const send = (browser: Navigator, request: string, accept = true, origin?: string) =>
      browser.post(FORM, { request, accept: String(accept) }, origin);
    const consents = () => host.sql('SELECT subject FROM auth_consent');
    const codes = async () =>
      (await host.sql<{ n: number }>('SELECT count(*)::int AS n FROM auth_authorization_code'))[0]!.n;
    const waiting = async () =>
      (await host.sql('SELECT id FROM auth_authorization_request WHERE answered_at IS NULL')).length;
    const signOut = (browser: Navigator) => browser.post('/api/auth/account/sign-out', {});
    /** The page has the form that these tests send. */
    const formIn = (page: Page) => [
      / action="([^"]+)"/.exec(page.text)?.[1],
      ...[...page.text.matchAll(/<(?:input|button)\b[^>]* name="([a-z_]+)"/g)].map(([, name]) => name),
    ];

    it('are those of the pages', async () => {
      const request = await askedForConsent(anna, WEB);
      expect(formIn(await anna.get(`/api/auth/oauth2/consent?request=${request}`))).toEqual([
        FORM,
        'request',
        'accept',
        'accept',
      ]);
      const chosen = handleIn(await ask(anna, WEB, { prompt: 'select_account' }));
      expect(formIn(await anna.get(`${ACCOUNT_FORM}?request=${chosen}`))).toEqual([ACCOUNT_FORM, 'request', 'account']);
    });

    it('F35 the session has ended while the page was open: to sign in, and then on with the same request', async () => {
      const email = `f35-${adapter}@example.com`;
      const browser = new Navigator(host);
      await browser.signUp(email);
      const request = await askedForConsent(browser, WEB);
      await signOut(browser);
      const before = [await codes(), (await consents()).length];
      const refused = await send(browser, request);
      expect([refused.status, refused.location]).toEqual([303, `${CONTINUE}?request=${request}`]);
      expect([await codes(), (await consents()).length]).toEqual(before);
      const signIn = (await browser.get(refused.location!)).location!;
      expect(signIn).toContain('/api/auth/sign-in?continue=');
      const continueTo = new URL(signIn, host.url).searchParams.get('continue')!;
      const password = 'correct horse battery';
      const back = await browser.post('/api/auth/sign-in', { email, password, continue: continueTo });
      expect((await browser.get(back.location!)).location).toContain('/oauth2/consent?');
      expect(answerIn(await send(browser, request), WEB)).toHaveProperty('code');
    });

    it('F35, T062 somebody else has signed in meanwhile: they are asked in person, and have granted nothing', async () => {
      const request = await askedForConsent(anna, WEB);
      const eve = new Navigator(host);
      await eve.signUp();
      const before = [await codes(), (await consents()).length];
      const replaced = await send(eve, request);
      expect([replaced.status, replaced.location]).toEqual([303, `${CONTINUE}?request=${request}`]);
      expect((await eve.get(replaced.location!)).location).toContain('/oauth2/consent?');
      expect([await codes(), (await consents()).length]).toEqual(before);
      expect(answerIn(await send(eve, request), WEB)).toHaveProperty('code');
    });

    it('F35 the page of accounts, without a session: to sign in', async () => {
      const request = handleIn(await ask(anna, WEB, { prompt: 'select_account' }));
      await signOut(anna);
      const page = await anna.post(ACCOUNT_FORM, { request, account: 'x' });
      expect([page.status, page.location]).toEqual([303, `${CONTINUE}?request=${request}`]);
    });

    it('F35, T063 sent twice: the client is reached by the second as well; the request that was answered stays spent', async () => {
      const { verifier, challenge } = pkce();
      const request = handleIn(await ask(anna, WEB, { code_challenge: challenge, prompt: 'consent' }));
      const before = await waiting();
      const both = await Promise.all([send(anna, request), send(anna, request)]);
      for (const page of [...both, await send(anna, request)]) {
        const { code, state } = answerIn(page, WEB);
        expect(state).toBe('a-state');
        expect((await exchange(host, WEB, { code: code!, verifier })).status).toBe(200);
      }
      expect(await waiting()).toBe(before - 1);
      for (const path of [CONTINUE, '/api/auth/oauth2/consent', ACCOUNT_FORM])
        expectErrorPage(await anna.get(`${path}?request=${request}`));
    });

    it('T063 sent twice, by a session that was not asked: asked nothing, given nothing', async () => {
      const request = await askedForConsent(anna, WEB);
      expect(answerIn(await send(anna, request), WEB)).toHaveProperty('code');
      const eve = new Navigator(host);
      await eve.signUp();
      const before = await codes();
      const page = await send(eve, request);
      expect(page.location).toBe(`${CONTINUE}?request=${request}`);
      expectErrorPage(await eve.get(page.location!));
      expect(await codes()).toBe(before);
    });

    it('refused twice; a yes after a no is a new question', async () => {
      const request = await askedForConsent(anna, WEB);
      for (let time = 0; time < 2; time += 1)
        expect(answerIn(await send(anna, request, false), WEB)).toMatchObject({ error: 'access_denied' });
      const before = await codes();
      expect((await send(anna, request)).location).toContain('/oauth2/consent?');
      expect(await codes()).toBe(before);
    });

    it('F35 the account is chosen twice', async () => {
      const id = await anna.signUp();
      await send(anna, await askedForConsent(anna, WEB));
      const request = handleIn(await ask(anna, WEB, { prompt: 'select_account' }));
      const fields = { request, account: id };
      for (const page of await Promise.all([anna.post(ACCOUNT_FORM, fields), anna.post(ACCOUNT_FORM, fields)]))
        expect(answerIn(page, WEB)).toHaveProperty('code');
    });

    it('3.1.2.1 the account chosen once more, after a no, does not stand in for the consent that prompt asks for', async () => {
      const id = await anna.signUp();
      expect(answerIn(await send(anna, await askedForConsent(anna, WEB)), WEB)).toHaveProperty('code');
      const request = handleIn(await ask(anna, WEB, { prompt: 'select_account consent' }));
      const choose = () => anna.post(ACCOUNT_FORM, { request, account: id });
      expect((await choose()).location).toContain('/oauth2/consent?');
      expect(answerIn(await send(anna, request, false), WEB)).toMatchObject({ error: 'access_denied' });
      const before = await codes();
      expect((await choose()).location).toContain('/oauth2/consent?');
      expect(await codes()).toBe(before);
    });

    it.each(['https://evil.test', 'null'])('T063 CSRF: a form of %s answers nothing', async (origin) => {
      const request = await askedForConsent(anna, WEB);
      const before = await codes();
      expectErrorPage(await send(anna, request, true, origin), 403);
      expect(await codes()).toBe(before);
    });

    it('400 what is no form of ours', async () => {
      const request = await askedForConsent(anna, WEB);
      for (const fields of [{}, { request }, { request, accept: 'yes' }, { request: 'x', accept: 'true' }])
        expectErrorPage(await anna.post(FORM, fields as Record<string, string>));
    });
  },
);
