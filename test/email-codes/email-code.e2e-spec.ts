import { createTestApp, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { TestContinuation, TestContinuationModule } from '../support/continuation.js';
import { send } from '../support/http.js';
import { Mailbox } from '../support/mailbox.js';
import { TestFactorModule } from '../support/second-factor.js';
import { guarded } from '../support/tokens.js';
import { until } from '../support/until.js';
import { signIn, signUp, TEST_PASSWORD } from '../support/users.js';
import { UsersService, type MailKind } from '../../src/index.js';

let count = 0;
const fresh = (name = 'cleo') => `${name}-${++count}@example.com`;

describe('codes by mail', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({
      auth: { mail: mailbox.mail, accounts: { emailCode: { enabled: true } } },
      imports: [TestContinuationModule, TestFactorModule],
    });
  });
  afterAll(() => host?.close());

  const call = (route: string, body: object, bearer?: string) =>
    send(`${host.url}/api/auth/${route}`, { body, ...(bearer !== undefined && { bearer }) });
  const ask = async (email: string, type = 'sign-in', spelled = email) => {
    const before = mailbox.messages.length;
    expect((await call('email-otp/send-verification-otp', { email: spelled, type })).body).toEqual({ success: true });
    return codeOf(`${type}-code` as MailKind, email, before);
  };
  const codeOf = async (kind: MailKind, email: string, before = 0) =>
    ((await mailbox.newest(kind, email, before)).content as { code: string }).code;
  const verifiedUser = async (name?: string) => {
    const email = fresh(name);
    const { id } = await host.app.get(UsersService).seed({ email, emailVerified: true, password: TEST_PASSWORD });
    return { id, email };
  };
  const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

  it('200 signs in once; RFC 8176 otp; the code is not in the database', async () => {
    const { id, email } = await verifiedUser();
    const otp = await ask(email, 'sign-in', email.toUpperCase());
    expect(otp).toMatch(/^\d{6}$/);
    expect(
      JSON.stringify(await host.sql('SELECT * FROM auth_one_time_secret WHERE subject = $1', [email])),
    ).not.toContain(otp);
    const done = await call('sign-in/email-otp', { email, otp: ` ${otp.slice(0, 3)} ${otp.slice(3)}` });
    expect([done.status, done.body.user.id, await guarded(host, done.body.token)]).toEqual([200, id, 200]);
    expect(await host.sql('SELECT amr FROM auth_session WHERE subject = $1', [id])).toEqual([{ amr: ['otp'] }]);
    const again = await call('sign-in/email-otp', { email, otp });
    expect([again.status, again.body.code, again.body.message]).toEqual([400, 'INVALID_OTP', 'Invalid OTP']);
  });

  it('a new user is made, verified; nobody else is told apart', async () => {
    const email = fresh();
    const otp = await ask(email);
    const done = await call('sign-in/email-otp', { email, otp, name: 'Cleo' });
    expect(done.body.user).toMatchObject({ email, emailVerified: true, name: 'Cleo' });
    const server = await call('sign-in/email-otp', { email, otp, role: 'admin', emailVerified: false });
    expect(server.body.code).toBe('INVALID_OTP');
  });

  it('400 INVALID_OTP: one code and text for a wrong, expired, other and unknown one', async () => {
    const { email } = await verifiedUser();
    const otp = await ask(email);
    const reset = await ask(email, 'forget-password');
    const tries = [
      await call('sign-in/email-otp', { email, otp: wrong(otp) }),
      await call('sign-in/email-otp', { email, otp: reset === otp ? wrong(otp) : reset }),
      await call('sign-in/email-otp', { email, otp: 'words' }),
      await call('sign-in/email-otp', { email: 'nobody@example.com', otp }),
    ];
    await host.sql(`UPDATE auth_one_time_secret SET expires_at = now() - interval '1 s' WHERE subject = $1`, [email]);
    tries.push(await call('sign-in/email-otp', { email, otp }));
    const bodies = tries.map(({ status, body }) => [status, body]);
    expect(new Set(bodies.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(bodies[0]).toEqual([400, expect.objectContaining({ code: 'INVALID_OTP', message: 'Invalid OTP' })]);
  });

  it('T126 403 TOO_MANY_ATTEMPTS five wrong ones for an address, however many codes are sent; then no right one counts', async () => {
    const { email } = await verifiedUser();
    for (let time = 0; time < 5; time++) {
      const otp = await ask(email);
      const refused = await call('sign-in/email-otp', { email, otp: wrong(otp) });
      expect(refused.body.code).toBe('INVALID_OTP');
    }
    const otp = await ask(email);
    for (const guess of [otp, wrong(otp)]) {
      const late = await call('sign-in/email-otp', { email, otp: guess });
      expect([late.status, late.body.code]).toEqual([403, 'TOO_MANY_ATTEMPTS']);
    }
    // The same for an address that nobody has.
    for (let time = 0; time < 5; time++) await call('sign-in/email-otp', { email: 'none@example.com', otp: '123456' });
    const late = await call('sign-in/email-otp', { email: 'none@example.com', otp: '123456' });
    expect(late.body.code).toBe('TOO_MANY_ATTEMPTS');
  });

  it('right ones do not count as guesses, and an earlier code stays good after a resend', async () => {
    const { email } = await verifiedUser();
    for (let time = 0; time < 7; time++) {
      const first = await ask(email);
      await ask(email);
      expect((await call('sign-in/email-otp', { email, otp: first })).status).toBe(200);
    }
  });

  it('T121 an address that nobody has gets the same answer for a new password, and no message', async () => {
    const { email } = await verifiedUser();
    for (const route of ['email-otp/request-password-reset', 'forget-password/email-otp']) {
      const [unknown, known] = [await call(route, { email: 'gone@example.com' }), await call(route, { email })];
      expect([unknown.status, unknown.body]).toEqual([200, { success: true }]);
      expect(known.body).toEqual(unknown.body);
    }
    await until('all orders are done', async () => (await host.sql('SELECT id FROM auth_mail')).length === 0);
    expect(mailbox.messages.filter(({ to }) => to === 'gone@example.com')).toEqual([]);
    expect(mailbox.messages.filter(({ to, kind }) => to === email && kind === 'forget-password-code')).toHaveLength(2);
  });

  it('check spends nothing; the new password does, ends sessions, and a bad password leaves the code', async () => {
    const user = await signUp(host.url, { email: fresh() });
    const { email } = user;
    const otp = await ask(email, 'forget-password');
    const type = 'forget-password';
    expect((await call('email-otp/check-verification-otp', { email, type, otp })).body).toEqual({ success: true });
    const bad = await call('email-otp/check-verification-otp', { email, type, otp: wrong(otp) });
    expect([bad.status, bad.body.code]).toEqual([400, 'INVALID_OTP']);
    const short = await call('email-otp/reset-password', { email, otp, password: 'short' });
    expect(short.body.code).toBe('PASSWORD_TOO_SHORT');
    const password = 'another horse, another staple';
    expect((await call('email-otp/reset-password', { email, otp, password })).body).toEqual({ success: true });
    expect(await guarded(host, user.token)).toBe(401);
    await signIn(host.url, email, password);
    expect((await call('email-otp/reset-password', { email, otp, password })).body.code).toBe('INVALID_OTP');
  });

  it('verifies an address: a token only where the options sign in', async () => {
    const user = await signUp(host.url, { email: fresh() });
    const otp = await ask(user.email, 'email-verification');
    const done = await call('email-otp/verify-email', { email: user.email, otp });
    expect(done.body).toMatchObject({ status: true, token: null, user: { id: user.id, emailVerified: true } });
    expect(await guarded(host, user.token)).toBe(200);
    expect((await call('email-otp/verify-email', { email: user.email, otp })).body.code).toBe('INVALID_OTP');
  });

  it('T123 an unverified account that somebody else has made: what they set up ends', async () => {
    const attacker = await signUp(host.url, { email: fresh() });
    const otp = await ask(attacker.email);
    const done = await call('sign-in/email-otp', { email: attacker.email, otp });
    expect(done.body.user).toMatchObject({ id: attacker.id, emailVerified: true });
    expect(await guarded(host, attacker.token)).toBe(401);
    const body = { email: attacker.email, password: attacker.password };
    expect((await call('sign-in/email', body)).status).toBe(401);
  });

  it('T122 a change of password, or the end of the user, voids codes', async () => {
    const [one, two] = [await verifiedUser(), await verifiedUser()];
    const [first, second] = [await ask(one.email), await ask(two.email)];
    const { token } = await signIn(host.url, one.email);
    await call('change-password', { currentPassword: TEST_PASSWORD, newPassword: 'a good password 2' }, token);
    expect((await call('sign-in/email-otp', { email: one.email, otp: first })).body.code).toBe('INVALID_OTP');
    await host.app.get(UsersService).disable(two.id);
    expect((await call('sign-in/email-otp', { email: two.email, otp: second })).body.code).toBe('INVALID_OTP');
  });

  it('T125 another factor is due as after a password', async () => {
    const { id, email } = await verifiedUser('two');
    const done = await call('sign-in/email-otp', { email, otp: await ask(email) });
    expect(done.body).toEqual({ twoFactorRedirect: true });
    expect(await host.sql('SELECT id FROM auth_session WHERE subject = $1', [id])).toEqual([]);
  });

  it('an authorization request that waits goes on', async () => {
    const { email } = await verifiedUser();
    const body = { email, otp: await ask(email), oauth_query: TestContinuation.GOOD };
    expect((await call('sign-in/email-otp', body)).body).toEqual({
      redirect: true,
      url: 'https://client.example/cb?code=1',
    });
    expect(TestContinuation.calls.at(-1)).toMatchObject({ methods: ['otp'] });
  });

  it('403 a page of another site signs nobody in', async () => {
    const { email } = await verifiedUser();
    const headers = { origin: 'https://evil.example' };
    const answer = await send(`${host.url}/api/auth/sign-in/email-otp`, { headers, body: { email, otp: '1' } });
    expect([answer.status, answer.body.code]).toEqual([403, 'INVALID_ORIGIN']);
    expect(new Browser().cookies.size).toBe(0);
  });

  it('changes the address by codes from both ends', async () => {
    const { id, email } = await verifiedUser();
    const { token } = await signIn(host.url, email);
    const newEmail = fresh();
    const request = (body: object) => call('email-otp/request-email-change', body, token);
    expect((await request({ newEmail: email })).body.code).toBe('EMAIL_IS_THE_SAME');
    expect((await request({ newEmail })).body.message).toBe('OTP is required to verify current email');
    expect((await request({ newEmail, otp: '000000' })).body.code).toBe('INVALID_OTP');
    const link = await ask(email);
    expect((await request({ newEmail, otp: await ask(email, 'email-verification') })).body).toEqual({ success: true });
    const otp = await codeOf('change-email-code', newEmail);
    const other = await signIn(host.url, (await verifiedUser()).email);
    const change = (bearer: string, body: object) => call('email-otp/change-email', body, bearer);
    expect((await change(other.token, { newEmail, otp })).body.code).toBe('INVALID_OTP');
    expect((await change(token, { newEmail, otp })).body).toEqual({ success: true });
    expect(await host.sql('SELECT email, email_verified FROM auth_user WHERE id = $1', [id])).toEqual([
      { email: newEmail, email_verified: true },
    ]);
    const told = (await mailbox.newest('email-changed', email)).content;
    expect([told.newEmail, typeof told.url]).toEqual([newEmail, 'string']);
    expect((await call('sign-in/email-otp', { email, otp: link })).body.code).toBe('INVALID_OTP');
    expect((await change(token, { newEmail: fresh(), otp })).body.code).toBe('INVALID_OTP');
  });

  it('an address that is taken gets no code, and nobody is told', async () => {
    const [taken, { email }] = [await verifiedUser(), await verifiedUser()];
    const { token } = await signIn(host.url, email);
    const body = { newEmail: taken.email, otp: await ask(email, 'email-verification') };
    expect((await call('email-otp/request-email-change', body, token)).body).toEqual({ success: true });
    await until('all orders are done', async () => (await host.sql('SELECT id FROM auth_mail')).length === 0);
    expect(mailbox.messages.filter(({ to, kind }) => to === taken.email && kind === 'change-email-code')).toEqual([]);
  });

  it('an address that somebody has taken meanwhile is refused, and nothing changes', async () => {
    const user = await signUp(host.url, { email: fresh() });
    const newEmail = fresh();
    await call('email-otp/request-email-change', { newEmail }, user.token);
    const otp = await codeOf('change-email-code', newEmail);
    await host.app.get(UsersService).seed({ email: newEmail });
    const late = await call('email-otp/change-email', { newEmail, otp }, user.token);
    expect([late.status, late.body.code]).toEqual([400, 'EMAIL_ALREADY_IN_USE']);
    expect(await guarded(host, user.token)).toBe(200);
  });

  it('400 what is not there: the type of a change of address, an unknown type, half an address', async () => {
    const order = (body: object) => call('email-otp/send-verification-otp', body);
    expect((await order({ email: 'a@example.com', type: 'change-email' })).body.message).toBe('Invalid OTP type');
    expect((await order({ email: 'a@example.com', type: 'other' })).status).toBe(400);
    expect((await order({ email: 'half', type: 'sign-in' })).body.code).toBe('INVALID_EMAIL');
    expect(
      (await send(`${host.url}/api/auth/email-otp/get-verification-otp?email=a@example.com&type=sign-in`)).status,
    ).toBe(404);
  });
});
