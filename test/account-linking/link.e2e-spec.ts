import { TEST_ISSUER, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import type { IdentityProvider } from '../support/identity-provider.js';
import {
  accountsOf,
  createLinkingHost,
  linkThrough,
  localUser,
  signInThrough,
  somebody,
  userIdOf,
  type LinkingHost,
} from '../support/linking.js';
import { sweep } from '../support/sweep.js';
import { locationOf, post, travel } from '../support/travel.js';

describe('linking', () => {
  let linking: LinkingHost;
  let host: TestApp;
  let idp: IdentityProvider;
  beforeAll(async () => {
    linking = await createLinkingHost();
    ({ host, idp } = linking);
  });
  afterAll(() => linking.close());

  const user = async () => localUser(host, somebody(idp).email);

  it("200 /oauth2/link with the body and answer of better-auth's client, and the older callback", async () => {
    const { browser } = await user();
    const body = {
      providerId: 'test-idp',
      callbackURL: '/settings',
      scopes: ['offline_access'],
      errorCallbackURL: '/failed',
    };
    const answer = await post(host, browser, 'oauth2/link', body);
    expect([answer.status, answer.body]).toEqual([200, { url: expect.any(String), redirect: true }]);
    const url = new URL(answer.body.url);
    expect(url.searchParams.get('scope')).toBe('openid profile email offline_access');
    expect(url.searchParams.get('redirect_uri')).toBe(`${TEST_ISSUER}/api/auth/oauth2/callback/test-idp`);
    expect(locationOf(await travel(host, browser, answer.body.url))).toBe('/settings');
    expect(await accountsOf(host, browser)).toHaveLength(2);
  });

  it('400 VALIDATION_ERROR: /oauth2/link without callbackURL or providerId; 404 PROVIDER_NOT_FOUND; 401', async () => {
    const { browser } = await user();
    for (const body of [{ providerId: 'test-idp' }, { callbackURL: '/x' }])
      expect((await post(host, browser, 'oauth2/link', body)).body.code).toBe('VALIDATION_ERROR');
    const unknown = await post(host, browser, 'oauth2/link', { providerId: 'nobody', callbackURL: '/x' });
    expect([unknown.status, unknown.body.code]).toEqual([404, 'PROVIDER_NOT_FOUND']);
    const stranger = await post(host, new Browser(), 'oauth2/link', { providerId: 'test-idp', callbackURL: '/x' });
    expect([stranger.status, stranger.body.code]).toEqual([401, 'UNAUTHORIZED']);
  });

  it('302 a link keeps the session and signs in afterwards', async () => {
    const { browser, id } = await user();
    expect(locationOf(await linkThrough(host, browser))).toBe('/settings');
    expect(await userIdOf(host, browser)).toBe(id);
    const other = new Browser();
    expect(locationOf(await signInThrough(host, other))).toBe('/home');
    expect(await userIdOf(host, other)).toBe(id);
  });

  it('200 unlink the password: the old one signs nobody in any more, the provider does', async () => {
    const { email } = somebody(idp);
    const { browser, id } = await localUser(host, email);
    await linkThrough(host, browser);
    expect((await post(host, browser, 'unlink-account', { providerId: 'credential' })).body).toEqual({ status: true });
    const password = await post(host, new Browser(), 'sign-in/email', {
      email,
      password: 'correct horse battery staple',
    });
    expect([password.status, password.body.code]).toEqual([401, 'INVALID_EMAIL_OR_PASSWORD']);
    const other = new Browser();
    await signInThrough(host, other);
    expect(await userIdOf(host, other)).toBe(id);
  });

  it('403 SESSION_NOT_FRESH: unlinking a day after the sign-in', async () => {
    const { browser, id } = await user();
    await linkThrough(host, browser);
    await host.sql(
      `UPDATE auth_session SET created_at = now() - interval '25 hours', authenticated_at = now() - interval '25 hours' WHERE subject = $1`,
      [id],
    );
    const { CredentialCache } = await import('../../src/common/cache/credential-cache.js');
    host.app.get(CredentialCache).flush();
    const answer = await post(host, browser, 'unlink-account', { providerId: 'test-idp' });
    expect([answer.status, answer.body.code]).toEqual([403, 'SESSION_NOT_FRESH']);
  });

  it('200 unlink by the id of the list, as 1.7 does', async () => {
    const { browser } = await user();
    await linkThrough(host, browser);
    const [, linked] = await accountsOf(host, browser);
    expect((await post(host, browser, 'unlink-account', { accountId: linked!.id })).status).toBe(200);
    expect((await accountsOf(host, browser)).map(({ providerId }) => providerId)).toEqual(['credential']);
  });

  describe('T069 where the browser may be sent', () => {
    const BAD = [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
      '/%2F%2Fevil.example',
      'http://localhost:3000@evil.example/',
      'https://%zz',
      '/a\r\nSet-Cookie: x=y',
    ];
    const FIELDS = [
      ['callbackURL', 'INVALID_CALLBACK_URL'],
      ['errorCallbackURL', 'INVALID_ERROR_CALLBACK_URL'],
      ['newUserCallbackURL', 'INVALID_NEW_USER_CALLBACK_URL'],
    ] as const;

    it.each(FIELDS)('T069 403 %s on another origin, and its disguises', async (field, code) => {
      for (const address of BAD) {
        const answer = await post(host, new Browser(), 'sign-in/social', { provider: 'test-idp', [field]: address });
        expect([address, answer.status, answer.body.code]).toEqual([address, 403, code]);
        expect(answer.headers.get('location')).toBeNull();
      }
    });

    it('T069 the callback takes no address from the request', async () => {
      const query = new URLSearchParams({
        state: 'x',
        callbackURL: 'https://evil.example',
        redirectTo: 'https://evil.example',
      });
      const answer = await fetch(`${host.url}/api/auth/callback/test-idp?${query}`, { redirect: 'manual' });
      expect(answer.headers.get('location')).toBe(`${TEST_ISSUER}/api/auth/error?error=state_mismatch`);
    });
  });

  it('400 VALIDATION_ERROR: reserved parameters, bad scopes; 400 repeated parameters of a callback', async () => {
    for (const name of ['state', 'client_id', 'redirect_uri', 'scope', 'nonce', 'code_challenge', 'response_type']) {
      const body = { provider: 'test-idp', additionalParams: { [name]: 'x' } };
      expect((await post(host, new Browser(), 'sign-in/social', body)).body.code).toBe('VALIDATION_ERROR');
    }
    const scopes = await post(host, new Browser(), 'sign-in/social', { provider: 'test-idp', scopes: ['a b'] });
    expect(scopes.body.code).toBe('VALIDATION_ERROR');
    const repeated = await fetch(`${host.url}/api/auth/callback/test-idp?state=a&state=b`, { redirect: 'manual' });
    expect(repeated.status).toBe(400);
  });

  it('200 additionalParams and loginHint reach the provider', async () => {
    const body = { provider: 'test-idp', additionalParams: { ui_locales: 'de' }, loginHint: 'ada@example.com' };
    const { searchParams } = new URL((await post(host, new Browser(), 'sign-in/social', body)).body.url);
    expect([searchParams.get('ui_locales'), searchParams.get('login_hint')]).toEqual(['de', 'ada@example.com']);
  });

  it('T033 403 a page of another site begins no trip', async () => {
    const evil = new Browser('https://evil.example');
    const answer = await post(host, evil, 'sign-in/social', { provider: 'test-idp' });
    expect([answer.status, answer.body.code]).toEqual([403, 'INVALID_ORIGIN']);
  });

  it('T031 the session that the browser brought along ends with the new one', async () => {
    const { browser } = await user();
    const old = new Browser();
    for (const [name, cookie] of browser.cookies) old.cookies.set(name, cookie);
    somebody(idp);
    await signInThrough(host, browser);
    expect(await userIdOf(host, browser)).not.toBeNull();
    expect(await userIdOf(host, old)).toBeNull();
  });

  it('nothing is left of trips that were finished, and old ones are swept', async () => {
    somebody(idp);
    await signInThrough(host, new Browser());
    const states = await host.sql('SELECT encode(secrets, $1) AS secrets FROM auth_link_state', ['escape']);
    expect(JSON.stringify(states)).not.toContain('codeVerifier');
    await host.sql(`UPDATE auth_link_state SET expires_at = now() - interval '1 second'`);
    await sweep(host);
    expect(await host.sql('SELECT 1 FROM auth_link_state')).toEqual([]);
  });
});
