import { Injectable, Module } from '@nestjs/common';
import { Extensions } from '../../src/common/extensions.js';
import type { SignInPageContent } from '../../src/common/ports/sign-in-page.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { send } from '../support/http.js';
import { expectPage, sendForm, textOf, valueOf, visit } from '../support/pages.js';
import { get } from '../support/travel.js';
import { signUp, TEST_PASSWORD } from '../support/users.js';

const HOSTILE = `</strong><script>alert(1)</script>"'\`&`;

@Injectable()
class TestPart {
  static content: SignInPageContent | null = null;
  static asked: string[] = [];

  async partOf(continueTo: string): Promise<SignInPageContent | null> {
    TestPart.asked.push(continueTo);
    return TestPart.content;
  }
}

@Module({ providers: [TestPart] })
class TestPartModule {
  constructor(extensions: Extensions, part: TestPart) {
    extensions.add({ name: 'test', signInPage: (continueTo) => part.partOf(continueTo) });
  }
}

describe.each(['express', 'fastify'] as const)('pages of accounts on %s', (adapter) => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({
      adapter,
      imports: [TestPartModule],
      configure: (app) => app.useSecurityHeaders(),
    });
  });
  afterAll(() => host.close());
  beforeEach(() => {
    TestPart.content = null;
    TestPart.asked = [];
  });
  const signIn = (browser: Browser, fields: Record<string, string>) =>
    sendForm(host, browser, '/api/auth/sign-in', fields);
  const userOf = async (browser: Browser) => (await get(host, browser, 'get-session')).body?.user?.email ?? null;

  it('200 T067 sign-in page: no script, headers that win over those of the host, labels, hint and target', async () => {
    const page = await visit(
      host,
      new Browser(),
      '/api/auth/sign-in?continue=/home%3Fa%3D1&login_hint=ada@example.com',
    );
    expectPage(page);
    expect(page.headers.get('strict-transport-security')).not.toBeNull();
    expect([valueOf(page, 'continue'), valueOf(page, 'email')]).toEqual(['/home?a=1', 'ada@example.com']);
    for (const id of ['email', 'password']) expect(page.text).toContain(`<label for="${id}">`);
    expect(textOf(page, 'sign-in')).toBe('Sign in');
    expect(textOf(page, 'error')).toBeNull();
    expect(page.text).toContain('href="/api/auth/sign-up?continue=%2Fhome%3Fa%3D1"');
  });

  it('T041 the account page knows its user by the cookie of their browser, not by a token that somebody else may have', async () => {
    const user = await signUp(host.url);
    const page = `${host.url}/api/auth/account`;
    expect((await send(page, { headers: { cookie: user.cookie } })).status).toBe(200);
    for (const bearer of [user.token, user.accessToken]) expect((await send(page, { bearer })).status).toBe(303);
    expect((await send(`${page}/sign-out`, { method: 'POST', bearer: user.token })).status).toBe(303);
    expect((await send(page, { headers: { cookie: user.cookie } })).status).toBe(200);
  });

  it('303 signs in and goes on; 303 without target: the account page, where the user signs out', async () => {
    const { email } = await signUp(host.url);
    const browser = new Browser();
    const gone = await signIn(browser, { email, password: TEST_PASSWORD, continue: '/home?a=1' });
    expect([gone.status, gone.location, gone.text]).toEqual([303, '/home?a=1', '']);
    expect(browser.cookies.get('better-auth.session_token')?.attributes).toMatchObject({ httponly: true });
    expect(gone.headers.get('set-auth-token')).toBeNull();
    expect(await userOf(browser)).toBe(email);
    const again = await signIn(browser, { email, password: TEST_PASSWORD });
    expect([again.status, again.location]).toEqual([303, '/api/auth/account']);
    const account = await visit(host, browser, '/api/auth/account');
    expectPage(account);
    expect(account.text).toContain(email);
    expect(textOf(account, 'sign-out')).toBe('Sign out');
    const { status, location } = await sendForm(host, browser, '/api/auth/account/sign-out', {});
    expect([status, location]).toEqual([303, '/api/auth/account/signed-out']);
    const out = await visit(host, browser, location!);
    expectPage(out);
    expect(textOf(out, 'signed-out')).toBe('You have been signed out in this browser.');
    expect(await userOf(browser)).toBeNull();
    const stranger = await visit(host, browser, '/api/auth/account');
    expect([stranger.status, stranger.location]).toEqual([303, '/api/auth/sign-in?continue=%2Fapi%2Fauth%2Faccount']);
  });

  it('T031 303 the session that the browser brought along has ended; no tokens were made', async () => {
    const { email, token, id } = await signUp(host.url);
    const browser = new Browser();
    await signIn(browser, { email, password: TEST_PASSWORD });
    const families = () => host.sql('SELECT id FROM auth_token_family WHERE subject = $1', [id]);
    const before = await families();
    await signIn(browser, { email, password: TEST_PASSWORD });
    expect(await families()).toHaveLength(before.length);
    const sessions = await host.sql('SELECT amr FROM auth_session WHERE subject = $1', [id]);
    expect(sessions).toEqual([{ amr: ['pwd'] }, { amr: ['pwd'] }]);
    expect(token).toBeDefined();
  });

  it('401 a wrong password, an unknown user: the form again with one error; the e-mail stays, the password does not', async () => {
    const { email } = await signUp(host.url);
    for (const who of [email, 'nobody@example.com']) {
      const page = await signIn(new Browser(), { email: who, password: 'wrong password', continue: '/home' });
      expectPage(page, 401);
      expect(textOf(page, 'error')).toBe('The e-mail address or the password is wrong.');
      expect([valueOf(page, 'email'), valueOf(page, 'continue')]).toEqual([who, '/home']);
      expect(page.text).not.toContain('wrong password');
      expect(page.headers.getSetCookie()).toEqual([]);
    }
  });

  it('T015 400 hostile input is shown as text', async () => {
    const page = await signIn(new Browser(), { email: HOSTILE, password: 'x', continue: `/${HOSTILE.slice(9)}` });
    expectPage(page, 400);
    expect(valueOf(page, 'email')).toBe(HOSTILE);
    TestPart.content = {
      client: {
        name: HOSTILE,
        isVerified: true,
        logoUri: 'https://client.example/logo.png?a="><script>',
        policyUri: 'javascript:alert(1)',
        tosUri: 'https://client.example/terms',
      },
      emailHint: HOSTILE,
      links: [
        { text: HOSTILE, href: '/other?a="b"' },
        { text: 'never', href: 'javascript:alert(1)' },
        { text: 'nor', href: '//evil.example' },
      ],
      buttons: [{ provider: HOSTILE, action: '/there', fields: { a: HOSTILE } }],
      formActions: ['https://client.example/cb?x=1;y'],
    };
    const shown = await visit(host, new Browser(), '/api/auth/sign-in?continue=/x');
    expectPage(shown);
    expect(TestPart.asked).toContain('/x');
    expect(shown.text).not.toMatch(/javascript|never|evil/);
    expect(shown.text).toContain('&lt;/strong&gt;&lt;script&gt;alert(1)');
    expect(shown.text).toContain('href="https://client.example/terms"');
    expect([valueOf(shown, 'email'), valueOf(shown, 'a')]).toEqual([HOSTILE, HOSTILE]);
    expect(shown.headers.get('content-security-policy')).toContain("form-action 'self' https://client.example;");
  });

  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    '/%2fevil.example',
    '%',
  ])('T069 403 continue=%s: an error page, no redirect, no session', async (target) => {
    const { email } = await signUp(host.url);
    const browser = new Browser();
    const asked = await visit(host, browser, `/api/auth/sign-in?continue=${encodeURIComponent(target)}`);
    const sent = await signIn(browser, { email, password: TEST_PASSWORD, continue: target });
    for (const page of [asked, sent]) {
      expectPage(page, 403);
      expect(textOf(page, 'error-details')).toContain('Invalid callbackURL');
    }
    expect(browser.cookies.size).toBe(0);
  });

  it('T069 303 an address on a trusted origin, which the form policy names', async () => {
    const { email } = await signUp(host.url);
    const target = `${TEST_ISSUER}/app`;
    const page = await visit(host, new Browser(), `/api/auth/sign-in?continue=${encodeURIComponent(target)}`);
    expect(page.headers.get('content-security-policy')).toContain(`form-action 'self' ${TEST_ISSUER};`);
    expect((await signIn(new Browser(), { email, password: TEST_PASSWORD, continue: target })).location).toBe(target);
  });

  it('T033 403 a form of another site: an error page and no session; JSON for a script', async () => {
    const { email } = await signUp(host.url);
    const elsewhere = new Browser('https://evil.example');
    const page = await signIn(elsewhere, { email, password: TEST_PASSWORD });
    expectPage(page, 403);
    expect(textOf(page, 'error-details')).toContain('Invalid origin');
    const out = await sendForm(host, elsewhere, '/api/auth/account/sign-out', {});
    expectPage(out, 403);
    expect(elsewhere.cookies.size).toBe(0);
    const script = await elsewhere.fetch(`${host.url}/api/auth/sign-in`, {
      method: 'POST',
      headers: { accept: 'application/json' },
    });
    expect([script.status, ((await script.json()) as { code: string }).code]).toEqual([403, 'INVALID_ORIGIN']);
  });

  it('400 repeated fields, a broken escape, 415 another body: pages, not JSON', async () => {
    const path = '/api/auth/sign-in';
    const twice = await sendForm(host, new Browser(), path, [
      ['email', 'a@example.com'],
      ['email', 'b@example.com'],
    ]);
    expectPage(twice, 400);
    expectPage(await visit(host, new Browser(), `${path}?continue=%FF`), 400);
    const browser = new Browser();
    const response = await browser.fetch(host.url + path, {
      method: 'POST',
      headers: { accept: 'text/html', 'content-type': 'text/plain' },
      body: 'email=a',
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([415, 'text/html; charset=utf-8']);
  });

  it('sign-up: 400 with the error and what was typed, 422 a taken address, 303 a user with a session', async () => {
    const browser = new Browser();
    const path = '/api/auth/sign-up';
    const page = await visit(host, browser, `${path}?continue=/welcome`);
    expectPage(page);
    expect([textOf(page, 'sign-up'), valueOf(page, 'continue')]).toEqual(['Create account', '/welcome']);
    expect(page.text).toContain('href="/api/auth/sign-in?continue=%2Fwelcome"');
    const email = `new-${adapter}@example.com`;
    const short = await sendForm(host, browser, path, {
      name: HOSTILE,
      email,
      password: 'short',
      continue: '/welcome',
    });
    expectPage(short, 400);
    expect(textOf(short, 'password-fault')).toBe('This password is too short.');
    expect([valueOf(short, 'name'), valueOf(short, 'email')]).toEqual([HOSTILE, email]);
    const nameless = await sendForm(host, browser, path, { email, password: TEST_PASSWORD });
    expect([nameless.status, textOf(nameless, 'name-fault')]).toEqual([400, 'Enter your name.']);
    const fields = { name: 'Ada', email, password: TEST_PASSWORD, continue: '/welcome' };
    const made = await sendForm(host, browser, path, fields);
    expect([made.status, made.location, await userOf(browser)]).toEqual([303, '/welcome', email]);
    expectPage(await sendForm(host, new Browser(), path, fields), 422);
  });
});
