import { AuthEvents } from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { Mailbox } from '../support/mailbox.js';
import { click, freshAddress, signUpUnverified, verifyPath } from '../support/verification.js';
import { until } from '../support/until.js';
import { signIn, TEST_PASSWORD } from '../support/users.js';

const SIGN_IN = '/api/auth/sign-in/email';

describe('an address that has to be verified', () => {
  const mailbox = new Mailbox();
  const verified: string[] = [];
  let host: TestApp;
  beforeAll(async () => {
    const accounts = {
      requireEmailVerification: true,
      emailVerification: { autoSignIn: true, sendOnSignIn: true },
    };
    const auth = { mail: mailbox.mail, accounts, trustedOrigins: ['https://shop.example'] };
    host = await createTestApp({ auth });
    host.app.get(AuthEvents).on('email.verified', ({ subjectId }) => void verified.push(subjectId));
  });
  afterAll(() => host?.close());

  const sessionOf = (cookie: string) => send(`${host.url}/api/auth/get-session`, { headers: { cookie } });
  const hasSession = (answer: { headers: Headers }) =>
    answer.headers.getSetCookie().some((line) => line.includes('session_token=') && !/Max-Age=0/i.test(line));

  it('302 the link signs in the browser that has signed up, leads to its callback, and is not kept', async () => {
    const email = freshAddress();
    const signedUp = await signUpUnverified(host, email, { callbackURL: '/welcome?from=mail' });
    expect([signedUp.status, signedUp.body.token]).toEqual([200, null]);
    const path = await verifyPath(mailbox, email);
    const refused = await send(host.url + SIGN_IN, { body: { email, password: TEST_PASSWORD } });
    expect([refused.status, refused.body.code]).toEqual([403, 'EMAIL_NOT_VERIFIED']);
    const { status, headers } = await click(host, path, signedUp);
    expect([status, new URL(headers.get('location')!, TEST_ISSUER).pathname]).toEqual([302, '/welcome']);
    expect([headers.get('cache-control'), headers.get('referrer-policy')]).toEqual(['no-store', 'no-referrer']);
    expect(hasSession({ headers })).toBe(true);
    expect(verified).toEqual([signedUp.body.user.id]);
    await signIn(host.url, email);
  });

  it('T124 the scanner that opens it first gets no session and spends nothing of the person’s: their click succeeds', async () => {
    const email = freshAddress();
    const signedUp = await signUpUnverified(host, email);
    const path = await verifyPath(mailbox, email);
    const looked = await click(host, path, undefined, 'HEAD');
    expect(looked.status).toBe(405);
    expect((await host.sql('SELECT email_verified FROM auth_user WHERE email = $1', [email]))[0]).toEqual({
      email_verified: false,
    });
    const [scanner, person] = [await click(host, path), await click(host, path, signedUp)];
    for (const answer of [scanner, person]) {
      expect([answer.status, answer.headers.get('location')]).toEqual([302, '/api/auth/email-verified']);
      expect(hasSession(answer)).toBe(false);
    }
    await signIn(host.url, email);
  });

  it('T124 another browser is not signed in, nor is one where somebody else is', async () => {
    const [mine, theirs] = [freshAddress(), freshAddress()];
    const browser = await signUpUnverified(host, mine);
    await signUpUnverified(host, theirs);
    expect(hasSession(await click(host, await verifyPath(mailbox, theirs), browser))).toBe(false);
    const other = await signIn(host.url, theirs);
    const kept = `${other.cookie}; ${browser.headers.getSetCookie()[0]!.split(';')[0]}`;
    const clicked = await click(host, await verifyPath(mailbox, mine), kept);
    expect([clicked.status, hasSession(clicked)]).toEqual([302, false]);
    expect((await sessionOf(other.cookie)).body.user.email).toBe(theirs);
    await signIn(host.url, mine);
  });

  it('of two links either verifies, and the other says so again without a session or an event', async () => {
    const email = freshAddress();
    const browser = await signUpUnverified(host, email);
    const first = await verifyPath(mailbox, email);
    mailbox.messages.length = 0;
    await send(host.url + SIGN_IN, { body: { email, password: TEST_PASSWORD, callbackURL: '/later' } });
    const second = await verifyPath(mailbox, email);
    expect([second === first, second.includes('callbackURL=%2Flater')]).toEqual([false, true]);
    verified.length = 0;
    expect((await click(host, second)).headers.get('location')).toBe('/later');
    const answer = await click(host, first, browser);
    expect([answer.status, hasSession(answer), verified.length]).toEqual([302, false, 1]);
  });

  it('twenty clicks at once verify once', async () => {
    const email = freshAddress();
    const browser = await signUpUnverified(host, email);
    const path = await verifyPath(mailbox, email);
    verified.length = 0;
    const answers = await Promise.all(Array.from({ length: 20 }, () => click(host, path, browser)));
    expect(
      new Set(answers.map(({ status, headers }) => `${status} ${headers.get('location')?.split('?')[1]}`)),
    ).toEqual(new Set(['302 undefined']));
    expect([answers.filter(hasSession).length, verified.length]).toEqual([1, 1]);
  });

  it('401 without a callback, an error before the fragment with one; expired is told apart from unknown', async () => {
    const email = freshAddress();
    await signUpUnverified(host, email);
    const token = new URL(TEST_ISSUER + (await verifyPath(mailbox, email))).searchParams.get('token')!;
    await host.sql('UPDATE auth_one_time_secret SET expires_at = now() WHERE purpose = $1', ['verify-email']);
    const at = (one: string, callbackURL = '') =>
      click(host, `/api/auth/verify-email?${new URLSearchParams({ token: one, ...(callbackURL && { callbackURL }) })}`);
    for (const [one, code] of [
      [token, 'TOKEN_EXPIRED'],
      ['x'.repeat(43), 'INVALID_TOKEN'],
      ['short', 'INVALID_TOKEN'],
    ] as const) {
      const plain = await at(one);
      expect([plain.status, plain.body.code]).toEqual([401, code]);
      for (const [callback, location] of [
        ['/done?a=1#top', `/done?a=1&error=${code}#top`],
        ['https://shop.example/done#top', `https://shop.example/done?error=${code}#top`],
      ] as const) {
        const { status, headers } = await at(one, callback);
        expect([status, headers.get('location')]).toEqual([302, location]);
        expect([headers.get('cache-control'), headers.get('referrer-policy')]).toEqual(['no-store', 'no-referrer']);
      }
    }
    expect((await click(host, '/api/auth/verify-email')).status).toBe(400);
    const evil = await at(token, 'https://evil.example/');
    expect([evil.status, evil.body.code, evil.headers.get('location')]).toEqual([403, 'INVALID_CALLBACK_URL', null]);
  });

  it('T122 a link is for the address that the user had: after a change it is none', async () => {
    const email = freshAddress();
    await signUpUnverified(host, email);
    const path = await verifyPath(mailbox, email);
    await host.sql('UPDATE auth_user SET email = $2 WHERE email = $1', [email, `new-${email}`]);
    expect((await click(host, path)).headers.get('location')).toBe('/api/auth/email-verified?error=INVALID_TOKEN');
    const [row] = await host.sql('SELECT email_verified FROM auth_user WHERE email = $1', [`new-${email}`]);
    expect(row).toEqual({ email_verified: false });
  });

  it('F41 an address that is taken is answered as a free one, and only its owner is told', async () => {
    const email = freshAddress();
    const shape = async () => {
      const { status, body, headers } = await signUpUnverified(host, email);
      return [status, Object.keys(body), Object.keys(body.user), [...headers.keys()]];
    };
    const first = await shape();
    expect(await shape()).toEqual(first);
    const { content, subject } = await mailbox.newest('sign-up-taken', email);
    expect([subject, content]).toMatchObject(['You already have an account', { ipAddress: '127.0.0.1' }]);
  });

  it('forms: a bad link leads to where a new one can be had, and the sign-in page does', async () => {
    const email = freshAddress();
    const [headers, form] = [
      { accept: 'text/html', origin: TEST_ISSUER },
      (body: object) => new URLSearchParams({ ...body }),
    ];
    await signUpUnverified(host, email);
    const bad = await click(host, '/api/auth/email-verified?error=INVALID_TOKEN');
    expect(bad.text).toMatch(/id="ask-again" href="\/api\/auth\/verify-address"/);
    const refused = await send(`${host.url}/api/auth/sign-in`, {
      headers,
      body: form({ email, password: TEST_PASSWORD }),
    });
    expect([refused.status, refused.text]).toEqual([
      403,
      expect.stringMatching(/action="\/api\/auth\/verify-address"[^]*<button id="verify-again"/),
    ]);
    // That of the sign-up, and that of the sign-in.
    await until('both messages', () => mailbox.messages.filter(({ to }) => to === email).length === 2);
    mailbox.messages.length = 0;
    const ask = (address: string) =>
      send(`${host.url}/api/auth/verify-address`, { headers, body: form({ email: address }) });
    const answers = [await ask(email), await ask('nobody@example.com'), await ask('no address')];
    for (const { status, headers: sent } of answers)
      expect([status, sent.get('location')]).toEqual([303, '/api/auth/verify-address?done=sent']);
    const path = await verifyPath(mailbox, email);
    expect((await click(host, path)).headers.get('location')).toBe('/api/auth/email-verified');
    const { cookie } = await signIn(host.url, email);
    const signedIn = (address: string) =>
      send(`${host.url}/api/auth/verify-address`, { headers: { ...headers, cookie }, body: form({ email: address }) });
    expect((await signedIn(email)).headers.get('location')).toBe('/api/auth/email-verified');
    expect([(await signedIn('other@example.com')).status, (await signedIn('other@example.com')).text]).toEqual([
      400,
      expect.stringContaining('You are signed in with another address.'),
    ]);
  });
});

describe('verification and limits', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  beforeAll(async () => {
    const accounts = { requireEmailVerification: true };
    host = await createTestApp({ auth: { mail: mailbox.mail, accounts, rateLimits: true } });
  });
  afterAll(() => host?.close());

  const ask = (email: string) => send(`${host.url}/api/auth/send-verification-email`, { body: { email } });

  it('T121 requests count alike for every address and are answered alike, and do not keep the first link from a new user', async () => {
    const email = freshAddress();
    const answers = [];
    for (let count = 0; count < 5; count++) answers.push(await ask(email));
    await signUpUnverified(host, email);
    expect((await mailbox.newest('verify-email', email)).to).toBe(email);
    const known = freshAddress();
    await signUpUnverified(host, known);
    for (let count = 0; count < 5; count++) answers.push(await ask(known));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(new Set(['200 {"status":true}']));
    const points = await host.sql(`SELECT points FROM auth_rate_limit WHERE key LIKE 'verification-email:%'`);
    expect(points).toEqual([{ points: 5 }, { points: 5 }]);
  });
});
