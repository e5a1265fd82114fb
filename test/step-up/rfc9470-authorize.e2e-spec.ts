import { decodeJwt } from 'jose';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { answer, answerIn, ask, askedForConsent } from '../support/authorization.js';
import { send } from '../support/http.js';
import {
  authorizeQuery,
  exchange,
  Navigator,
  obtainCode,
  OTHER,
  pkce,
  providerOptions,
  WEB,
} from '../support/oauth.js';
import { MFA, PHR, PWD, signedInBy } from '../support/strength.js';
import { TestFactor, TestFactorModule } from '../support/test-factor.js';

const PASSWORD = 'correct horse battery';
const TWO_FACTORS = ['pwd', 'otp', 'mfa'];
const UNMET = { error: 'unmet_authentication_requirements', state: 'a-state', iss: TEST_ISSUER };
/** It always wants two factors. */
const STRICT = {
  ...OTHER,
  clientId: 'strict',
  redirectUris: ['https://strict.example/callback'],
  metadata: { default_acr_values: [MFA] },
};

const essential = (...values: string[]) => JSON.stringify({ id_token: { acr: { essential: true, values } } });

describe('authorize with acr_values and max_age, where a capability offers a second factor', () => {
  let host: TestApp;
  let factor: TestFactor;
  let browser: Navigator;
  let email: string;
  let userId: string;
  beforeAll(async () => {
    host = await createTestApp({
      auth: providerOptions({ clients: [WEB, STRICT] }, { cacheTtl: 0 }),
      imports: [TestFactorModule],
    });
    factor = host.app.get(TestFactor, { strict: false });
  });
  afterAll(() => host?.close());
  let count = 0;
  beforeEach(async () => {
    browser = new Navigator(host);
    email = `step-up-${++count}@example.com`;
    userId = await browser.signUp(email);
    // What the client asks for is remembered, so that only the sign-in is in question.
    await obtainCode(browser, WEB);
  });

  const raise = (amr: readonly string[] = TWO_FACTORS) => signedInBy(host, userId, { amr });
  const continueIn = (location: string | undefined) =>
    new URL(location ?? '', TEST_ISSUER).searchParams.get('continue')!;
  const again = (continueTo: string) =>
    browser.post('/api/auth/sign-in', { email, password: PASSWORD, continue: continueTo });
  const claimsFor = async (change: Record<string, string>, client = WEB) =>
    decodeJwt((await exchange(host, client, await obtainCode(browser, client, change))).body.id_token as string);

  it('RFC 9470 4: a password user is asked for the second factor alone, and the tokens say what was reached', async () => {
    const { verifier, challenge } = pkce();
    const query = authorizeQuery(WEB, { code_challenge: challenge, acr_values: MFA });
    const asked = await browser.get(`/api/auth/oauth2/authorize?${query}`);
    expect(asked.location).toMatch(/^\/second-factor\?continue=/);
    const continueTo = continueIn(asked.location);
    expect(factor.wishes.at(-1)).toEqual({
      subjectId: userId,
      sessionId: expect.any(String),
      methods: ['pwd'],
      acr: [MFA],
      continueTo,
    });
    // They come back without it: they are asked again, and no code is made.
    expect((await browser.get(continueTo)).location).toBe(asked.location);
    await raise();
    const { code } = answerIn(await browser.get(continueTo), WEB);
    const { id_token: idToken } = (await exchange(host, WEB, { code: code!, verifier })).body;
    expect(decodeJwt(idToken)).toMatchObject({ acr: MFA, amr: TWO_FACTORS, auth_time: expect.any(Number) });
  });

  it('a sign-in that is strong enough is asked for nothing', async () => {
    await raise();
    for (const change of [{ acr_values: MFA }, { acr_values: PWD }, { claims: essential(MFA) }, { acr_values: '0' }])
      expect(answerIn(await ask(browser, WEB, { ...change, prompt: 'none' }), WEB)).toHaveProperty('code');
  });

  it('a higher strength meets a lower one, which the token then names: the client compares names', async () => {
    await raise(['hwk', 'user']);
    expect(await claimsFor({})).toMatchObject({ acr: PHR });
    expect(await claimsFor({ acr_values: MFA })).toMatchObject({ acr: MFA });
    expect(await claimsFor({ acr_values: `${MFA} ${PHR}` })).toMatchObject({ acr: PHR });
    expect(await claimsFor({ acr_values: `urn:gold 0` })).toMatchObject({ acr: '0' });
    expect(await claimsFor({ claims: essential(PWD, MFA) })).toMatchObject({ acr: PWD });
  });

  it('RFC 9470 5: nobody can reach it, or this user cannot: unmet_authentication_requirements, never a weaker token', async () => {
    const stranger = new Navigator(host);
    for (const change of [{ acr_values: PHR }, { acr_values: 'urn:gold' }, { claims: essential('urn:gold') }])
      for (const one of [browser, stranger]) expect(answerIn(await ask(one, WEB, change), WEB)).toMatchObject(UNMET);
    factor.without.add(userId);
    expect(answerIn(await ask(browser, WEB, { acr_values: MFA }), WEB)).toMatchObject(UNMET);
  });

  it('prompt=none and an unmet level: login_required', async () => {
    for (const change of [{ acr_values: MFA }, { claims: essential(MFA) }, { acr_values: MFA, max_age: '1000' }])
      expect(answerIn(await ask(browser, WEB, { ...change, prompt: 'none' }), WEB)).toMatchObject({
        error: 'login_required',
      });
  });

  it('without a session: the sign-in page, which knows what is wanted; after the password the second factor', async () => {
    const stranger = new Navigator(host);
    const asked = await ask(stranger, WEB, { acr_values: `urn:gold ${MFA}` });
    const page = new URL(asked.location!, TEST_ISSUER);
    expect([page.pathname, page.searchParams.get('acr_values')]).toEqual(['/api/auth/sign-in', `urn:gold ${MFA}`]);
    expect((await stranger.get(asked.location!)).status).toBe(200);
    const continueTo = continueIn(asked.location);
    await stranger.post('/api/auth/sign-in', { email, password: PASSWORD, continue: continueTo });
    const next = await stranger.get(continueTo);
    expect(next.location).toMatch(/^\/second-factor\?/);
    await raise();
    expect(answerIn(await stranger.get(continueTo), WEB)).toHaveProperty('code');
  });

  it('max_age=0 is a sign-in now: the session of a moment ago, and one used since, do not do', async () => {
    expect(answerIn(await ask(browser, WEB, { max_age: '0', prompt: 'none' }), WEB)).toMatchObject({
      error: 'login_required',
    });
    const asked = await ask(browser, WEB, { max_age: '0' });
    expect(asked.location).toContain('/sign-in?');
    const continueTo = continueIn(asked.location);
    expect((await browser.get(continueTo)).location).toContain('/sign-in?');
    await again(continueTo);
    expect(answerIn(await browser.get(continueTo), WEB)).toHaveProperty('code');
  });

  it('both: first a fresh sign-in, then what it lacks', async () => {
    await signedInBy(host, userId, { amr: TWO_FACTORS, secondsAgo: 100 });
    const asked = await ask(browser, WEB, { acr_values: MFA, max_age: '60' });
    expect(asked.location).toContain('/sign-in?');
    const continueTo = continueIn(asked.location);
    await again(continueTo);
    expect((await browser.get(continueTo)).location).toMatch(/^\/second-factor\?/);
    await raise();
    expect(answerIn(await browser.get(continueTo), WEB)).toHaveProperty('code');
  });

  it("default_acr_values of a client stand where its request says nothing; the request's own go before", async () => {
    await raise();
    expect(await claimsFor({}, STRICT)).toMatchObject({ acr: MFA });
    await raise(['pwd']);
    expect((await ask(browser, STRICT)).location).toMatch(/^\/second-factor\?/);
    expect(await claimsFor({ acr_values: PWD }, STRICT)).toMatchObject({ acr: PWD });
  });

  it('T134 a session that becomes weaker while the page of consent is open gives no token', async () => {
    await raise();
    const handle = await askedForConsent(browser, WEB, { acr_values: MFA, prompt: 'consent' });
    await raise(['pwd']);
    const answered = await answer(browser, handle, true);
    expect(answered.location).toContain('/oauth2/continue?');
    expect((await browser.get(answered.location!)).location).toMatch(/^\/second-factor\?/);
    await raise();
    await browser.get(`/api/auth/oauth2/continue?request=${handle}`);
    expect(answerIn(await answer(browser, handle, true), WEB)).toHaveProperty('code');
  });

  it('OIDC Core 5.5.1.1: a voluntary acr is told, and needs nothing; an essential one goes before acr_values', async () => {
    const voluntary = JSON.stringify({ id_token: { acr: { values: [PHR] } } });
    expect(await claimsFor({ claims: voluntary })).toMatchObject({ acr: PWD });
    expect(await claimsFor({ claims: essential(PWD), acr_values: MFA })).toMatchObject({ acr: PWD });
  });

  it('acr is 0 where nothing is known of how somebody signed in', async () => {
    await raise([]);
    const claims = await claimsFor({});
    expect([claims['acr'], claims['amr']]).toEqual(['0', undefined]);
    expect((await ask(browser, WEB, { acr_values: PWD, prompt: 'none' })).location).toContain('login_required');
    factor.without.add(userId);
    const continueTo = continueIn((await ask(browser, WEB, { acr_values: PWD })).location);
    await again(continueTo);
    expect(answerIn(await browser.get(continueTo), WEB)).toHaveProperty('code');
  });

  it('RFC 9470 7: discovery lists what can be had', async () => {
    const { body } = await send(`${host.url}/.well-known/openid-configuration`);
    expect(body.acr_values_supported).toEqual(['0', PWD, MFA]);
  });
});

