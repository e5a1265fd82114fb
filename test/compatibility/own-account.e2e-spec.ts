import { createTestApp, type TestApp } from '../support/app.js';
import { CLIENTS, ClientKit, NEW_PASSWORD, PASSWORD } from '../support/better-auth-clients.js';
import { newAddress, verified } from '../support/email-changes.js';
import { Mailbox } from '../support/mailbox.js';

const tokenOf = (link: string) => new URL(link).searchParams.get('token')!;
const status = { error: null, data: { status: true } };

describe.each(CLIENTS)(
  'better-auth/client $version on $adapter: what users change themselves',
  ({ adapter, create }) => {
    const mailbox = new Mailbox();
    let host: TestApp;
    beforeAll(async () => {
      const accounts = { deleteUser: { confirmByMail: true } };
      host = await createTestApp({ adapter, auth: { mail: mailbox.mail, accounts } });
    });
    afterAll(() => host?.close());
    const { cookieClient, plainClient, signedUp } = new ClientKit(create, () => host.url);

    it('3 changeEmail and verifyEmail: both links, and the session shows the new address', async () => {
      const { client, email, data } = await signedUp();
      await verified(host, data.user.id);
      const newEmail = newAddress();
      expect(await client['changeEmail']!({ newEmail, callbackURL: '/settings' })).toMatchObject(status);
      const first = await mailbox.newest('change-email-confirm', email);
      expect(await client['verifyEmail']!({ query: { token: tokenOf(first.content.url) } })).toMatchObject(status);
      const second = await mailbox.newest('change-email-verify', newEmail);
      const token = tokenOf(second.content.url);
      expect((await plainClient()['verifyEmail']!({ query: { token } })).error).toMatchObject({ status: 401 });
      const other = await signedUp();
      const foreign = await other.client['verifyEmail']!({ query: { token } });
      expect(foreign.error).toMatchObject({ status: 401, code: 'INVALID_USER', message: 'Invalid user' });
      const done = await client['verifyEmail']!({ query: { token } });
      expect(done).toMatchObject({
        error: null,
        data: { status: true, user: { email: newEmail, emailVerified: true } },
      });
      expect((await client['getSession']!()).data.user.email).toBe(newEmail);
      const replay = await client['verifyEmail']!({ query: { token } });
      expect(replay.error).toMatchObject({ status: 401, code: 'INVALID_TOKEN' });
    });

    it('3 changeEmail: what is refused, in the words of the upstream server', async () => {
      const { client, email } = await signedUp();
      const same = await client['changeEmail']!({ newEmail: email });
      expect(same.error).toMatchObject({ status: 400, message: 'Email is the same' });
      const evil = await client['changeEmail']!({ newEmail: newAddress(), callbackURL: 'https://evil.example' });
      expect(evil.error).toMatchObject({ status: 403, code: 'INVALID_CALLBACK_URL' });
      expect((await plainClient()['changeEmail']!({ newEmail: newAddress() })).error).toMatchObject({ status: 401 });
    });

    it('1 verifyEmail and sendVerificationEmail on the same route', async () => {
      const { client, email } = await signedUp();
      expect(await client['sendVerificationEmail']!({ email })).toMatchObject(status);
      const { content } = await mailbox.newest('verify-email', email);
      const done = await client['verifyEmail']!({ query: { token: tokenOf(content.url) } });
      expect(done).toMatchObject({ error: null, data: { status: true, user: null } });
    });

    it('3 setPassword and verifyPassword', async () => {
      const { client, email, data } = await signedUp();
      expect(await client['verifyPassword']!({ password: PASSWORD })).toMatchObject(status);
      const wrong = await client['verifyPassword']!({ password: 'wrong horse' });
      expect(wrong.error).toMatchObject({ status: 400, code: 'INVALID_PASSWORD' });
      const has = await client['setPassword']!({ newPassword: NEW_PASSWORD });
      expect(has.error).toMatchObject({ status: 400, code: 'PASSWORD_ALREADY_SET' });
      await host.sql('UPDATE auth_user SET password_hash = NULL WHERE id = $1', [data.user.id]);
      expect(await client['setPassword']!({ newPassword: NEW_PASSWORD })).toMatchObject(status);
      const signIn = await cookieClient().client['signIn']!['email']!({ email, password: NEW_PASSWORD });
      expect(signIn.error).toBeNull();
    });

    it('3 deleteUser by the link of the mail: the token in the body, or the link in the browser', async () => {
      const first = await signedUp();
      const asked = await first.client['deleteUser']!({ password: PASSWORD });
      expect(asked).toMatchObject({ error: null, data: { success: true, message: 'Verification email sent' } });
      const token = tokenOf((await mailbox.newest('delete-user', first.email)).content.url);
      const done = await first.client['deleteUser']!({ token });
      expect(done).toMatchObject({ error: null, data: { success: true, message: 'User deleted' } });
      expect((await first.client['getSession']!()).data).toBeNull();
      const second = await signedUp();
      await second.client['deleteUser']!({ callbackURL: '/goodbye' });
      const link = new URL((await mailbox.newest('delete-user', second.email)).content.url);
      const clicked = await second.browser.fetch(host.url + link.pathname + link.search);
      expect([clicked.status, clicked.headers.get('location')]).toEqual([302, '/goodbye']);
      expect(second.browser.cookies.size).toBe(0);
    });
  },
);
