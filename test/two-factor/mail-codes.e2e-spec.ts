import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { Mailbox } from '../support/mailbox.js';
import { codeOf, TwoFactorHost, type FactorUser } from '../support/two-factor.js';
import { signUp, type SignedInUser } from '../support/users.js';

describe('codes by mail', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  let factor: TwoFactorHost;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createTestApp({ auth: { mail: mailbox.mail, twoFactor: true } });
    factor = new TwoFactorHost(host);
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    user = await signUp(host.url);
    await host.sql('UPDATE auth_user SET email_verified = true WHERE id::text = $1', [user.id]);
    mailbox.messages.length = 0;
  });

  const choose = () => factor.post('enable', { password: user.password, method: 'otp' }, { bearer: user.token });
  const sent = async () => (await mailbox.newest('second-factor-code', user.email)).content;
  const another = (code: string) => (code === '000000' ? '000001' : '000000');

  it('200 chosen with the password: on at once, with backup codes, and a session that goes on', async () => {
    const on = await choose();
    expect([on.status, on.body.method, on.body.backupCodes.length]).toEqual([200, 'otp', 10]);
    const token = decodeURIComponent(on.headers.get('set-auth-token')!).split('.')[0]!;
    expect((await factor.currentUser(token))!.twoFactorEnabled).toBe(true);
    expect(await factor.currentUser(user.token)).toBeNull();
    const { subject, content } = await mailbox.newest('credential-changed', user.email);
    expect([subject, content]).toMatchObject(['Your second step is a code by mail now', { change: 'factor' }]);
  });

  it('403 EMAIL_NOT_VERIFIED: whoever mistyped their address would lock themselves out', async () => {
    await host.sql('UPDATE auth_user SET email_verified = false WHERE id::text = $1', [user.id]);
    expect((await choose()).body.code).toBe('EMAIL_NOT_VERIFIED');
  });

  it('200 signs in by a code of the mail, once', async () => {
    await choose();
    const answer = await factor.signIn(user);
    expect(answer.body.twoFactorMethods).toEqual(['otp']);
    const { twoFactorToken } = answer.body;
    expect((await factor.post('send-otp', { twoFactorToken })).body).toEqual({ status: true });
    const { code, expiresAt } = await sent();
    expect(code).toMatch(/^\d{6}$/);
    expect(expiresAt.getTime() - Date.now()).toBeGreaterThan(280_000);
    const done = await factor.post('verify-otp', { code, twoFactorToken });
    expect((await factor.currentUser(done.body.token))!.id).toBe(user.id);
    const again = await factor.challenge(user);
    await factor.post('send-otp', { twoFactorToken: again });
    expect((await factor.post('verify-otp', { code, twoFactorToken: again })).status).not.toBe(200);
  });

  it('a code is bound to the sign-in that it was sent for', async () => {
    await choose();
    const [one, other] = [await factor.challenge(user), await factor.challenge(user)];
    await factor.post('send-otp', { twoFactorToken: one });
    const { code } = await sent();
    const stolen = await factor.post('verify-otp', { code, twoFactorToken: other });
    expect([stolen.status, stolen.body.code]).toEqual([400, 'OTP_HAS_EXPIRED']);
    expect((await factor.post('verify-otp', { code, twoFactorToken: one })).status).toBe(200);
  });

  it('400 OTP_HAS_EXPIRED when none was sent, and when it is too old; 401 INVALID_CODE for a wrong one', async () => {
    await choose();
    const twoFactorToken = await factor.challenge(user);
    const verify = async (code: string) => (await factor.post('verify-otp', { code, twoFactorToken })).body.code;
    expect(await verify('123456')).toBe('OTP_HAS_EXPIRED');
    await factor.post('send-otp', { twoFactorToken });
    const { code } = await sent();
    expect(await verify(another(code))).toBe('INVALID_CODE');
    await host.sql('UPDATE auth_one_time_secret SET expires_at = now()');
    expect(await verify(code)).toBe('OTP_HAS_EXPIRED');
  });

  it('T126 five guesses over all codes of one sign-in, ten over all sign-ins of an account', async () => {
    await choose();
    const guesses = async (twoFactorToken: string) => {
      const codeAgain = async () => {
        const before = mailbox.messages.length;
        await factor.post('send-otp', { twoFactorToken });
        return (await mailbox.newest('second-factor-code', user.email, before)).content.code;
      };
      const code = await codeAgain();
      const codes: string[] = [];
      for (let turn = 0; turn < 5; turn++) {
        if (turn === 2) await codeAgain();
        codes.push((await factor.post('verify-otp', { code: another(code), twoFactorToken })).body.code);
      }
      return codes;
    };
    const first = await factor.challenge(user);
    expect(new Set(await guesses(first))).toEqual(new Set(['INVALID_CODE']));
    const sixth = await factor.post('verify-otp', { code: (await sent()).code, twoFactorToken: first });
    expect(sixth.body.code).toBe('TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE');
    await guesses(await factor.challenge(user));
    const third = await factor.post('verify-otp', { code: '123456', twoFactorToken: await factor.challenge(user) });
    expect(third.body.code).toBe('ACCOUNT_TEMPORARILY_LOCKED');
    expect((await mailbox.newest('second-factor-locked', user.email)).content.at).toBeInstanceOf(Date);
  });

  it('429 a fourth mail for one sign-in, and an eleventh for one account within an hour', async () => {
    await choose();
    const statuses: number[] = [];
    for (let round = 0; round < 4; round++) {
      const twoFactorToken = await factor.challenge(user);
      for (let turn = 0; turn < 4; turn++) statuses.push((await factor.post('send-otp', { twoFactorToken })).status);
    }
    expect(statuses).toEqual([200, 200, 200, 429, 200, 200, 200, 429, 200, 200, 200, 429, 200, 429, 429, 429]);
  });

  it('T125 400 OTP_NOT_CONFIGURED beside an app: a mailbox, which resets the password, is no second factor there', async () => {
    const owner: FactorUser = await factor.enrolled(user);
    const answer = await factor.signIn(user);
    expect(answer.body.twoFactorMethods).toEqual(['totp']);
    const { twoFactorToken } = answer.body;
    expect((await factor.post('send-otp', { twoFactorToken })).body.code).toBe('OTP_NOT_CONFIGURED');
    expect((await factor.post('verify-otp', { code: '123456', twoFactorToken })).body.code).toBe('OTP_NOT_CONFIGURED');
    expect((await factor.post('verify-totp', { code: codeOf(owner.secret), twoFactorToken })).status).toBe(200);
  });

  it('an app that is set up takes their place', async () => {
    const on = await choose();
    const token = decodeURIComponent(on.headers.get('set-auth-token')!).split('.')[0]!;
    await factor.post('send-otp', {}, { bearer: token });
    await factor.post('verify-otp', { code: (await sent()).code }, { bearer: token });
    await factor.enrolled({ ...user, token });
    expect((await factor.signIn(user)).body.twoFactorMethods).toEqual(['totp']);
  });

  it('a reset of the password does not switch it off, and voids what is under way', async () => {
    await choose();
    const twoFactorToken = await factor.challenge(user);
    await factor.post('send-otp', { twoFactorToken });
    const { code } = await sent();
    await send(`${host.url}/api/auth/request-password-reset`, { body: { email: user.email } });
    const { url } = (await mailbox.newest('reset-password', user.email)).content;
    const newPassword = 'another horse, another staple';
    const body = { newPassword, token: new URL(url).pathname.split('/').at(-1) };
    expect((await send(`${host.url}/api/auth/reset-password`, { body })).status).toBe(200);
    expect((await factor.post('verify-otp', { code, twoFactorToken })).body.code).toBe('INVALID_TWO_FACTOR_COOKIE');
    expect((await factor.signIn({ ...user, password: newPassword })).body.twoFactorMethods).toEqual(['otp']);
  });

  it('no message and no row holds a code in the open', async () => {
    await choose();
    const twoFactorToken = await factor.challenge(user);
    await factor.post('send-otp', { twoFactorToken });
    const { code } = await sent();
    const rows = await host.sql<{ row: string }>(
      'SELECT s::text AS row FROM auth_one_time_secret s UNION ALL SELECT m::text FROM auth_mail m',
    );
    expect(rows.filter(({ row }) => new RegExp(`\\b${code}\\b`).test(row))).toEqual([]);
  });
});

describe('codes by mail where nobody sends mail', () => {
  it('400 OTP_NOT_CONFIGURED', async () => {
    const host = await createTestApp({ auth: { twoFactor: true } });
    try {
      const factor = new TwoFactorHost(host);
      const user = await signUp(host.url);
      const answer = await factor.post('enable', { password: user.password, method: 'otp' }, { bearer: user.token });
      expect([answer.status, answer.body.code]).toEqual([400, 'OTP_NOT_CONFIGURED']);
    } finally {
      await host.close();
    }
  });
});
