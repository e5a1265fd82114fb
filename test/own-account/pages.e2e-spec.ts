import { createTestApp, type TestApp } from '../support/app.js';
import { mainOf, notFresh, titleOf, Visitor } from '../support/account-pages.js';
import { Browser } from '../support/browser.js';
import { newAddress, verified } from '../support/email-changes.js';
import { send } from '../support/http.js';
import { Mailbox } from '../support/mailbox.js';
import { expectPage, sendForm, textOf, valueOf, visit } from '../support/pages.js';
import { until } from '../support/until.js';
import { signIn, signUp, TEST_PASSWORD } from '../support/users.js';

const NEW_PASSWORD = 'another horse, another staple';
const pathOf = (link: string) => new URL(link).pathname + new URL(link).search;

describe('pages of what users change about themselves', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  let visitor: Visitor;
  beforeAll(async () => {
    host = await createTestApp({ auth: { mail: mailbox.mail } });
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    visitor = await Visitor.come(host);
  });

  describe('/account/email', () => {
    it('leads from the form through both mails; says what is waited for, and what has been done', async () => {
      const { email, id } = visitor.user;
      await verified(host, id);
      const to = newAddress();
      const form = await visitor.open('/account/email');
      expectPage(form);
      expect(textOf(form, 'pending')).toBeNull();
      const sent = await visitor.submit(form, '/account/email', { newEmail: to });
      expectPage(sent);
      expect(textOf(sent, 'sent')).toContain('A link is on its way');
      const first = await mailbox.newest('change-email-confirm', email);
      const waiting = await visitor.open('/account/email');
      expect(textOf(waiting, 'pending')).toContain(`Open the link that we have sent to ${email}`);
      const confirmed = await visitor.follow(await visitor.open(pathOf(first.content.url)));
      expectPage(confirmed);
      expect(textOf(confirmed, 'confirmed')).toContain('to the new address');
      const second = await mailbox.newest('change-email-verify', to);
      expect(textOf(await visitor.open('/account/email'), 'pending')).toContain(`about to become ${to}`);
      const changed = await visitor.follow(await visitor.open(pathOf(second.content.url)));
      expect(textOf(changed, 'changed')).toContain('new address');
      expect(mainOf(await visitor.open('/account'))).toContain(to);
      const again = await visitor.follow(await visitor.open(pathOf(second.content.url)));
      expectPage(again);
      expect(textOf(again, 'failed')).toContain('no longer good');
    });

    it('says what is wrong with the new address, and keeps what was entered', async () => {
      for (const [newEmail, fault] of [
        ['nobody', 'Enter a valid e-mail address.'],
        [visitor.user.email, 'This is your address already.'],
      ]) {
        const form = await visitor.open('/account/email');
        const page = await visitor.send(form, '/account/email', { newEmail: newEmail! });
        expectPage(page, 400);
        expect([textOf(page, 'newEmail-fault'), valueOf(page, 'newEmail')]).toEqual([fault, newEmail]);
      }
    });

    it('a change that is under way can be stopped: its link is no longer good', async () => {
      const to = newAddress();
      await visitor.send(await visitor.open('/account/email'), '/account/email', { newEmail: to });
      const { content } = await mailbox.newest('change-email-verify', to);
      const page = await visitor.open('/account/email');
      const stopped = await visitor.submit(page, '/account/email/cancel');
      expect([textOf(stopped, 'done'), textOf(stopped, 'pending')]).toEqual(['Your address stays as it is.', null]);
      const late = await visitor.follow(await visitor.open(pathOf(content.url)));
      expect(titleOf(late)).toContain('The address was not changed');
    });

    it('asks for a new sign-in when the last one is long ago', async () => {
      const form = await visitor.open('/account/email');
      await notFresh(host, visitor.user.id);
      const page = await visitor.send(form, '/account/email', { newEmail: newAddress() });
      expectPage(page, 403);
      expect(textOf(page, 'not-fresh')).not.toBeNull();
    });

    it('says that mail is delayed where it could be sent to nobody', async () => {
      const { email } = await signUp(host.url);
      mailbox.fault = new Error('away');
      await visitor.send(await visitor.open('/account/email'), '/account/email', { newEmail: newAddress() });
      await send(`${host.url}/api/auth/request-password-reset`, { body: { email } });
      await until('failed attempts', async () => (await failed()) > 1);
      const page = await visitor.open('/account/email?state=sent');
      expect(mainOf(page)).toContain('Mail is delayed');
      mailbox.fault = null;
      await host.sql('DELETE FROM auth_mail');
    });
    const failed = async () => (await host.sql('SELECT FROM auth_mail WHERE last_error IS NOT NULL')).length;
  });

  it('/account offers a link to those whose address nobody has verified, and no more then', async () => {
    const page = await visitor.open('/account');
    const sent = await visitor.submit(page, '/account/verify-email');
    expect(textOf(sent, 'done')).toContain('A link is on its way');
    const { content } = await mailbox.newest('verify-email', visitor.user.email);
    const done = await visitor.follow(await visitor.open(pathOf(content.url)));
    expect(textOf(done, 'verified')).not.toBeNull();
    expect(mainOf(await visitor.open('/account'))).not.toContain('/account/verify-email');
  });

  it('/account lets those set a password who have none, twice with one result, and change it from then on', async () => {
    await host.sql('UPDATE auth_user SET password_hash = NULL WHERE id = $1', [visitor.user.id]);
    const page = await visitor.open('/account');
    expectPage(page);
    expect(mainOf(page)).not.toContain('currentPassword');
    const short = await visitor.send(page, '/account/first-password', { newPassword: 'short' });
    expect([short.status, textOf(short, 'new-password-fault')]).toEqual([400, 'This password is too short.']);
    const set = await visitor.submit(page, '/account/first-password', { newPassword: NEW_PASSWORD });
    expect(textOf(set, 'done')).toBe('Your password is set.');
    const twice = await visitor.submit(page, '/account/first-password', { newPassword: NEW_PASSWORD });
    expect(textOf(twice, 'done')).toBe('Your password is set.');
    const other = await visitor.send(page, '/account/first-password', { newPassword: `${NEW_PASSWORD} 2` });
    expect(textOf(other, 'new-password-fault')).toBe('You have a password already.');
    expect(mainOf(await visitor.open('/account'))).toContain('currentPassword');
    await signIn(host.url, visitor.user.email, NEW_PASSWORD);
  });

  it('the sign-in page leads those who have forgotten their password to a link, with address and target kept', async () => {
    const browser = new Browser();
    const page = await visit(host, browser, '/api/auth/sign-in?continue=%2Ftarget&login_hint=ada%40example.com');
    const [, href] = /<a id="forgotten" href="([^"]*)"/.exec(page.text)!;
    const recover = await visit(host, browser, href!.replaceAll('&amp;', '&'));
    expectPage(recover);
    expect([valueOf(recover, 'email'), valueOf(recover, 'continue')]).toEqual(['ada@example.com', '/target']);
    const fields = { email: 'ada@example.com', continue: '/target' };
    const sent = await sendForm(host, browser, '/api/auth/recover', fields);
    expect(sent.location).toBe('/api/auth/recover?done=sent&continue=%2Ftarget');
    expect(mainOf(await visit(host, browser, sent.location!))).toContain('/api/auth/sign-in?continue=%2Ftarget');
    const evil = await sendForm(host, browser, '/api/auth/recover', { ...fields, continue: 'https://evil.example' });
    expect(evil.status).toBe(403);
    const signUpPage = await visit(host, browser, '/api/auth/sign-up');
    expect(signUpPage.text).not.toContain('id="forgotten"');
  });

  it('W3C /.well-known/change-password leads to the page where the password is changed', async () => {
    for (const method of ['GET', 'HEAD']) {
      const answer = await send(`${host.url}/.well-known/change-password`, { method });
      expect([answer.status, answer.headers.get('location')]).toEqual([302, '/api/auth/account']);
    }
    expect((await send(`${host.url}/.well-known/change-password`, { method: 'POST' })).status).toBe(405);
  });
});

