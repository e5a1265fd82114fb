import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { CLIENTS, ClientKit, freshEmail, NEW_PASSWORD, PASSWORD } from '../support/better-auth-clients.js';
import { Mailbox } from '../support/mailbox.js';

const SENT = { status: true, message: 'If this email exists in our system, check your email for the reset link' };

describe.each(CLIENTS)('better-auth/client $version on $adapter: a way back in', ({ adapter, create }) => {
  const mailbox = new Mailbox();
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({ adapter, auth: { mail: mailbox.mail } });
  });
  afterAll(() => host?.close());
  const { plainClient, cookieClient, signedUp } = new ClientKit(create, () => host.url);

  /** Where the browser ends up by the link of a mail. */
  const followed = async (link: string) => {
    const { pathname, search } = new URL(link);
    const { headers } = await fetch(host.url + pathname + search, { redirect: 'manual' });
    return new URL(headers.get('location')!, TEST_ISSUER);
  };

  it.each(['requestPasswordReset', 'forgetPassword'])('%s, then resetPassword by the link of the mail', async (ask) => {
    const { email, client: signedIn } = await signedUp();
    const client = plainClient();
    expect(await client[ask]!({ email, redirectTo: '/reset' })).toMatchObject({ data: SENT, error: null });
    const page = await followed((await mailbox.newest('reset-password', email)).content.url);
    expect(page.pathname).toBe('/reset');
    const token = page.searchParams.get('token')!;
    const { browser, client: anew } = cookieClient();
    const short = await anew['resetPassword']!({ newPassword: 'short', token });
    expect(short.error).toMatchObject({ status: 400, code: 'PASSWORD_TOO_SHORT' });
    expect(await anew['resetPassword']!({ newPassword: NEW_PASSWORD, token })).toMatchObject({
      data: { status: true },
      error: null,
    });
    expect(browser.cookies.size).toBe(0);
    expect((await anew['resetPassword']!({ newPassword: NEW_PASSWORD, token })).error).toMatchObject({
      status: 400,
      code: 'INVALID_TOKEN',
    });
    expect((await signedIn['getSession']!()).data).toBeNull();
    const old = await anew['signIn']!['email']!({ email, password: PASSWORD });
    expect(old.error).toMatchObject({ status: 401, code: 'INVALID_EMAIL_OR_PASSWORD' });
    expect((await anew['signIn']!['email']!({ email, password: NEW_PASSWORD })).error).toBeNull();
  });

  it('requestPasswordReset: an unknown address and a page of others', async () => {
    const client = plainClient();
    expect(await client['requestPasswordReset']!({ email: freshEmail() })).toMatchObject({ data: SENT, error: null });
    const evil = await client['requestPasswordReset']!({ email: freshEmail(), redirectTo: 'https://evil.example' });
    expect(evil.error).toMatchObject({ status: 403, code: 'INVALID_REDIRECT_URL' });
    expect((await client['resetPassword']!({ newPassword: NEW_PASSWORD })).error).toMatchObject({
      code: 'INVALID_TOKEN',
    });
  });

  it('sendVerificationEmail with a session: another address, its own, and once it is verified', async () => {
    const { email, client } = await signedUp();
    const send = (address: string) => client['sendVerificationEmail']!({ email: address, callbackURL: '/verified' });
    expect((await send(freshEmail())).error).toMatchObject({ status: 400, code: 'EMAIL_MISMATCH' });
    expect(await send(email)).toMatchObject({ data: { status: true }, error: null });
    expect((await followed((await mailbox.newest('verify-email', email)).content.url)).pathname).toBe('/verified');
    expect((await client['getSession']!()).data.user.emailVerified).toBe(true);
    expect((await send(email)).error).toMatchObject({ status: 400, code: 'EMAIL_ALREADY_VERIFIED' });
  });

  it('verifyEmail by fetch: the user is verified, again is no fault, and another token is one', async () => {
    const { email, client } = await signedUp();
    await plainClient()['sendVerificationEmail']!({ email });
    const token = new URL((await mailbox.newest('verify-email', email)).content.url).searchParams.get('token');
    for (const _ of [1, 2])
      expect(await client['verifyEmail']!({ query: { token } })).toMatchObject({
        data: { status: true, user: null },
        error: null,
      });
    expect((await client['getSession']!()).data.user.emailVerified).toBe(true);
    const other = await client['verifyEmail']!({ query: { token: 'x'.repeat(43) } });
    expect(other.error).toMatchObject({ status: 401, code: 'INVALID_TOKEN' });
  });
});

describe.each(CLIENTS)(
  'better-auth/client $version on $adapter: addresses that have to be verified',
  ({ adapter, create }) => {
    const mailbox = new Mailbox();
    let host: TestApp;
    beforeAll(async () => {
      const accounts = { requireEmailVerification: true, emailVerification: { sendOnSignIn: true, autoSignIn: true } };
      host = await createTestApp({ adapter, auth: { mail: mailbox.mail, accounts } });
    });
    afterAll(() => host?.close());
    const { cookieClient } = new ClientKit(create, () => host.url);

    it('signUp without a session, signIn refused with a new link, and verifyEmail signs in where it was signed up', async () => {
      const { browser, client } = cookieClient();
      const email = freshEmail();
      const { data } = await client['signUp']!['email']!({ email, password: PASSWORD, name: 'Ada' });
      expect([data.token, data.user.emailVerified]).toEqual([null, false]);
      const first = await mailbox.newest('verify-email', email);
      mailbox.messages.length = 0;
      const elsewhere = cookieClient();
      const refused = await elsewhere.client['signIn']!['email']!({ email, password: PASSWORD, callbackURL: '/home' });
      expect(refused.error).toMatchObject({ status: 403, code: 'EMAIL_NOT_VERIFIED' });
      expect((await mailbox.newest('verify-email', email)).content.url).toContain('callbackURL=%2Fhome');
      const wrong = await elsewhere.client['signIn']!['email']!({ email, password: NEW_PASSWORD });
      expect(wrong.error).toMatchObject({ status: 401, code: 'INVALID_EMAIL_OR_PASSWORD' });
      const token = new URL(first.content.url).searchParams.get('token');
      expect(await client['verifyEmail']!({ query: { token } })).toMatchObject({ data: { status: true }, error: null });
      expect([...browser.cookies.keys()].some((name) => name.endsWith('session_token'))).toBe(true);
      expect((await client['getSession']!()).data.user).toMatchObject({ email, emailVerified: true });
    });
  },
);
