import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { Mailbox } from '../support/mailbox.js';
import { MailedLinks } from '../support/mailed-links.js';
import { AUTHORIZE, authorizeQuery, pkce, providerOptions, WEB } from '../support/oauth.js';
import { decoded, expectPage, sendForm, textOf, valueOf, visit } from '../support/pages.js';
import { UsersService } from '../../src/index.js';

const CONTINUE = '/api/auth/oauth2/authorize?client_id=one&state=a%26b';
let count = 0;

describe('sign-in by mail without script', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  const links = new MailedLinks(() => host, mailbox);
  beforeAll(async () => {
    const accounts = { magicLink: { enabled: true }, emailCode: { enabled: true } };
    const clients = [{ ...WEB, skipConsent: true }];
    host = await createTestApp({ auth: providerOptions({ clients }, { mail: mailbox.mail, accounts }) });
  });
  afterAll(() => host?.close());

  const user = async () => {
    const email = `page-${++count}@example.com`;
    await host.app.get(UsersService).seed({ email, emailVerified: true });
    return email;
  };
  /** Follows the link with these words on the sign-in page. */
  const chosen = async (browser: Browser, words: string, email: string) => {
    const query = new URLSearchParams({ continue: CONTINUE, login_hint: email });
    const page = await visit(host, browser, `/api/auth/sign-in?${query}`);
    const [, href] = new RegExp(`<a class="button plain" href="([^"]*)"[^>]*>${words}</a>`).exec(page.text)!;
    return visit(host, browser, decoded(href!));
  };

  it('by a link: the request that has waited goes on', async () => {
    const [email, browser] = [await user(), new Browser()];
    const asking = await chosen(browser, 'Send me a link', email);
    expectPage(asking);
    expect([valueOf(asking, 'email'), valueOf(asking, 'continue')]).toEqual([email, CONTINUE]);
    const sent = await sendForm(host, browser, '/api/auth/sign-in-link', { email, continue: CONTINUE });
    expect(sent.status).toBe(303);
    const shown = await visit(host, browser, sent.location!);
    expectPage(shown);
    expect(textOf(shown, 'sent')).toContain('Open it in this browser');
    const link = await links.newest(email);
    expect((await links.open(browser, link)).location).toBe(CONTINUE);
    expect((await links.userIn(browser))?.email).toBe(email);
    const late = await links.open(browser, link);
    const again = await visit(host, browser, late.location!);
    expectPage(again, 400);
    expect(textOf(again, 'error')).toBe('This link is no longer good. Ask for a new one.');
    expect(valueOf(again, 'continue')).toBe(CONTINUE);
  });

  it('OIDC Core 3.1.2.3 an authorization request goes on in the browser that opens the link, to the code for the client', async () => {
    const [email, browser] = [await user(), new Browser()];
    const { challenge } = pkce();
    const query = authorizeQuery(WEB, { code_challenge: challenge, login_hint: email });
    const asked = await visit(host, browser, `${AUTHORIZE}?${query}`);
    const signIn = await visit(host, browser, asked.location!.replace(TEST_ISSUER, ''));
    const [, href] = /<a class="button plain" href="([^"]*)"[^>]*>Send me a link<\/a>/.exec(signIn.text)!;
    const asking = await visit(host, browser, decoded(href!));
    expect(valueOf(asking, 'email')).toBe(email);
    const fields = { email, continue: valueOf(asking, 'continue')! };
    await sendForm(host, browser, '/api/auth/sign-in-link', fields);
    const opened = await links.open(browser, await links.newest(email));
    const done = await visit(host, browser, opened.location!.replace(TEST_ISSUER, ''));
    const callback = new URL(done.location!);
    expect([callback.origin, callback.searchParams.get('state')]).toEqual(['https://web.example', 'a-state']);
    expect(callback.searchParams.get('code')).not.toBeNull();
  });

  it('by a code: a wrong one is told in general words, the right one goes on', async () => {
    const [email, browser] = [await user(), new Browser()];
    const asking = await chosen(browser, 'Send me a code', email);
    expectPage(asking);
    const sent = await sendForm(host, browser, '/api/auth/sign-in-code', { email, continue: CONTINUE });
    const entering = await visit(host, browser, sent.location!);
    expectPage(entering);
    expect([valueOf(entering, 'email'), valueOf(entering, 'continue')]).toEqual([email, CONTINUE]);
    const { code } = (await mailbox.newest('sign-in-code', email)).content;
    const fields = { email, continue: CONTINUE };
    const enter = (otp: string) => sendForm(host, browser, '/api/auth/sign-in-code/enter', { ...fields, otp });
    const wrong = await enter(code === '111111' ? '222222' : '111111');
    expectPage(wrong, 400);
    expect(textOf(wrong, 'otp-fault')).toBe('This code is wrong, or no longer good.');
    expect(await links.userIn(browser)).toBeNull();
    const done = await enter(code);
    expect([done.status, done.location]).toEqual([303, CONTINUE]);
    expect((await links.userIn(browser))?.email).toBe(email);
  });

  it('after too many wrong codes the page says to wait', async () => {
    const [email, browser] = [await user(), new Browser()];
    const enter = () => sendForm(host, browser, '/api/auth/sign-in-code/enter', { email, otp: '000000' });
    for (let time = 0; time < 5; time++) expect((await enter()).status).toBe(400);
    const late = await enter();
    expectPage(late, 403);
    expect(textOf(late, 'error')).toContain('Too many attempts. Wait 15 minutes');
  });

  it('half an address is told at the field; a `continue` elsewhere is refused', async () => {
    const browser = new Browser();
    for (const path of ['/api/auth/sign-in-link', '/api/auth/sign-in-code']) {
      const half = await sendForm(host, browser, path, { email: 'half' });
      expectPage(half, 400);
      expect(textOf(half, 'email-fault')).toBe('Enter a valid e-mail address.');
      expect(
        (await sendForm(host, browser, path, { email: 'a@example.com', continue: 'https://evil.example' })).status,
      ).toBe(403);
      expect((await visit(host, browser, `${path}?continue=//evil.example`)).status).toBe(403);
    }
  });
});