describe('a host that asks for verified addresses, and one that sends no mail', () => {
  const mailbox = new Mailbox();
  let strict: TestApp;
  let silent: TestApp;
  beforeAll(async () => {
    strict = await createTestApp({ auth: { mail: mailbox.mail, accounts: { requireEmailVerification: true } } });
    silent = await createTestApp();
  });
  afterAll(async () => {
    await strict?.close();
    await silent?.close();
  });

  it('the sign-in page sends a new link to those who are refused, which leads on to where they wanted to go', async () => {
    const email = 'unverified@example.com';
    await send(`${strict.url}/api/auth/sign-up/email`, { body: { email, password: TEST_PASSWORD, name: 'Ada' } });
    await mailbox.newest('verify-email', email);
    mailbox.messages.length = 0;
    const browser = new Browser();
    const fields = { email, password: TEST_PASSWORD, continue: '/target' };
    const refused = await sendForm(strict, browser, '/api/auth/sign-in', fields);
    expectPage(refused, 403);
    expect(textOf(refused, 'verify-again')).toBe('Send a new link');
    const wrong = await sendForm(strict, browser, '/api/auth/sign-in', { ...fields, password: 'wrong horse' });
    expect(textOf(wrong, 'verify-again')).toBeNull();
    const sent = await sendForm(strict, browser, '/api/auth/verify-address', { email, continue: '/target' });
    const page = await visit(strict, browser, sent.location!);
    expectPage(page);
    expect(textOf(page, 'sent')).toContain('a link is on its way');
    const { content } = await mailbox.newest('verify-email', email);
    expect((await visit(strict, browser, pathOf(content.url))).location).toBe('/target');
    expect((await sendForm(strict, browser, '/api/auth/sign-in', fields)).location).toBe('/target');
    const evil = await sendForm(strict, browser, '/api/auth/verify-address', {
      email,
      continue: 'https://evil.example',
    });
    expect(evil.status).toBe(403);
    const nobody = await sendForm(strict, new Browser(), '/api/auth/verify-address', {
      email: 'x@example.com',
      continue: '/target',
    });
    expect([nobody.status, nobody.location]).toEqual([sent.status, sent.location]);
  });

  it('without mail there is no way to a link: 400 for programs, no link and 404 for people', async () => {
    const user = await signUp(silent.url);
    const headers = { cookie: user.cookie, origin: 'http://localhost:3000' };
    const asked = await send(`${silent.url}/api/auth/change-email`, { body: { newEmail: newAddress() }, headers });
    const refused = { code: 'VERIFICATION_EMAIL_NOT_ENABLED', message: "Verification email isn't enabled" };
    expect([asked.status, asked.body]).toEqual([400, expect.objectContaining(refused)]);
    const visitor = await Visitor.at(silent, user);
    const account = mainOf(await visitor.open('/account'));
    expect(account).not.toContain('/account/email');
    expect(account).not.toContain('/account/verify-email');
    expect((await visitor.open('/account/email')).status).toBe(404);
    expect(mainOf(await visit(silent, new Browser(), '/api/auth/sign-in'))).not.toContain('id="forgotten"');
  });
});
