import { jest } from '@jest/globals';
import { decodeJwt } from 'jose';
import { Clock } from '../../src/common/clock.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { answer, answerIn, ask, askedForConsent, CONTINUE, handleIn } from '../support/authorization.js';
import {
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

const PAIRWISE = {
  ...WEB,
  clientId: 'pairwise',
  metadata: { subject_type: 'pairwise' as const },
};
const FRESH = { ...WEB, clientId: 'fresh', metadata: { default_max_age: 60 } };

describe('OIDC Core 3.1.2.1 who it is', () => {
  let host: TestApp;
  let browser: Navigator;
  let userId: string;

  beforeAll(async () => {
    host = await createTestApp({ auth: providerOptions({ clients: [WEB, OTHER, PAIRWISE, FRESH] }, { cacheTtl: 0 }) });
  });
  beforeEach(async () => {
    browser = new Navigator(host);
    userId = await browser.signUp();
  });
  afterAll(() => host.close());

  const result = async (who: Navigator, change: Record<string, string | undefined>, client = WEB) =>
    answerIn(await ask(who, client, change), client);
  const idToken = async (client = WEB, change = {}) =>
    (await exchange(host, client, await obtainCode(browser, client, change))).body.id_token as string;
  const signedInAgo = (seconds: number) =>
    host.sql(
      `UPDATE auth_session SET created_at = now() - $2 * interval '1 second', authenticated_at = now() - $2 * interval '1 second' WHERE subject = $1`,
      [userId, seconds],
    );

  it('T064 prompt=none without a session: login_required; without consent: consent_required; with both: a code', async () => {
    expect(await result(new Navigator(host), { prompt: 'none' })).toMatchObject({ error: 'login_required' });
    expect(await result(browser, { prompt: 'none' })).toMatchObject({ error: 'consent_required' });
    await obtainCode(browser, WEB);
    expect(await result(browser, { prompt: 'none' })).toMatchObject({ code: expect.stringMatching(/^nacd_/) });
    const more = await result(browser, { prompt: 'none', scope: 'openid email' });
    expect(more).toMatchObject({ error: 'consent_required' });
  });

  it('T064 prompt=login asks for a new sign-in, which auth_time proves; the old session does not do', async () => {
    await signedInAgo(100);
    const before = decodeJwt(await idToken());
    const { verifier, challenge } = pkce();
    const page = await ask(browser, WEB, { prompt: 'login', code_challenge: challenge });
    expect(page.location).toContain('/sign-in?continue=');
    const resume = `${CONTINUE}?request=${handleIn(page)}`;
    expect((await browser.get(resume)).location).toContain('/sign-in?continue=');
    await browser.signUp();
    const asked = await browser.get(resume);
    const code = answerIn(await answer(browser, handleIn(asked), true), WEB)['code']!;
    const after = decodeJwt((await exchange(host, WEB, { code, verifier })).body.id_token);
    expect(after['auth_time']).toBeGreaterThan(before['auth_time'] as number);
  });

  it('T064 max_age: an older sign-in is not enough, a younger one is', async () => {
    await obtainCode(browser, WEB);
    await signedInAgo(100);
    expect(await result(browser, { max_age: '1000' })).toMatchObject({ code: expect.any(String) });
    expect((await ask(browser, WEB, { max_age: '50' })).location).toContain('/sign-in?');
    expect((await ask(browser, WEB, { max_age: '0' })).location).toContain('/sign-in?');
    expect(await result(browser, { max_age: '50', prompt: 'none' })).toMatchObject({ error: 'login_required' });
  });

  it('T064 max_age is of the client where the request says nothing (default_max_age)', async () => {
    await obtainCode(browser, FRESH);
    await signedInAgo(100);
    expect(await result(browser, { prompt: 'none' }, FRESH)).toMatchObject({ error: 'login_required' });
    expect(await result(browser, { prompt: 'none', max_age: '1000' }, FRESH)).toMatchObject({
      code: expect.any(String),
    });
  });

  it('3.1.2.1 prompt=select_account asks on a page of accounts, and goes on with the one that was picked', async () => {
    await obtainCode(browser, WEB);
    const page = await ask(browser, WEB, { prompt: 'select_account' });
    expect(page.location).toContain('/oauth2/select-account?request=');
    const accounts = await browser.get(page.location!);
    expect(accounts.text).toContain('Continue as');
    expect((await browser.get(`${CONTINUE}?request=${handleIn(page)}`)).location).toContain('/select-account?');
    const picked = await browser.post(CONTINUE, { request: handleIn(page), selected: 'true' });
    expect(answerIn(picked, WEB)).toHaveProperty('code');
  });

  it('3.1.2.1 an account is picked as it was shown: whoever signed in since then is asked in person', async () => {
    const page = await ask(browser, WEB, { prompt: 'select_account' });
    const { text } = await browser.get(page.location!);
    const form = / action="([^"]+)"/.exec(text)![1]!;
    const fields = [...text.matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [
      name,
      value,
    ]);
    const other = await browser.signUp();
    await obtainCode(browser, WEB);
    const picked = await browser.post(form, Object.fromEntries(fields) as Record<string, string>);
    expect(picked.location).toContain('/oauth2/select-account?request=');
    const answered = await browser.post(form, { ...(Object.fromEntries(fields) as object), account: other });
    expect(answerIn(answered, WEB)).toHaveProperty('code');
  });

  it('3.1.2.1 a login_hint as long as it may be leads to the page of sign-in', async () => {
    const page = await ask(new Navigator(host), WEB, { login_hint: 'h'.repeat(2_048) });
    const shown = await browser.get(page.location!);
    expect([shown.status, shown.text.includes('id="password"')]).toEqual([200, true]);
  });

  it('3.1.2.1 prompt=consent asks again', async () => {
    await obtainCode(browser, WEB);
    expect(await askedForConsent(browser, WEB, { prompt: 'consent' })).toMatch(/^narq_/);
  });

  it('3.1.2.1 prompt=create leads to sign-up', async () => {
    const page = await ask(new Navigator(host), WEB, { prompt: 'create' });
    expect(page.location).toMatch(/sign-(up|in)/);
  });

  it('3.1.2.1 login_hint goes to the sign-in page', async () => {
    const page = await ask(new Navigator(host), WEB, { login_hint: 'anna+x&y@example.com' });
    expect(new URL(page.location!, 'http://x').searchParams.get('login_hint')).toBe('anna+x&y@example.com');
  });

  it('3.1.2.1 id_token_hint: the user it means passes, also when it has expired', async () => {
    const past = jest
      .spyOn(host.app.get(Clock), 'epochSeconds')
      .mockReturnValue(Math.floor(Date.now() / 1000) - 90_000);
    const hint = await idToken();
    past.mockRestore();
    expect(decodeJwt(hint).exp! * 1000).toBeLessThan(Date.now());
    expect(await result(browser, { id_token_hint: hint, prompt: 'none' })).toHaveProperty('code');
    const other = new Navigator(host);
    await other.signUp();
    await obtainCode(other, WEB);
    expect(await result(other, { id_token_hint: hint, prompt: 'none' })).toMatchObject({ error: 'login_required' });
    expect((await ask(other, WEB, { id_token_hint: hint })).location).toContain('/sign-in?');
  });

  it('3.1.2.1 id_token_hint: whoever signs in instead is not that user, and nobody goes round in circles', async () => {
    const hint = await idToken();
    const other = new Navigator(host);
    const page = await ask(other, WEB, { id_token_hint: hint });
    await other.signUp();
    const back = await other.get(`${CONTINUE}?request=${handleIn(page)}`);
    expect(answerIn(back, WEB)).toMatchObject({ error: 'login_required' });
  });

  it("3.1.2.1 id_token_hint: another client's is refused, and so is an access token, a foreign or a changed one", async () => {
    const foreign = await idToken(OTHER);
    const [head, body, signature] = (await idToken()).split('.') as [string, string, string];
    const claims = { ...JSON.parse(Buffer.from(body, 'base64url').toString()), sub: 'x' };
    const changed = `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;
    const unsigned = `${Buffer.from('{"alg":"none","typ":"JWT","kid":"x"}').toString('base64url')}.${body}.`;
    for (const hint of [foreign, changed, unsigned, 'x'.repeat(4_000), '..'])
      expect(await result(browser, { id_token_hint: hint, prompt: 'none' })).toMatchObject({
        error: 'invalid_request',
      });
  });

  it('5.5.1 sub as a requested claim means this user, by the id the client knows', async () => {
    const { sub } = decodeJwt(await idToken(PAIRWISE as typeof WEB));
    expect(sub).not.toBe(userId);
    const claims = (value: string) => JSON.stringify({ id_token: { sub: { value } } });
    expect(await result(browser, { claims: claims(sub!), prompt: 'none' }, PAIRWISE as typeof WEB)).toHaveProperty(
      'code',
    );
    const wrong = await result(browser, { claims: claims(userId), prompt: 'none' }, PAIRWISE as typeof WEB);
    expect(wrong).toMatchObject({ error: 'login_required' });
  });

  it.each([{ value: 5 }, { values: ['one', 'another'] }])(
    '3.1.2.2 sub asked for as %j gets no answer about somebody else',
    async (sub) => {
      await obtainCode(browser, WEB);
      const answered = await result(browser, { claims: JSON.stringify({ id_token: { sub } }) });
      expect(answered).toMatchObject({ error: 'invalid_request', state: 'a-state' });
    },
  );

  it('5.5.1 sub and id_token_hint that mean different users: login_required', async () => {
    const id_token_hint = await idToken();
    const claims = JSON.stringify({ id_token: { sub: { value: 'somebody-else' } } });
    expect(await result(browser, { id_token_hint, claims })).toMatchObject({ error: 'login_required' });
    const same = JSON.stringify({ id_token: { sub: { value: userId } } });
    expect(await result(browser, { id_token_hint, claims: same })).toHaveProperty('code');
  });

  it.each<[string, unknown, boolean]>([
    ['essential with a value that can be had', { essential: true, values: ['9', '0'] }, true],
    ['essential with none that can', { essential: true, values: ['9'] }, false],
    ['essential with one value that cannot', { essential: true, value: 'urn:mace:gold' }, false],
    ['voluntary with none that can', { values: ['9'] }, true],
    ['essential alone', { essential: true }, true],
  ])('5.5.1.1 acr %s', async (_name, acr, met) => {
    await obtainCode(browser, WEB);
    const answered = await result(browser, { claims: JSON.stringify({ id_token: { acr } }) });
    expect([answered['error'], 'code' in answered]).toEqual([
      met ? undefined : 'unmet_authentication_requirements',
      met,
    ]);
  });

  it('5.5 claims by name need consent, and come in the ID token', async () => {
    await obtainCode(browser, WEB);
    const claims = JSON.stringify({
      id_token: { name: { essential: true }, nonsense: null },
      userinfo: { email: null },
    });
    expect(await result(browser, { claims, prompt: 'none' })).toMatchObject({ error: 'consent_required' });
    const token = decodeJwt(await idToken(WEB, { claims }));
    expect(token).toMatchObject({ sub: userId, name: 'Anna Ha' });
    expect(token).not.toHaveProperty('email');
    expect(await result(browser, { claims, prompt: 'none' })).toHaveProperty('code');
  });

  it('a request by form, which brings no cookie, with prompt=none: the navigation after it decides', async () => {
    await obtainCode(browser, WEB);
    const form = Object.fromEntries(
      new URLSearchParams(authorizeQuery(WEB, { code_challenge: pkce().challenge, prompt: 'none' })),
    );
    const stranger = new Navigator(host);
    const page = await stranger.post(AUTHORIZE, form, 'https://web.example');
    expect(answerIn(await stranger.get(page.location!), WEB)).toMatchObject({ error: 'login_required' });
    const mine = await browser.post(AUTHORIZE, form, 'https://web.example');
    expect(answerIn(await browser.get(mine.location!), WEB)).toHaveProperty('code');
  });
});
