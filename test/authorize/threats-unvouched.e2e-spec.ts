import type { StaticClientOptions } from '../../src/index.js';
import type { TestApp } from '../support/app.js';
import { answer, answerIn, ask, expectErrorPage, handleIn } from '../support/authorization.js';
import { createClientHost, register } from '../support/clients.js';
import { send } from '../support/http.js';
import { AUTHORIZE, authorizeQuery, Navigator, pkce, WEB, type Page } from '../support/oauth.js';

const EVIL = 'https://evil.example/landing';

const FAULTS: [string, Record<string, string | undefined>, string][] = [
  ['scope=bogus', { scope: 'bogus' }, 'invalid_scope'],
  ['response_type=token', { response_type: 'token' }, 'unsupported_response_type'],
  ['no response_type', { response_type: undefined }, 'invalid_request'],
  ['max_age=x', { max_age: 'x' }, 'invalid_request'],
  ['prompt=bogus', { prompt: 'bogus' }, 'invalid_request'],
  ['prompt=none login', { prompt: 'none login' }, 'invalid_request'],
  ['no code_challenge', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
  ['request', { request: 'eyJ.e30.x' }, 'request_not_supported'],
  ['resource', { resource: 'https://nothing.example' }, 'invalid_target'],
  ['claims', { claims: '{' }, 'invalid_request'],
  ['response_mode=fragment', { response_mode: 'fragment' }, 'invalid_request'],
  ['an id_token_hint that is none', { id_token_hint: 'x.y.z' }, 'invalid_request'],
  ['a state that is too long', { state: 's'.repeat(3_000) }, 'invalid_request'],
];

describe.each(['express', 'fastify'] as const)(
  'T139 RFC 9700 4.11.2 clients that registered themselves, on %s',
  (adapter) => {
    let host: TestApp;
    let evil: StaticClientOptions;
    beforeAll(async () => {
      host = await createClientHost({ dynamicRegistration: 'open' }, { adapter });
      const { body } = await register(host, {
        redirect_uris: [EVIL],
        token_endpoint_auth_method: 'none',
        client_name: 'Your bank',
        post_logout_redirect_uris: [EVIL],
      });
      evil = { clientId: body.client_id, redirectUris: [EVIL] };
    });
    afterAll(() => host.close());

    /** Nobody goes anywhere but by their own hand, and sees where. */
    const expectStopped = (page: Page, error: string) => {
      expectErrorPage(page);
      expect(page.text).toContain(`<code>${error}</code>`);
      expect(page.text).not.toMatch(/http-equiv="refresh"|<script/);
      expect(page.text).not.toContain('Your bank');
      const link = /<a id="continue" class="button plain" href="([^"]*)"[^>]*>([\s\S]*?)<\/a>/.exec(page.text)!;
      expect(link[1]).toMatch(new RegExp(`^${EVIL}\\?error=${error}&amp;`));
      expect(link[2]).toContain('evil.example');
    };

    it.each(FAULTS)('F05: %s without a session: a page with a labelled link', async (_name, change, error) =>
      expectStopped(await ask(new Navigator(host), evil, change), error),
    );

    it.each(FAULTS)('F05: %s of a configured client goes to it as before', async (_name, change, error) => {
      expect(answerIn(await ask(new Navigator(host), WEB, change), WEB)).toMatchObject({ error });
    });

    it('F05: a parameter twice', async () => {
      const query = authorizeQuery(evil, { code_challenge: pkce().challenge });
      expectStopped(await new Navigator(host).get(`${AUTHORIZE}?${query}&nonce=1&nonce=2`), 'invalid_request');
    });

    it('F05: prompt=none is answered: nobody may be shown anything', async () => {
      const silent = await ask(new Navigator(host), evil, { prompt: 'none' });
      expect(answerIn(silent, evil)).toMatchObject({ error: 'login_required', state: 'a-state' });
    });

    it('F05: with a session the error goes to the client', async () => {
      const browser = new Navigator(host);
      await browser.signUp();
      expect(answerIn(await ask(browser, evil, { scope: 'bogus' }), evil)).toMatchObject({ error: 'invalid_scope' });
    });

    it('F05: after the sign-in a refusal goes to the client', async () => {
      const browser = new Navigator(host);
      const handle = handleIn(await ask(browser, evil));
      await browser.signUp();
      await browser.get(`/api/auth/oauth2/continue?request=${handle}`);
      expect(answerIn(await answer(browser, handle, false), evil)).toMatchObject({ error: 'access_denied' });
    });

    it('F05: response_mode=form_post has a button, and nothing presses it', async () => {
      const page = await ask(new Navigator(host), evil, { scope: 'bogus', response_mode: 'form_post' });
      expectErrorPage(page);
      expect(page.text).not.toContain('<script');
      expect(page.text).toMatch(/<form method="post" action="https:\/\/evil.example\/landing">[\s\S]*name="error"/);
      expect(page.text).toMatch(
        /<button type="submit">Continue to <strong><bdi>evil.example<\/bdi><\/strong><\/button>/,
      );
    });

    it('F05: a form of another site, whose cookies are not known', async () => {
      const browser = new Navigator(host);
      await browser.signUp();
      const form = Object.fromEntries(new URLSearchParams(authorizeQuery(evil, { scope: 'bogus' })));
      expectStopped(await browser.post(AUTHORIZE, form, 'https://evil.example'), 'invalid_scope');
    });

    it('F05: a script is told the error, and no address', async () => {
      const url = `${host.url}${AUTHORIZE}?${authorizeQuery(evil, { scope: 'bogus' })}`;
      const told = await send(url, { headers: { 'sec-fetch-mode': 'cors' } });
      expect([told.status, told.body.error, told.body.url]).toEqual([400, 'invalid_scope', undefined]);
    });

    it('F05: a client of administration is configured', async () => {
      const { body } = await send(`${host.url}/api/auth/admin/oauth-clients`, {
        headers: { 'x-admin': 'yes' },
        body: { redirect_uris: ['https://known.example/cb'] },
      });
      const known = { clientId: body.client_id, redirectUris: ['https://known.example/cb'] };
      const page = await ask(new Navigator(host), known, { scope: 'bogus' });
      expect(answerIn(page, known)).toMatchObject({ error: 'invalid_scope' });
    });

    it('F05: a logout without a session leads nobody to such a client by itself', async () => {
      const query = new URLSearchParams({ client_id: evil.clientId, post_logout_redirect_uri: EVIL, state: 's' });
      const route = `/api/auth/oauth2/end-session?${query}`;
      const page = await new Navigator(host).get(route);
      expect([page.status, page.location]).toEqual([200, undefined]);
      expect(page.text).not.toContain('http-equiv="refresh"');
      expect(page.text).toMatch(
        /<a id="continue"[^>]* href="https:\/\/evil.example\/landing\?state=s"[^>]*>\s*Continue to <bdi>evil.example<\/bdi>\s*<\/a/,
      );
      const told = await send(`${host.url}${route}`, { headers: { accept: 'application/json' } });
      expect(told.body.url).toMatch(/^\/api\/auth\/oauth2\/end-session\?/);
    });
  },
);
