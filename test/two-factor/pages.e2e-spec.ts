import { createTestApp, type TestApp } from '../support/app.js';
import { formOf, mainOf, Visitor } from '../support/account-pages.js';
import { Browser } from '../support/browser.js';
import { send } from '../support/http.js';
import { Mailbox } from '../support/mailbox.js';
import { AGENTS } from '../support/page-agents.js';
import { expectPage, sendForm, textOf, visit, type Page } from '../support/pages.js';
import { codeOf, TwoFactorHost, wrongCodeOf, type FactorUser } from '../support/two-factor.js';
import { signUp } from '../support/users.js';

describe('the pages of the second factor', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  let factor: TwoFactorHost;
  beforeAll(async () => {
    host = await createTestApp({ auth: { mail: mailbox.mail, twoFactor: true } });
    factor = new TwoFactorHost(host);
  });
  afterAll(() => host?.close());

  const userOf = async (browser: Browser) =>
    (await send(`${host.url}/api/auth/get-session`, { headers: { cookie: browser.cookieHeader() } })).body?.user?.id ??
    null;

  describe('after the first factor', () => {
    let user: FactorUser;
    let browser: Browser;
    let page: Page;
    beforeEach(async () => {
      user = await factor.enrolled();
      browser = new Browser();
      const signIn = await visit(host, browser, '/api/auth/sign-in?continue=/reports%3Fpage=2');
      const fields = { ...formOf(signIn, '/sign-in'), email: user.email, password: user.password };
      const sent = await sendForm(host, browser, '/api/auth/sign-in', fields);
      page = await visit(host, browser, sent.location!);
    });
    const submit = (entered: Record<string, string>) =>
      sendForm(host, browser, '/api/auth/two-factor', { ...formOf(page, '/two-factor'), ...entered });

    it('asks for a code, without script, and leads on with a session', async () => {
      expectPage(page);
      expect(page.text).toContain('value="/reports?page=2"');
      expect(await userOf(browser)).toBeNull();
      const done = await submit({ code: codeOf(user.secret) });
      expect([done.status, done.location]).toEqual([303, '/reports?page=2']);
      expect(await userOf(browser)).toBe(user.id);
      expect([...browser.cookies.keys()].filter((name) => name.includes('two_factor'))).toEqual([]);
    });

    it('says what is wrong at the field, and what to do when the sign-in is over', async () => {
      const wrong = await submit({ code: wrongCodeOf(user.secret) });
      expectPage(wrong, 401);
      expect(textOf(wrong, 'totp-fault')).toMatch(/This code is wrong/);
      for (let turn = 0; turn < 4; turn++) await submit({ code: wrongCodeOf(user.secret) });
      const over = await submit({ code: codeOf(user.secret) });
      expectPage(over, 401);
      expect(textOf(over, 'over')).toMatch(/Sign in again/);
      expect(over.text).toContain('/api/auth/sign-in?continue=%2Freports%3Fpage%3D2');
    });

    it('takes a backup code', async () => {
      const done = await submit({ kind: 'backup', code: user.backupCodes[0]! });
      expect(done.location).toBe('/reports?page=2');
      expect((await mailbox.newest('backup-code-used', user.email)).content.codesLeft).toBe(9);
    });

    it('trusts the browser when its user says so, and the next sign-in there is not asked', async () => {
      await submit({ code: codeOf(user.secret), trust: 'true' });
      const visitor = await Visitor.at(host, user, browser);
      expect((await visitor.open('/account')).status).toBe(200);
      await host.sql('UPDATE auth_trusted_device SET user_agent = $1 WHERE subject = $2', [AGENTS[1], user.id]);
      const listed = await visitor.open('/account/two-factor');
      expect(mainOf(listed)).toContain('this browser');
      expect(mainOf(listed)).toContain('Firefox · Windows');
      const gone = await visitor.submit(listed, '/account/two-factor/forget-device');
      expect(textOf(gone, 'done')).toBe('You are asked there again.');
    });

    it('tells how long the account is locked', async () => {
      await host.sql(`UPDATE auth_two_factor SET locked_until = now() + interval '14 minutes' WHERE subject = $1`, [
        user.id,
      ]);
      const locked = await submit({ code: codeOf(user.secret) });
      expectPage(locked, 429);
      expect(textOf(locked, 'error')).toMatch(/14 minutes/);
      expect((await submit({ kind: 'backup', code: user.backupCodes[0]! })).status).toBe(303);
    });

    it("comes after a form of the host's own page too", async () => {
      const here = new Browser();
      const fields = { email: user.email, password: user.password, callbackURL: '/reports' };
      const sent = await sendForm(host, here, '/api/auth/sign-in/email', fields);
      expect([sent.status, sent.location]).toEqual([303, '/api/auth/two-factor?continue=%2Freports']);
      expectPage(await visit(host, here, sent.location!));
    });

    it('T069 leads nowhere else', async () => {
      for (const continueTo of ['https://evil.example/', '//evil.example', 'javascript:alert(1)']) {
        const refused = await submit({ code: codeOf(user.secret), continue: continueTo });
        expect([refused.status, refused.location]).toEqual([403, null]);
      }
      expect(await userOf(browser)).toBeNull();
    });
  });

  it('a code by mail: asked for by a form, typed into the next page', async () => {
    const user = await signUp(host.url);
    await host.sql('UPDATE auth_user SET email_verified = true WHERE id::text = $1', [user.id]);
    await factor.post('enable', { password: user.password, method: 'otp' }, { bearer: user.token });
    const browser = new Browser();
    const signIn = await visit(host, browser, '/api/auth/sign-in');
    const fields = { ...formOf(signIn, '/sign-in'), email: user.email, password: user.password };
    const page = await visit(host, browser, (await sendForm(host, browser, '/api/auth/sign-in', fields)).location!);
    expectPage(page);
    const sent = await sendForm(host, browser, '/api/auth/two-factor/send', formOf(page, '/two-factor/send'));
    const typed = await visit(host, browser, sent.location!);
    expectPage(typed);
    expect(textOf(typed, 'sent')).toMatch(/on its way/);
    expect(typed.text).toMatch(/<input[^>]*\sid="otp"[^>]*\sautofocus/);
    const { code } = (await mailbox.newest('second-factor-code', user.email)).content;
    const done = await sendForm(host, browser, '/api/auth/two-factor', { ...formOf(typed, '/two-factor'), code });
    expect(done.location).toBe('/api/auth/account');
    expect(await userOf(browser)).toBe(user.id);
  });

  it('without a sign-in that waits, and without a session, leads to the sign-in page', async () => {
    const page = await visit(host, new Browser(), '/api/auth/two-factor?continue=/reports');
    expect([page.status, page.location]).toEqual([303, '/api/auth/sign-in?continue=%2Freports']);
  });

  it('the account: set up, confirmed, shown once; new codes; a step-up; and off again', async () => {
    const visitor = await Visitor.come(host);
    const { id: subject } = visitor.user;
    const path = '/account/two-factor';
    const first = await visitor.open(path);
    expectPage(first);
    const password = { password: visitor.user.password };
    const wrong = await visitor.send(first, `${path}/set-up`, { password: 'wrong' });
    expectPage(wrong, 400);
    expect(textOf(wrong, 'password-app-fault')).toBe('The password is wrong.');
    const setUp = await visitor.submit(first, `${path}/set-up`, password);
    expectPage(setUp);
    const secret = textOf(setUp, 'secret')!.replaceAll(' ', '');
    expect(mainOf(setUp)).toContain(
      `href="otpauth://totp/localhost:${encodeURIComponent(visitor.user.email)}?secret=${secret}`,
    );
    expect(textOf(await visitor.open(path), 'secret')).toBeNull();
    const mistyped = await visitor.send(setUp, `${path}/confirm`, { code: wrongCodeOf(secret) });
    expectPage(mistyped, 401);
    const on = await visitor.submit(setUp, `${path}/confirm`, { code: codeOf(secret) });
    expect([textOf(on, 'done'), textOf(on, 'codes-left')]).toEqual(['Two-step sign-in is on.', '10']);
    const codes = await visitor.submit(on, `${path}/backup-codes`, password);
    // They are copied by hand: none has a letter that looks like another.
    expect(mainOf(codes).match(/<code>[2-9A-HJ-NP-Za-km-z]{5}-[2-9A-HJ-NP-Za-km-z]{5}<\/code>/g)).toHaveLength(10);
    expect(mainOf(on)).toMatch(/<summary>Use codes by mail[^]*href="\/api\/auth\/account">Profile/);
    expect(mainOf(on)).not.toContain('choose-mail');
    expect(textOf(await visitor.open(path), 'backup-codes')).toBeNull();

    await host.sql(`UPDATE auth_session SET authenticated_at = now() - interval '1 hour' WHERE subject = $1`, [
      subject,
    ]);
    const asked = await visitor.send(codes, `${path}/remove`, password);
    expect(asked.location).toBe('/api/auth/two-factor?continue=%2Fapi%2Fauth%2Faccount%2Ftwo-factor');
    const challenge = await visitor.follow(asked);
    expectPage(challenge);
    await factor.forgetStep(subject);
    const back = await visitor.submit(challenge, '/two-factor', { code: codeOf(secret) });
    const off = await visitor.submit(back, `${path}/remove`, password);
    expect(textOf(off, 'done')).toBe('Two-step sign-in is off.');
    expect(await factor.currentUser(visitor.user.token)).toBeNull();
  });
});