describe('authorize with acr_values, where nothing raises a sign-in', () => {
  it("RFC 9470 5: unmet at once; J4 a sign-in page of the host's own gets the wish, and may know a way", async () => {
    const alone = await createTestApp({ auth: providerOptions() });
    try {
      const answered = answerIn(await ask(new Navigator(alone), WEB, { acr_values: MFA }), WEB);
      expect(answered).toMatchObject(UNMET);
    } finally {
      await alone.close();
    }
    const host = await createTestApp({
      auth: providerOptions({ loginPage: '/my/login' }, { cacheTtl: 0 }),
    });
    try {
      const browser = new Navigator(host);
      const userId = await browser.signUp();
      await obtainCode(browser, WEB);
      const asked = await ask(browser, WEB, { acr_values: MFA, max_age: '900' });
      const page = new URL(asked.location!, TEST_ISSUER);
      const { acr_values, max_age, consent_code: handle } = Object.fromEntries(page.searchParams);
      expect([page.pathname, acr_values, max_age]).toEqual(['/my/login', MFA, '900']);
      const resume = `/api/auth/oauth2/continue?request=${handle}`;
      await signedInBy(host, userId, { amr: TWO_FACTORS });
      expect(answerIn(await browser.get(resume), WEB)).toHaveProperty('code');
      // Whoever signs in there in vain is not sent there for ever.
      await signedInBy(host, userId, { amr: ['pwd'], secondsAgo: 10 });
      const second = await ask(browser, WEB, { acr_values: PHR });
      await signedInBy(host, userId, { amr: TWO_FACTORS });
      const { searchParams } = new URL(second.location!, TEST_ISSUER);
      const back = await browser.get(`/api/auth/oauth2/continue?request=${searchParams.get('consent_code')}`);
      expect(answerIn(back, WEB)).toMatchObject(UNMET);
    } finally {
      await host.close();
    }
  });
});
