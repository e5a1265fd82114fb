import { Controller, Get } from '@nestjs/common';
import * as oidc from 'openid-client';
import { BearerAuth, CurrentPrincipal, StepUp, type AuthPrincipal } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { freePort } from '../support/free-port.js';
import { MFA, PWD, signedInBy } from '../support/strength.js';
import { Person } from '../support/relying-party.js';
import { formOf } from '../support/account-pages.js';
import { expectPage, sendForm, visit } from '../support/pages.js';
import { codeOf, TwoFactorHost } from '../support/two-factor.js';
import { signIn, TEST_PASSWORD } from '../support/users.js';

const REDIRECT = 'https://rp.example/callback';
const CLIENT = { clientId: 'rp', clientSecret: 'a secret of a service, long enough to be one' };

@Controller('pay')
@BearerAuth()
class PayController {
  @Get() @StepUp({ acr: MFA, maxAge: '5m' }) pay(@CurrentPrincipal() { subjectId }: AuthPrincipal) {
    return { paidBy: subjectId };
  }
  @Get('recent') @StepUp({ maxAge: '5m' }) recent(@CurrentPrincipal() { subjectId }: AuthPrincipal) {
    return { paidBy: subjectId };
  }
}

describe('openid-client 6 steps up (RFC 9470 3, 4, 5)', () => {
  let host: TestApp;
  let issuer: string;
  let config: oidc.Configuration;
  let person: Person;
  beforeAll(async () => {
    const port = await freePort();
    issuer = `http://127.0.0.1:${port}`;
    const clients = [{ ...CLIENT, redirectUris: [REDIRECT], scopes: ['openid'] }];
    host = await createTestApp({
      port,
      controllers: [PayController],
      auth: { issuer, jwt: true, allowPrivateNetwork: true, cacheTtl: 0, twoFactor: true, oauthProvider: { clients } },
    });
    config = await oidc.discovery(new URL(issuer), CLIENT.clientId, CLIENT.clientSecret, undefined, {
      execute: [oidc.allowInsecureRequests],
    });
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    person = await Person.of({ ...host, issuer });
  });

  /** @param more what a challenge asks for */
  async function begin(more: Record<string, string> = {}) {
    const [verifier, state] = [oidc.randomPKCECodeVerifier(), oidc.randomState()];
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT,
      scope: 'openid',
      state,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...more,
    });
    const checks = { pkceCodeVerifier: verifier, expectedState: state };
    return { url, finish: (back: URL) => oidc.authorizationCodeGrant(config, back, checks) };
  }
  const call = (path: string, token: string) =>
    oidc.fetchProtectedResource(config, token, new URL(`${issuer}/${path}`), 'GET');
  /** What the challenge of a refusal asks for, as the parameters of a request. */
  async function challengeOf(path: string, token: string): Promise<Record<string, string>> {
    const error: unknown = await call(path, token).catch((one: unknown) => one);
    if (!(error instanceof oidc.WWWAuthenticateChallengeError)) throw new Error(`no challenge: ${String(error)}`);
    const { error: code, acr_values, max_age } = error.cause[0]!.parameters;
    expect([error.status, code]).toEqual([401, 'insufficient_user_authentication']);
    return { ...(acr_values !== undefined && { acr_values }), ...(max_age !== undefined && { max_age }) };
  }

  /** Sets an app up, and has this browser trusted, so that the password is enough in it. @returns the secret */
  const withApp = async () => {
    const factor = new TwoFactorHost(host);
    const user = await factor.enrolled(await signIn(host.url, person.email, TEST_PASSWORD));
    const post = (route: string, body: object) =>
      person.browser.fetch(`${issuer}/api/auth/${route}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    await post('sign-in/email', { email: user.email, password: TEST_PASSWORD });
    await post('two-factor/verify-totp', { code: codeOf(user.secret), trustDevice: true });
    await post('sign-out', {});
    await factor.forgetStep(user.id);
    return user.secret;
  };

  it('401 with the challenge, a code of the app on our page and nothing else, a new token, 200', async () => {
    const secret = await withApp();
    const first = await begin();
    const weak = await first.finish((await person.go(first.url)).url);
    expect(weak.claims()).toMatchObject({ acr: PWD, amr: ['pwd'] });
    const wanted = await challengeOf('pay', weak.access_token);
    expect(wanted).toEqual({ acr_values: MFA, max_age: '300' });
    const second = await begin(wanted);
    const asked = await person.browser.fetch(second.url, { redirect: 'manual', headers: { accept: 'text/html' } });
    const { pathname, search } = new URL(asked.headers.get('location')!, issuer);
    expect(pathname).toBe('/api/auth/two-factor');
    const page = await visit(host, person.browser, pathname + search);
    expectPage(page);
    const fields = { ...formOf(page, '/two-factor'), code: codeOf(secret) };
    const sent = await sendForm(host, person.browser, pathname, fields);
    const seen = [...person.seen];
    const strong = await second.finish((await person.go(new URL(sent.location!, issuer))).url);
    expect(person.seen).toEqual(seen);
    expect(strong.claims()).toMatchObject({ acr: MFA, amr: expect.arrayContaining(['mfa', 'otp', 'pwd']) });
    const paid = await call('pay', strong.access_token);
    expect([paid.status, await paid.json()]).toEqual([200, { paidBy: person.id }]);
  });

  it('an old sign-in is refused by max_age, and done again', async () => {
    const first = await begin();
    await person.go(first.url);
    await signedInBy(host, person.id, { secondsAgo: 1_000 });
    const again = await begin();
    const old = await again.finish((await person.go(again.url)).url);
    const wanted = await challengeOf('pay/recent', old.access_token);
    expect(wanted).toEqual({ max_age: '300' });
    const second = await begin(wanted);
    const shown = person.seen.length;
    const fresh = await second.finish((await person.go(second.url)).url);
    expect(person.seen.slice(shown)).toEqual(['sign-in']);
    expect(fresh.claims()!.auth_time).toBeGreaterThan(old.claims()!.auth_time!);
    expect((await call('pay/recent', fresh.access_token)).status).toBe(200);
  });
});
