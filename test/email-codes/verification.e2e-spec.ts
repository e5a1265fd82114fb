import { createTestApp, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { Mailbox } from '../support/mailbox.js';
import { get, post } from '../support/travel.js';
import { TEST_PASSWORD } from '../support/users.js';
import { UsersService } from '../../src/index.js';

let count = 0;

describe('addresses verified by codes, where that signs in', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  beforeAll(async () => {
    const accounts = {
      requireEmailVerification: true,
      emailVerification: { autoSignIn: true, sendOnSignUp: false },
      emailCode: { enabled: true },
    };
    host = await createTestApp({ auth: { mail: mailbox.mail, accounts } });
  });
  afterAll(() => host?.close());

  const signedUp = async (browser: Browser) => {
    const email = `verify-${++count}@example.com`;
    await post(host, browser, 'sign-up/email', { email, password: TEST_PASSWORD, name: 'Ada' });
    await post(host, browser, 'email-otp/send-verification-otp', { email, type: 'email-verification' });
    return { email, otp: (await mailbox.newest('email-verification-code', email)).content.code };
  };

  it('200 with a session, once; the password stays', async () => {
    const browser = new Browser();
    const typed = await signedUp(browser);
    const done = await post(host, browser, 'email-otp/verify-email', typed);
    expect(done.body).toMatchObject({ status: true, token: expect.any(String), user: { emailVerified: true } });
    expect((await get(host, browser, 'get-session')).body.user.email).toBe(typed.email);
    expect((await post(host, new Browser(), 'email-otp/verify-email', typed)).body.code).toBe('INVALID_OTP');
    const { email } = typed;
    expect((await post(host, new Browser(), 'sign-in/email', { email, password: TEST_PASSWORD })).status).toBe(200);
  });

  it('never in place of somebody who is signed in: verified, without a session', async () => {
    const browser = new Browser();
    const other = 'other@example.com';
    await host.app.get(UsersService).seed({ email: other, emailVerified: true, password: TEST_PASSWORD });
    await post(host, browser, 'sign-in/email', { email: other, password: TEST_PASSWORD });
    const done = await post(host, browser, 'email-otp/verify-email', await signedUp(new Browser()));
    expect(done.body).toMatchObject({ status: true, token: null, user: { emailVerified: true } });
    expect((await get(host, browser, 'get-session')).body.user.email).toBe(other);
  });

  it('signing in by a code verifies the address as well', async () => {
    const browser = new Browser();
    const { email } = await signedUp(browser);
    await post(host, browser, 'email-otp/send-verification-otp', { email, type: 'sign-in' });
    const { code: otp } = (await mailbox.newest('sign-in-code', email)).content;
    const done = await post(host, browser, 'sign-in/email-otp', { email, otp });
    expect([done.status, done.body.user.emailVerified]).toEqual([200, true]);
  });
});
