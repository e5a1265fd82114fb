import { twoFactorClient as plugin17 } from 'better-auth/client/plugins';
import { twoFactorClient as plugin16 } from 'better-auth-16/client/plugins';
import { createTestApp, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { ClientKit, CLIENTS, PASSWORD, type LooseClient } from '../support/better-auth-clients.js';
import { Mailbox } from '../support/mailbox.js';
import { codeOf, TwoFactorHost, wrongCodeOf } from '../support/two-factor.js';

const PLUGINS = { '1.7.25': plugin17, '1.6.34': plugin16 } as const;

describe.each(CLIENTS)(
  'better-auth/client $version with twoFactorClient() on $adapter',
  ({ version, adapter, create }) => {
    const mailbox = new Mailbox();
    let host: TestApp;
    let asked: unknown[];
    beforeAll(async () => {
      const auth = { mail: mailbox.mail, twoFactor: { issuer: 'My Iss' }, trustedOrigins: ['http://localhost:3000'] };
      host = await createTestApp({ adapter, auth });
    });
    afterAll(() => host?.close());
    beforeEach(() => {
      asked = [];
    });

    const kit = new ClientKit(
      (options) =>
        create({
          ...options,
          plugins: [PLUGINS[version]({ onTwoFactorRedirect: (given: unknown) => void asked.push(given) })],
        }),
      () => host.url,
    );
    const user = async () => {
      const signedUp = await kit.signedUp();
      const { client, data } = signedUp;
      const made = await client['twoFactor']!['enable']!({ password: PASSWORD });
      const secret = new URL(made.data.totpURI).searchParams.get('secret')!;
      return { ...signedUp, id: data.user.id as string, made, secret };
    };
    const activated = async () => {
      const one = await user();
      const on = await one.client['twoFactor']!['verifyTotp']!({ code: codeOf(one.secret) });
      await new TwoFactorHost(host).forgetStep(one.id);
      return { ...one, on };
    };
    const signIn = (client: LooseClient, email: string) => client['signIn']!['email']!({ email, password: PASSWORD });

    it('enable, verifyTotp: on, with a live session that says so', async () => {
      const { client, made, on, email } = await activated();
      expect(made).toEqual({
        error: null,
        data: expect.objectContaining({
          totpURI: expect.stringMatching(/^otpauth:\/\/totp\/My%20Iss:/),
          backupCodes: expect.arrayContaining([expect.stringMatching(/^\w{5}-\w{5}$/)]),
        }),
      });
      expect(on).toMatchObject({
        error: null,
        data: { token: expect.any(String), user: { email, twoFactorEnabled: true } },
      });
      expect((await client['getSession']!()).data.user.twoFactorEnabled).toBe(true);
    });

    it('onTwoFactorRedirect is told the methods, and verifyTotp signs in', async () => {
      const { email, secret } = await activated();
      const { client } = kit.cookieClient();
      const first = await signIn(client, email);
      expect(first).toMatchObject({ error: null, data: { twoFactorRedirect: true } });
      expect(asked).toEqual([{ twoFactorMethods: ['totp'] }]);
      expect((await client['getSession']!()).data).toBeNull();
      const wrong = await client['twoFactor']!['verifyTotp']!({ code: wrongCodeOf(secret) });
      expect(wrong.error).toMatchObject({ status: 401, code: 'INVALID_CODE' });
      const done = await client['twoFactor']!['verifyTotp']!({ code: codeOf(secret) });
      expect(done).toMatchObject({ error: null, data: { user: { email } } });
      expect((await client['getSession']!()).data.user.email).toBe(email);
    });

    it('trustDevice: the next sign-in in this browser is not asked', async () => {
      const { email, secret } = await activated();
      const { client } = kit.cookieClient();
      await signIn(client, email);
      await client['twoFactor']!['verifyTotp']!({ code: codeOf(secret), trustDevice: true });
      await client['signOut']!();
      const again = await signIn(client, email);
      expect([again.data.user.email, asked.length]).toEqual([email, 1]);
    });

    it('verifyBackupCode, generateBackupCodes, getTotpUri, disable', async () => {
      const { client, email, made, secret } = await activated();
      const { client: other } = kit.cookieClient();
      await signIn(other, email);
      const spent = await other['twoFactor']!['verifyBackupCode']!({ code: made.data.backupCodes[0] });
      expect(spent).toMatchObject({ error: null, data: { user: { email }, backupCodesLeft: 9 } });
      const codes = await client['twoFactor']!['generateBackupCodes']!({ password: PASSWORD });
      expect(codes.data).toEqual({ status: true, backupCodes: expect.any(Array) });
      const uri = await client['twoFactor']!['getTotpUri']!({ password: PASSWORD });
      expect(new URL(uri.data.totpURI).searchParams.get('secret')).toBe(secret);
      expect((await client['twoFactor']!['disable']!({ password: PASSWORD })).data).toEqual({ status: true });
      expect((await client['getSession']!()).data.user.twoFactorEnabled).toBe(false);
    });

    it('sendOtp, verifyOtp', async () => {
      const { client, data, email } = await kit.signedUp();
      await host.sql('UPDATE auth_user SET email_verified = true WHERE id::text = $1', [data.user.id]);
      const on = await client['twoFactor']!['enable']!({ password: PASSWORD, method: 'otp' });
      expect(on.data).toMatchObject({ method: 'otp' });
      expect((await client['getSession']!()).data.user.twoFactorEnabled).toBe(true);
      const { client: other } = kit.cookieClient(new Browser());
      await signIn(other, email);
      expect(asked).toEqual([{ twoFactorMethods: ['otp'] }]);
      expect((await other['twoFactor']!['sendOtp']!()).data).toEqual({ status: true });
      const { code } = (await mailbox.newest('second-factor-code', email)).content;
      const done = await other['twoFactor']!['verifyOtp']!({ code });
      expect(done).toMatchObject({ error: null, data: { token: expect.any(String), user: { email } } });
    });

    it('wrong passwords and missing challenges have the codes that the client knows', async () => {
      const { client, secret } = await activated();
      const refused = await client['twoFactor']!['disable']!({ password: 'wrong' });
      expect(refused.error).toMatchObject({ status: 400, code: 'INVALID_PASSWORD' });
      const { client: stranger } = kit.cookieClient();
      const nobody = await stranger['twoFactor']!['verifyTotp']!({ code: codeOf(secret) });
      expect(nobody.error).toMatchObject({ status: 401, code: 'INVALID_TWO_FACTOR_COOKIE' });
      const view = await client['twoFactor']!['viewBackupCodes']!({ userId: 'x' });
      expect(view.error).toMatchObject({ status: 404 });
    });

    it('without cookies, by the token of the answer', async () => {
      const { email, secret } = await activated();
      const client = kit.plainClient();
      const { twoFactorToken } = (await signIn(client, email)).data;
      const done = await client['twoFactor']!['verifyTotp']!({ code: codeOf(secret), twoFactorToken });
      const session = await kit.bearerClient(done.data.token)['getSession']!();
      expect(session.data.user.email).toBe(email);
    });
  },
);
