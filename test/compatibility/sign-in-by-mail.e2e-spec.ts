import { createAuthClient as createClient17 } from 'better-auth/client';
import { emailOTPClient, magicLinkClient } from 'better-auth/client/plugins';
import { createAuthClient as createClient16 } from 'better-auth-16/client';
import {
  emailOTPClient as emailOTPClient16,
  magicLinkClient as magicLinkClient16,
} from 'better-auth-16/client/plugins';
import { createTestApp, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { freshEmail, NEW_PASSWORD, PASSWORD, type LooseClient } from '../support/better-auth-clients.js';
import { Mailbox } from '../support/mailbox.js';

type Create = (options: object) => LooseClient;
const CLIENTS = [
  {
    version: '1.7.25',
    adapter: 'express',
    create: createClient17 as unknown as Create,
    plugins: () => [magicLinkClient(), emailOTPClient()],
  },
  {
    version: '1.6.34',
    adapter: 'fastify',
    create: createClient16 as unknown as Create,
    plugins: () => [magicLinkClient16(), emailOTPClient16()],
  },
] as const;

describe.each(CLIENTS)(
  'better-auth/client $version with magicLinkClient() and emailOTPClient() on $adapter',
  ({ adapter, create, plugins }) => {
    const mailbox = new Mailbox();
    let host: TestApp;
    beforeAll(async () => {
      const accounts = { magicLink: { enabled: true }, emailCode: { enabled: true } };
      host = await createTestApp({ adapter, auth: { mail: mailbox.mail, accounts } });
    });
    afterAll(() => host?.close());

    const clientIn = (browser = new Browser()) => {
      const options = { baseURL: host.url, plugins: plugins(), fetchOptions: { customFetchImpl: browser.fetch } };
      return { browser, client: create(options) };
    };
    const linkTo = async (email: string) => new URL((await mailbox.newest('magic-link', email)).content.url);
    const codeTo = async (kind: 'sign-in-code' | 'forget-password-code' | 'email-verification-code', email: string) =>
      (await mailbox.newest(kind, email)).content.code;
    const signedUp = async () => {
      const email = freshEmail();
      const { browser, client } = clientIn();
      await client['signUp']!['email']!({ email, password: PASSWORD, name: 'Ada' });
      return { email, browser, client };
    };

    it('signIn.magicLink, then the link of the mail: signed in, at the callback address', async () => {
      const { browser, client } = clientIn();
      const email = freshEmail();
      const asked = await client['signIn']!['magicLink']!({ email, name: 'Ada', callbackURL: '/home' });
      expect(asked).toEqual({ data: { status: true }, error: null });
      const { pathname, search } = await linkTo(email);
      const opened = await browser.fetch(host.url + pathname + search, { headers: { accept: 'text/html' } });
      expect([opened.status, opened.headers.get('location')]).toEqual([302, '/home']);
      expect((await client['getSession']!()).data.user).toMatchObject({ email, name: 'Ada', emailVerified: true });
    });

    it('magicLink.verify: the session as JSON; a second time INVALID_TOKEN', async () => {
      const { client } = clientIn();
      const email = freshEmail();
      await client['signIn']!['magicLink']!({ email });
      const query = { token: (await linkTo(email)).searchParams.get('token') };
      const opened = await client['magicLink']!['verify']!({ query });
      expect(opened).toMatchObject({ error: null, data: { user: { email }, token: expect.any(String) } });
      expect((await client['getSession']!()).data.user.email).toBe(email);
      const again = await client['magicLink']!['verify']!({ query });
      expect(again.error).toMatchObject({ status: 401, code: 'INVALID_TOKEN' });
    });

    it('signIn.magicLink with an address elsewhere: INVALID_CALLBACK_URL', async () => {
      const { client } = clientIn();
      const wish = { email: freshEmail(), callbackURL: 'https://evil.example' };
      const refused = await client['signIn']!['magicLink']!(wish);
      expect(refused.error).toMatchObject({ status: 403, code: 'INVALID_CALLBACK_URL' });
    });

    it('emailOtp.sendVerificationOtp, signIn.emailOtp: signed in; a wrong one is INVALID_OTP', async () => {
      const { client } = clientIn();
      const email = freshEmail();
      const sent = await client['emailOtp']!['sendVerificationOtp']!({ email, type: 'sign-in' });
      expect(sent).toEqual({ data: { success: true }, error: null });
      const otp = await codeTo('sign-in-code', email);
      const refused = await client['signIn']!['emailOtp']!({ email, otp: otp === '111111' ? '222222' : '111111' });
      expect(refused.error).toMatchObject({ status: 400, code: 'INVALID_OTP', message: 'Invalid OTP' });
      const done = await client['signIn']!['emailOtp']!({ email, otp });
      expect(done).toMatchObject({ error: null, data: { token: expect.any(String), user: { email } } });
      expect(done.data.user.createdAt).toBeInstanceOf(Date);
      expect((await client['getSession']!()).data.user.email).toBe(email);
    });

    it('emailOtp.verifyEmail and checkVerificationOtp', async () => {
      const { email, client } = await signedUp();
      await client['emailOtp']!['sendVerificationOtp']!({ email, type: 'email-verification' });
      const otp = await codeTo('email-verification-code', email);
      const checked = await client['emailOtp']!['checkVerificationOtp']!({ email, type: 'email-verification', otp });
      expect(checked).toEqual({ data: { success: true }, error: null });
      const verified = await client['emailOtp']!['verifyEmail']!({ email, otp });
      expect(verified).toMatchObject({ error: null, data: { status: true, token: null, user: { email } } });
      expect((await client['getSession']!()).data.user.emailVerified).toBe(true);
    });

    it.each(['emailOtp.requestPasswordReset', 'forgetPassword.emailOtp'])(
      '%s, emailOtp.resetPassword',
      async (name) => {
        const { email, client } = await signedUp();
        const [group, method] = name.split('.') as [string, string];
        expect(await client[group]![method]!({ email })).toEqual({ data: { success: true }, error: null });
        const otp = await codeTo('forget-password-code', email);
        const done = await client['emailOtp']!['resetPassword']!({ email, otp, password: NEW_PASSWORD });
        expect(done).toEqual({ data: { success: true }, error: null });
        const back = await clientIn().client['signIn']!['email']!({ email, password: NEW_PASSWORD });
        expect(back.error).toBeNull();
      },
    );

    it('emailOtp.requestEmailChange, emailOtp.changeEmail', async () => {
      const { client } = await signedUp();
      const newEmail = freshEmail();
      const asked = await client['emailOtp']!['requestEmailChange']!({ newEmail });
      expect(asked).toEqual({ data: { success: true }, error: null });
      const { code: otp } = (await mailbox.newest('change-email-code', newEmail)).content;
      expect(await client['emailOtp']!['changeEmail']!({ newEmail, otp })).toEqual({
        data: { success: true },
        error: null,
      });
      expect((await client['getSession']!()).data.user).toMatchObject({ email: newEmail, emailVerified: true });
    });
  },
);
