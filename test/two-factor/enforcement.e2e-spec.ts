import { createTestApp, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { send } from '../support/http.js';
import { formOf, mainOf } from '../support/account-pages.js';
import { sendForm, textOf, visit, expectPage } from '../support/pages.js';
import { codeOf, TwoFactorHost, wrongCodeOf } from '../support/two-factor.js';
import { signUp, type SignedInUser } from '../support/users.js';

const secretOf = (totpURI: string) => new URL(totpURI).searchParams.get('secret')!;

describe('a second factor that the host asks for (requireFor)', () => {
  let host: TestApp;
  let factor: TwoFactorHost;
  let user: SignedInUser;
  beforeAll(async () => {
    const requireFor = ({ email }: { email: string }) => email.startsWith('staff-');
    host = await createTestApp({ auth: { twoFactor: { requireFor } } });
    factor = new TwoFactorHost(host);
  });
  afterAll(() => host?.close());
  let count = 0;
  beforeEach(async () => {
    user = await signUp(host.url);
    const email = `staff-${++count}@example.com`;
    await host.sql('UPDATE auth_user SET email = $2 WHERE id::text = $1', [user.id, email]);
    user = { ...user, email };
  });

  it('200 a program is told by a code, gets no session, sets an app up by the token, and is signed in', async () => {
    const answer = await factor.signIn(user);
    expect(answer.body).toEqual({
      twoFactorRedirect: true,
      twoFactorMethods: [],
      twoFactorToken: expect.any(String),
      code: 'TWO_FACTOR_ENROLMENT_REQUIRED',
    });
    const { twoFactorToken } = answer.body;
    const made = await factor.post('enable', { twoFactorToken });
    expect([made.status, made.body.backupCodes.length]).toEqual([200, 10]);
    const secret = secretOf(made.body.totpURI);
    const wrong = await factor.post('verify-totp', { code: wrongCodeOf(secret), twoFactorToken });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'INVALID_CODE']);
    const done = await factor.post('verify-totp', { code: codeOf(secret), twoFactorToken });
    expect((await factor.currentUser(done.body.token))!.twoFactorEnabled).toBe(true);
    await factor.forgetStep(user.id);
    const next = await factor.signIn(user);
    expect(next.body.twoFactorMethods).toEqual(['totp']);
    expect((await factor.post('verify-totp', { code: codeOf(secret), twoFactorToken })).body.code).toBe(
      'INVALID_TWO_FACTOR_COOKIE',
    );
  });

  it('a sign-up is asked too: there is no session before', async () => {
    const body = { email: `staff-new-${count}@example.com`, password: user.password, name: 'New' };
    const answer = await send(`${host.url}/api/auth/sign-up/email`, { body });
    expect([answer.status, answer.body.code]).toEqual([200, 'TWO_FACTOR_ENROLMENT_REQUIRED']);
    const rows = 'SELECT 1 FROM auth_session s JOIN auth_user u ON u.id::text = s.subject WHERE u.email = $1';
    expect(await host.sql(rows, [body.email])).toEqual([]);
  });

  it('the token of an enrolment opens nothing else, and that of a second factor sets nothing up', async () => {
    const { twoFactorToken } = (await factor.signIn(user)).body;
    for (const [route, body] of [
      ['verify-totp', { code: '123456' }],
      ['verify-backup-code', { code: 'aaaaa-bbbbb' }],
      ['send-otp', {}],
    ] as const)
      expect((await factor.post(route, { ...body, twoFactorToken })).status).toBe(400);
    for (const route of ['disable', 'get-totp-uri', 'generate-backup-codes'])
      expect((await factor.post(route, { password: user.password, twoFactorToken })).status).toBe(401);
    const other = await factor.enrolled(await signUp(host.url));
    const waiting = await factor.challenge(other);
    expect((await factor.post('enable', { twoFactorToken: waiting })).status).toBe(401);
  });

  it('others sign in as before', async () => {
    const other = await signUp(host.url);
    expect((await factor.signIn(other)).body.user.id).toBe(other.id);
  });

  it('403 TWO_FACTOR_REQUIRED: they cannot remove it', async () => {
    const owner = await factor.enrolled(user);
    const answer = await factor.post('disable', { password: user.password }, { bearer: owner.factorToken });
    expect([answer.status, answer.body.code]).toEqual([403, 'TWO_FACTOR_REQUIRED']);
  });

  it('in a browser: from the sign-in page to the page that sets it up, and on with a session', async () => {
    const browser = new Browser();
    const signIn = await visit(host, browser, '/api/auth/sign-in?continue=/reports');
    const fields = { ...formOf(signIn, '/sign-in'), email: user.email, password: user.password };
    const sent = await sendForm(host, browser, '/api/auth/sign-in', fields);
    expect(sent.location).toBe('/api/auth/two-factor/enrol?continue=%2Freports');
    const begin = await visit(host, browser, sent.location!);
    expectPage(begin);
    const made = await sendForm(host, browser, '/api/auth/two-factor/enrol/begin', formOf(begin, '/enrol/begin'));
    const page = await visit(host, browser, made.location!);
    expectPage(page);
    const secret = textOf(page, 'secret')!.replaceAll(' ', '');
    expect(mainOf(page).match(/<li><code>/g)).toHaveLength(10);
    const wrong = await sendForm(host, browser, '/api/auth/two-factor/enrol', {
      ...formOf(page, '/two-factor/enrol'),
      code: wrongCodeOf(secret),
    });
    expectPage(wrong, 401);
    expect(textOf(wrong, 'secret')!.replaceAll(' ', '')).toBe(secret);
    expect(textOf(wrong, 'setup-fault')).toMatch(/This code is wrong/);
    const done = await sendForm(host, browser, '/api/auth/two-factor/enrol', {
      ...formOf(wrong, '/two-factor/enrol'),
      code: codeOf(secret),
    });
    expect(done.location).toBe('/reports');
    const session = await send(`${host.url}/api/auth/get-session`, { headers: { cookie: browser.cookieHeader() } });
    expect(session.body.user).toMatchObject({ id: user.id, twoFactorEnabled: true });
  });

  it('the page without a sign-in that waits leads to the sign-in page', async () => {
    const page = await visit(host, new Browser(), '/api/auth/two-factor/enrol?continue=/reports');
    expect([page.status, page.location]).toEqual([303, '/api/auth/sign-in?continue=%2Freports']);
  });
});
