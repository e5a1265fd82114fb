import { createTestApp, testOptions, type TestApp } from '../support/app.js';
import { AuthModule } from '../../src/index.js';
import { bootError } from '../support/boot-error.js';
import { Browser } from '../support/browser.js';
import { send } from '../support/http.js';
import { Mailbox } from '../support/mailbox.js';
import { MailedLinks } from '../support/mailed-links.js';
import { until } from '../support/until.js';
import { signUp } from '../support/users.js';

describe('links where nobody new may come, with limits', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  const links = new MailedLinks(() => host, mailbox);
  beforeAll(async () => {
    const accounts = { magicLink: { enabled: true, disableSignUp: true }, emailCode: { enabled: true } };
    host = await createTestApp({ auth: { mail: mailbox.mail, rateLimits: true, accounts } });
  });
  afterAll(() => host?.close());

  const ask = (email: string) => send(`${host.url}/api/auth/sign-in/magic-link`, { body: { email } });

  it('T121 an address that nobody has gets the same answer, and no message', async () => {
    const { email } = await signUp(host.url);
    const [unknown, known] = [await ask('nobody@example.com'), await ask(email)];
    expect([unknown.status, unknown.body]).toEqual([known.status, known.body]);
    expect(unknown.body).toEqual({ status: true });
    expect(unknown.headers.getSetCookie()).toHaveLength(known.headers.getSetCookie().length);
    await links.newest(email);
    await until('all orders are done', async () => (await host.sql('SELECT id FROM auth_mail')).length === 0);
    expect(mailbox.messages.filter(({ to }) => to === 'nobody@example.com')).toEqual([]);
  });

  it('a user who was deleted meanwhile is not made again', async () => {
    const { email, id } = await signUp(host.url);
    const browser = new Browser();
    const link = await links.ask(browser, email);
    await host.sql('DELETE FROM auth_user WHERE id = $1', [id]);
    expect((await links.open(browser, link)).location).toBe('/home?error=INVALID_TOKEN');
    expect(await host.sql('SELECT id FROM auth_user WHERE email = $1', [email])).toEqual([]);
  });

  it('five messages in a quarter of an hour to one address; the answer does not tell', async () => {
    const { email } = await signUp(host.url);
    for (let time = 0; time < 8; time++) expect((await ask(email)).body).toEqual({ status: true });
    await until('all orders are done', async () => (await host.sql('SELECT id FROM auth_mail')).length === 0);
    expect(mailbox.messages.filter(({ kind, to }) => kind === 'magic-link' && to === email)).toHaveLength(5);
  });
});

describe('links and codes that are off', () => {
  it('404 every route', async () => {
    const host = await createTestApp({ auth: { mail: new Mailbox().mail } });
    const body = { email: 'a@example.com', token: 'x', otp: '123456', type: 'sign-in', password: 'a good password' };
    for (const route of [
      'sign-in/magic-link',
      'magic-link/verify',
      'sign-in-link',
      'email-otp/send-verification-otp',
      'sign-in/email-otp',
      'email-otp/verify-email',
      'email-otp/check-verification-otp',
      'email-otp/request-password-reset',
      'email-otp/reset-password',
    ])
      expect([route, (await send(`${host.url}/api/auth/${route}`, { body })).status]).toEqual([route, 404]);
    expect((await send(`${host.url}/api/auth/sign-in-code`)).status).toBe(404);
    expect((await send(`${host.url}/api/auth/sign-in`)).text).not.toContain('sign-in-link');
    await host.close();
  });

  it('stops the boot without mail, and names the option', async () => {
    const errorOf = (accounts: object) => bootError(() => [AuthModule.forRoot(testOptions({ accounts }))]);
    expect(await errorOf({ magicLink: { enabled: true } })).toContain('accounts.magicLink');
    expect(await errorOf({ emailCode: { enabled: true } })).toContain('Give the option mail');
  });
});
