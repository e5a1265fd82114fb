import { decodeJwt } from 'jose';
import { createTestApp, type TestApp } from '../support/app.js';
import { formOf } from '../support/account-pages.js';
import { Browser } from '../support/browser.js';
import { TestContinuation, TestContinuationModule } from '../support/continuation.js';
import { createLinkingHost, linkThrough, localUser, signInThrough, somebody, userIdOf } from '../support/linking.js';
import { AUTHORIZE, authorizeQuery, exchange, Navigator, pkce, providerOptions, WEB } from '../support/oauth.js';
import { startUpstream } from '../support/provider-upstream.js';
import { CLIENT } from '../support/identity-provider.js';
import { post } from '../support/travel.js';
import { codeOf, TwoFactorHost, type FactorUser } from '../support/two-factor.js';
import { send } from '../support/http.js';
import { TEST_PASSWORD } from '../support/users.js';

/** Sets an app up for the user of a browser. */
async function enrolIn(host: TestApp, browser: Browser): Promise<string> {
  const made = await post(host, browser, 'two-factor/enable', { password: TEST_PASSWORD });
  const secret = new URL(made.body.totpURI).searchParams.get('secret')!;
  const on = await post(host, browser, 'two-factor/verify-totp', { code: codeOf(secret) });
  if (on.status !== 200) throw new Error(`enrolment: ${on.status} ${on.text}`);
  await new TwoFactorHost(host).forgetStep(on.body.user.id);
  return secret;
}

describe('T125 every door asks for the second factor', () => {
  it('a provider: the callback leads to the page that asks, and no session exists before', async () => {
    const { host, idp, close } = await createLinkingHost({}, { app: { auth: { twoFactor: true } } });
    try {
      const { email } = somebody(idp);
      const { browser: own, id } = await localUser(host, email);
      const secret = await enrolIn(host, own);
      await linkThrough(host, own);
      const browser = new Browser();
      const callback = await signInThrough(host, browser);
      expect(callback.headers.get('location')).toBe('/api/auth/two-factor?continue=%2Fhome');
      expect([callback.headers.get('set-auth-token'), await userIdOf(host, browser)]).toEqual([null, null]);
      const done = await post(host, browser, 'two-factor/verify-totp', { code: codeOf(secret) });
      expect([done.status, await userIdOf(host, browser)]).toEqual([200, id]);
    } finally {
      await close();
    }
  });

  it('an ID token of an app', async () => {
    const upstream = await startUpstream();
    const provider = { providerId: 'oidc', issuer: upstream.origin, idTokenAudiences: ['the-mobile-app'], ...CLIENT };
    const auth = { allowPrivateNetwork: true, accountLinking: { providers: [provider] }, twoFactor: true } as const;
    const host = await createTestApp({ auth });
    try {
      const { browser: own, id } = await localUser(host, 'ada@example.com');
      const secret = await enrolIn(host, own);
      const now = Math.floor(Date.now() / 1000);
      const who = { sub: 'app-1', email: 'ada@example.com', email_verified: true, name: 'Ada' };
      const token = await upstream.sign({
        iss: upstream.origin,
        aud: 'the-mobile-app',
        iat: now,
        exp: now + 300,
        ...who,
      });
      const wish = { provider: 'oidc', idToken: { token } };
      expect((await post(host, own, 'link-social', wish)).status).toBe(200);
      const answer = await post(host, new Browser(), 'sign-in/social', wish);
      expect([answer.status, answer.body.twoFactorMethods, answer.body.token]).toEqual([200, ['totp'], undefined]);
      const { twoFactorToken } = answer.body;
      const body = { code: codeOf(secret), twoFactorToken };
      const done = await send(`${host.url}/api/auth/two-factor/verify-totp`, { body });
      expect(done.body.user.id).toBe(id);
    } finally {
      await host.close();
      await upstream.close();
    }
  });

  describe('an authorization request', () => {
    let host: TestApp;
    let user: FactorUser;
    beforeAll(async () => {
      host = await createTestApp({ auth: providerOptions({}, { twoFactor: true }) });
      user = await new TwoFactorHost(host).enrolled();
    });
    afterAll(() => host?.close());

    it('goes on only after the second factor, and its ID token tells of both', async () => {
      const { verifier, challenge } = pkce();
      const query = authorizeQuery(WEB, { code_challenge: challenge });
      const browser = new Navigator(host);
      const asked = await browser.get(`${AUTHORIZE}?${query}`);
      const page = await browser.get(asked.location!);
      const fields = formOf({ ...page, headers: new Headers(), location: null }, '/sign-in');
      const first = await browser.post('/api/auth/sign-in', { ...fields, email: user.email, password: user.password });
      expect(first.location).toMatch(/^\/api\/auth\/two-factor\?continue=/);
      const target = new URLSearchParams(first.location!.split('?')[1]).get('continue')!;
      // Past the page, without the second factor: the sign-in page again.
      const early = await browser.get(target);
      expect(early.location).toMatch(/\/sign-in\?/);
      const form = { continue: target, kind: 'totp', code: codeOf(user.secret) };
      const second = await browser.post('/api/auth/two-factor', form);
      expect(second.location).toBe(target);
      const resumed = await browser.get(target);
      const handle = new URL(resumed.location!, host.url).searchParams.get('request')!;
      await browser.get(resumed.location!);
      const consented = await browser.post('/api/auth/oauth2/consent', { consent_code: handle, accept: 'true' });
      const code = new URL(consented.location!).searchParams.get('code')!;
      const tokens = await exchange(host, WEB, { code, verifier });
      const claims = decodeJwt(tokens.body.id_token);
      expect(claims['amr']).toEqual(['pwd', 'otp', 'mfa']);
      expect(claims.sub).toBe(user.id);
    });
  });

  describe("a page of the host's that an authorization request waits on (oauth_query)", () => {
    let host: TestApp;
    let factor: TwoFactorHost;
    let user: FactorUser;
    beforeAll(async () => {
      host = await createTestApp({ imports: [TestContinuationModule], auth: { twoFactor: true } });
      factor = new TwoFactorHost(host);
      user = await factor.enrolled();
    });
    afterAll(() => host?.close());

    it('is resumed by the route that takes the second factor, and not before', async () => {
      TestContinuation.calls = [];
      const body = { email: user.email, password: user.password, oauth_query: TestContinuation.GOOD };
      const first = await send(`${host.url}/api/auth/sign-in/email`, { body });
      expect([first.body.twoFactorRedirect, first.body.url]).toEqual([true, undefined]);
      expect(TestContinuation.calls.filter(Boolean)).toEqual([]);
      const { twoFactorToken } = first.body;
      const wish = { code: codeOf(user.secret), twoFactorToken };
      const refused = await factor.post('verify-totp', { ...wish, oauth_query: 'sig=bad' });
      expect([refused.status, refused.body.code]).toEqual([400, 'INVALID_SIGNATURE']);
      const done = await factor.post('verify-totp', { ...wish, oauth_query: TestContinuation.GOOD });
      expect(done.body).toEqual({ redirect: true, url: 'https://client.example/cb?code=1' });
      expect(done.headers.getSetCookie().some((line) => line.startsWith('better-auth.session_token='))).toBe(true);
      expect(TestContinuation.calls.filter(Boolean)).toEqual([
        expect.objectContaining({ subjectId: user.id, methods: ['pwd', 'otp', 'mfa'] }),
      ]);
    });
  });
});
