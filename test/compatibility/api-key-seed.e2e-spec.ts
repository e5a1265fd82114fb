import { generateKeyPairSync } from 'node:crypto';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import type { Browser } from '../support/browser.js';
import { send } from '../support/http.js';
import type { IdentityProvider } from '../support/identity-provider.js';
import { createLinkingHost, localUser, somebody, type LinkingHost } from '../support/linking.js';
import { authorizeQuery, exchange, pkce, WEB } from '../support/oauth.js';
import { get, locationOf, post, travel, visitProvider } from '../support/travel.js';

/** The table of registration in the documentation of better-auth's OIDC plugin: objects once as themselves, once as the text that its types say; lists are lists (F09). */
const REGISTRATION = {
  redirect_uris: ['https://client.example.com/callback'],
  token_endpoint_auth_method: 'client_secret_basic',
  client_name: 'My App',
  client_uri: 'https://client.example.com',
  logo_uri: 'https://client.example.com/logo.png',
  scope: 'profile email',
  contacts: ['admin@example.com'],
  tos_uri: 'https://client.example.com/tos',
  policy_uri: 'https://client.example.com/policy',
  software_id: 'my-software',
  software_version: '1.0.0',
};
const KEY = { ...generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' }), use: 'sig' };
const AS_VALUES = {
  grant_types: ['authorization_code'],
  response_types: ['code'],
  metadata: { key: 'value' },
  jwks: { keys: [KEY] },
};
const AS_TEXT = {
  grant_types: ['authorization_code'],
  response_types: ['code'],
  metadata: '{"key":"value"}',
  jwks: JSON.stringify({ keys: [KEY] }),
};

describe.each(['express', 'fastify'] as const)(
  "the eight endpoints of better-auth's OIDC plugin as documented, on %s",
  (adapter) => {
    let linking: LinkingHost;
    let host: TestApp;
    let idp: IdentityProvider;
    let browser: Browser;
    let user: { id: string; email: string };

    beforeAll(async () => {
      const oauthProvider = {
        clients: [{ ...WEB, metadata: { logo_uri: 'https://web.example/logo.png' } }],
        consentPage: '/consent',
        dynamicRegistration: 'authenticated' as const,
      };
      linking = await createLinkingHost({}, { app: { adapter, auth: { jwt: true, oauthProvider } } });
      ({ host, idp } = linking);
    });
    beforeEach(async () => {
      const { email } = somebody(idp);
      const local = await localUser(host, email);
      browser = local.browser;
      user = { id: local.id, email };
    });
    afterAll(() => linking.close());

    /** A navigation to the authorization endpoint. @returns where it leads */
    async function begin(scope = 'openid', verifier = pkce()): Promise<{ location: string; verifier: string }> {
      const query = authorizeQuery(WEB, { scope, code_challenge: verifier.challenge });
      const url = `${host.url}/api/auth/oauth2/authorize?${query}`;
      const response = await browser.fetch(url, { headers: { accept: 'text/html' } });
      return { location: locationOf(response), verifier: verifier.verifier };
    }
    const consentCodeIn = (location: string) => new URL(location, TEST_ISSUER).searchParams.get('consent_code')!;

    async function codeFor(scope: string) {
      const { location, verifier } = await begin(scope);
      const body = { accept: true, consent_code: consentCodeIn(location) };
      const { redirectURI } = (await post(host, browser, 'oauth2/consent', body)).body;
      return { code: new URL(redirectURI).searchParams.get('code')!, verifier };
    }

    it('GET /oauth2/authorize leads to the question, and when it was answered to the client', async () => {
      const { location } = await begin();
      expect(location).toMatch(/^\/consent\?.*consent_code=/);
      const query = new URL(location, TEST_ISSUER).searchParams;
      expect([query.get('client_id'), query.get('scope')]).toEqual(['web', 'openid']);
      await post(host, browser, 'oauth2/consent', { accept: true, consent_code: consentCodeIn(location) });
      expect((await begin()).location).toMatch(/^https:\/\/web\.example\/callback\?code=/);
      const asked = await get(host, browser, `oauth2/authorize?${authorizeQuery(WEB, { prompt: 'none' })}`);
      expect([asked.status, asked.body.redirect, asked.body.url]).toEqual([
        200,
        true,
        expect.stringContaining('error='),
      ]);
    });

    it('POST /oauth2/link starts the trip to a provider', async () => {
      const scopes = ['offline_access'];
      const body = { providerId: 'test-idp', callbackURL: '/settings', errorCallbackURL: '/failed', scopes };
      const { status, body: answer } = await post(host, browser, 'oauth2/link', body);
      expect([status, answer]).toEqual([200, { url: expect.any(String), redirect: true }]);
      expect(new URL(answer.url).searchParams.get('scope')).toContain('offline_access');
    });

    it('GET /oauth2/callback/{providerId} ends it: code and state, or error and error_description', async () => {
      const start = async () => {
        const body = { providerId: 'test-idp', callbackURL: '/settings', errorCallbackURL: '/failed' };
        return (await post(host, browser, 'oauth2/link', body)).body.url as string;
      };
      const failed = new URL(await visitProvider(await start()));
      expect(failed.pathname).toBe('/api/auth/oauth2/callback/test-idp');
      const state = failed.searchParams.get('state')!;
      const error = new URLSearchParams({ state, error: 'access_denied', error_description: 'No' });
      const refused = await browser.fetch(`${host.url}${failed.pathname}?${error}`);
      expect(locationOf(refused)).toMatch(/^\/failed\?error=/);
      expect(locationOf(await travel(host, browser, await start()))).toBe('/settings');
      const { body: accounts } = await get(host, browser, 'list-accounts');
      expect(accounts.map(({ providerId }: { providerId: string }) => providerId)).toContain('test-idp');
    });

    it('GET /oauth2/client/{id}: { clientId, name, icon }', async () => {
      const card = { clientId: 'web', name: 'Web', icon: 'https://web.example/logo.png' };
      expect(await get(host, browser, 'oauth2/client/web')).toEqual({ status: 200, body: card });
      expect((await get(host, browser, 'oauth2/client/nobody')).status).toBe(404);
      expect((await send(`${host.url}/api/auth/oauth2/client/web`)).status).toBe(401);
    });

    it('POST /oauth2/consent with consent_code, and by the signed cookie: { redirectURI } with a code or an error', async () => {
      const answer = (body: object) => post(host, browser, 'oauth2/consent', body);
      const { location } = await begin();
      const denied = await answer({ accept: false, consent_code: consentCodeIn(location) });
      expect([denied.status, new URL(denied.body.redirectURI).searchParams.get('error')]).toEqual([
        200,
        'access_denied',
      ]);
      await begin();
      const byCookie = await answer({ accept: true });
      expect(byCookie.status).toBe(200);
      expect(byCookie.body.redirectURI).toMatch(/^https:\/\/web\.example\/callback\?code=/);
      expect((await answer({ accept: true })).status).toBe(400);
      expect((await answer({ accept: true, consent_code: 'nobody' })).status).toBe(400);
      expect((await answer({ consent_code: 'x' })).status).toBe(400);
      expect((await send(`${host.url}/api/auth/oauth2/consent`, { body: { accept: true } })).status).toBe(401);
    });

    it.each([
      ['as JSON', AS_VALUES],
      ['objects in their string forms', AS_TEXT],
    ])("POST /oauth2/register, %s: RFC 7591's members and the plugin's", async (_form, rest) => {
      const { status, body } = await post(host, browser, 'oauth2/register', { ...REGISTRATION, ...rest });
      expect(status).toBe(201);
      expect(body).toMatchObject({ ...REGISTRATION, grant_types: ['authorization_code'], response_types: ['code'] });
      expect(body).toMatchObject({
        name: 'My App',
        icon: REGISTRATION.logo_uri,
        metadata: { key: 'value' },
        jwks: { keys: [KEY] },
        clientId: body.client_id,
        clientSecret: body.client_secret,
        redirectURLs: REGISTRATION.redirect_uris,
        application_type: 'web',
        authenticationScheme: 'client_secret',
        disabled: false,
        userId: user.id,
      });
      // F45: better-auth's wire has lost it.
      expect(body).not.toHaveProperty('type');
      for (const name of ['clientId', 'clientSecret']) expect(body[name]).toEqual(expect.any(String));
      for (const name of ['createdAt', 'updatedAt']) expect(new Date(body[name]).toISOString()).toBe(body[name]);
    });

    it('POST /oauth2/token exchanges the code, once', async () => {
      const proven = await codeFor('openid email');
      const { status, body } = await exchange(host, WEB, proven);
      expect([status, body]).toEqual([
        200,
        expect.objectContaining({
          access_token: expect.any(String),
          token_type: 'Bearer',
          expires_in: expect.any(Number),
          scope: 'openid email',
          id_token: expect.any(String),
        }),
      ]);
      const again = await exchange(host, WEB, proven);
      expect([again.status, again.body.error]).toEqual([400, 'invalid_grant']);
    });

    it('GET /oauth2/userinfo: the claims of the granted scopes and no others', async () => {
      await host.sql(
        `UPDATE auth_user SET image = 'https://web.example/ada.png', name = 'Ada Lovelace' WHERE id = $1`,
        [user.id],
      );
      const userinfo = async (scope: string) => {
        const { body: tokens } = await exchange(host, WEB, await codeFor(scope));
        return (await send(`${host.url}/api/auth/oauth2/userinfo`, { bearer: tokens.access_token })).body;
      };
      const email = { email: user.email, email_verified: true };
      expect(await userinfo('openid')).toEqual({ sub: user.id });
      expect(await userinfo('openid email')).toEqual({ sub: user.id, ...email });
      expect(await userinfo('openid profile email')).toMatchObject({
        ...email,
        sub: user.id,
        name: 'Ada Lovelace',
        given_name: 'Ada',
        family_name: 'Lovelace',
        picture: 'https://web.example/ada.png',
      });
      const nobody = await send(`${host.url}/api/auth/oauth2/userinfo`);
      expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('Bearer')]);
    });
  },
);
