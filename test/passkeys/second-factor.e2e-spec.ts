import { Controller, Get } from '@nestjs/common';
import { Auth, CurrentPrincipal, UsersService, type AuthPrincipal } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { Authenticator } from '../support/authenticator.js';
import { Mailbox } from '../support/mailbox.js';
import { PasskeyPerson } from '../support/passkeys.js';
import { mainOf } from '../support/account-pages.js';
import { expectPage, visit } from '../support/pages.js';
import { MFA, PHR } from '../support/strength.js';
import { codeOf, wrongCodeOf } from '../support/two-factor.js';
import { TEST_PASSWORD } from '../support/users.js';

/** Whom the host wants to have a second factor. */
const isStaff = ({ email }: { readonly email: string }) => email.startsWith('staff-');

@Controller('sign-in-facts')
class FactsController {
  @Get()
  @Auth('session')
  of(@CurrentPrincipal() { claims }: AuthPrincipal) {
    return { amr: (claims['amr'] as string[]).toSorted(), acr: claims['acr'] };
  }
}

describe('a passkey as the second factor', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  let person: PasskeyPerson;
  let authenticator: Authenticator;
  let secret: string;
  beforeAll(async () => {
    host = await createTestApp({
      controllers: [FactsController],
      auth: {
        mail: mailbox.mail,
        twoFactor: { requireFor: isStaff },
        passkeys: { userVerification: 'preferred' },
      },
    });
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    person = await new PasskeyPerson(host.url).signUp();
    secret = await withApp(person);
    authenticator = await person.withPasskey();
    person.forgetCookies();
  });

  /** Sets an app up. @returns its secret */
  const withApp = async (one: PasskeyPerson): Promise<string> => {
    const { totpURI } = (await one.call('two-factor/enable', { password: TEST_PASSWORD })).body;
    const made = new URL(totpURI).searchParams.get('secret')!;
    const on = await one.call('two-factor/verify-totp', { code: codeOf(made) });
    if (on.status !== 200) throw new Error(`no app: ${on.status} ${on.text}`);
    await host.sql('UPDATE auth_two_factor SET last_step = 0 WHERE subject = $1', [one.userId]);
    return made;
  };
  const facts = async () => {
    const answer = await person.browser.fetch(`${host.url}/sign-in-facts`);
    return answer.status === 200 ? answer.json() : answer.status;
  };
  const sessions = async () =>
    (await host.sql('SELECT 1 FROM auth_session WHERE subject = $1', [person.userId])).length;
  const waits = () => [...person.browser.cookies.keys()].some((name) => name.includes('two_factor'));

  it.each([
    ['with a verified user', true, ['hwk', 'mfa', 'pwd', 'user'], PHR],
    ['without one', false, ['hwk', 'mfa', 'pwd'], MFA],
  ])(
    '200 %s it completes the sign-in that waits, and the session tells of both',
    async (_how, userVerified, amr, acr) => {
      const before = await sessions();
      const due = await person.signIn();
      expect(due.body).toMatchObject({ twoFactorRedirect: true, twoFactorMethods: ['totp', 'passkey'] });
      expect([await sessions(), await facts()]).toEqual([before, 401]);
      const done = await person.use(authenticator, { userVerified });
      expect(done).toMatchObject({ status: 200, body: { user: { id: person.userId }, session: expect.any(Object) } });
      expect(await facts()).toEqual({ amr, acr });
      expect([await sessions(), waits()]).toEqual([before + 1, false]);
    },
  );

  it('200 the options name the passkeys of whoever waits, and those of others complete nothing', async () => {
    await person.signIn();
    const options = await person.requestOptions();
    expect(options.allowCredentials).toEqual([expect.objectContaining({ id: authenticator.id })]);
    const stranger = await new PasskeyPerson(host.url).signUp();
    const foreign = await stranger.withPasskey();
    const refused = await person.verify(foreign.get(options));
    expect([refused.status, refused.body.code, await facts()]).toEqual([400, 'AUTHENTICATION_FAILED', 401]);
    // Nor by a challenge that is older than the first factor, and so for anybody: it is a sign-in of its own.
    person.forgetCookies();
    const open = await person.requestOptions();
    await person.signIn();
    const before = await sessions();
    const own = await person.verify(foreign.get(open));
    expect([own.status, own.body.user.id, await sessions()]).toEqual([200, stranger.userId, before]);
  });

  it('200 a browser that is to forget its user does', async () => {
    await person.call('sign-in/email', { email: person.email, password: TEST_PASSWORD, rememberMe: false });
    const { headers } = await person.use(authenticator);
    const cookie = headers.getSetCookie().find((line) => line.includes('session_token='))!;
    expect(cookie).not.toMatch(/max-age/i);
  });

  it('a sign-in that waits is spent once: one session of two passkeys at the same time', async () => {
    await person.signIn();
    const tabs = [await person.requestOptions(), await person.requestOptions()];
    const before = await sessions();
    const answers = await Promise.all(
      tabs.map((options) => person.verify(authenticator.get(options, { userVerified: false }))),
    );
    expect(answers.filter(({ body }) => body.session !== undefined)).toHaveLength(1);
    expect(await sessions()).toBe(before + 1);
  });

  it('400 one that verifies nobody is not both factors; a code beside it is', async () => {
    const due = await person.use(authenticator, { userVerified: false });
    expect(due.body).toMatchObject({ twoFactorRedirect: true, twoFactorMethods: ['totp'] });
    const before = await sessions();
    const again = await person.use(authenticator, { userVerified: false });
    expect([again.status, again.body.code]).toEqual([400, 'AUTHENTICATION_FAILED']);
    const other = await addedBy(codeOf(secret));
    // Nor another one: whoever has both in their bag has one factor.
    person.forgetCookies();
    await person.use(authenticator, { userVerified: false });
    const second = await person.use(other, { userVerified: false });
    expect([second.status, second.body.code, await facts()]).toEqual([400, 'AUTHENTICATION_FAILED', 401]);
    expect(await sessions()).toBe(before + 1);
    await host.sql('UPDATE auth_two_factor SET last_step = 0 WHERE subject = $1', [person.userId]);
    expect((await person.call('two-factor/verify-totp', { code: codeOf(secret) })).status).toBe(200);
    expect(await facts()).toEqual({ amr: ['hwk', 'mfa', 'otp'], acr: MFA });
  });

  /** Signs in by the code, and adds another passkey. */
  const addedBy = async (code: string): Promise<Authenticator> => {
    expect((await person.call('two-factor/verify-totp', { code })).status).toBe(200);
    return person.withPasskey();
  };

  it('the page offers it beside the code, but not after a passkey', async () => {
    await person.signIn();
    const page = await visit(host, person.browser, '/api/auth/two-factor?continue=/reports');
    expectPage(page);
    expect(mainOf(page)).toContain('href="/api/auth/sign-in/passkey?continue=%2Freports"');
    person.forgetCookies();
    await person.use(authenticator, { userVerified: false });
    const other = await visit(host, person.browser, '/api/auth/two-factor?continue=/reports');
    expectPage(other);
    expect(mainOf(other)).not.toContain('/sign-in/passkey');
  });

  it('whom the host wants to have a second factor, and who has a passkey, shows it and sets nothing up', async () => {
    person = new PasskeyPerson(host.url);
    const email = `staff-${person.email}`;
    // They were not of the staff when they made it.
    await person.signUp();
    authenticator = await person.withPasskey();
    await host.sql('UPDATE auth_user SET email = $1 WHERE id::text = $2', [email, person.userId]);
    person.email = email;
    person.forgetCookies();
    const due = await person.signIn();
    expect(due.body).toEqual({
      twoFactorRedirect: true,
      twoFactorMethods: ['passkey'],
      twoFactorToken: expect.any(String),
    });
    const enrolment = await person.call('two-factor/enable', { twoFactorToken: due.body.twoFactorToken });
    expect(enrolment.status).toBe(401);
    const page = await visit(host, person.browser, '/api/auth/two-factor?continue=/reports');
    expect([page.status, mainOf(page).includes('/sign-in/passkey'), mainOf(page).includes('verify-totp')]).toEqual([
      200,
      true,
      false,
    ]);
    expect((await person.use(authenticator)).status).toBe(200);
    expect(await facts()).toMatchObject({ acr: PHR });
    // By it alone they are in at once.
    person.forgetCookies();
    expect((await person.use(authenticator)).body.session).toBeDefined();
  });

  it('401 a user who was disabled meanwhile', async () => {
    await person.signIn();
    const response = authenticator.get(await person.requestOptions());
    await host.app.get(UsersService).disable(person.userId);
    expect((await person.verify(response)).body.code).toBe('CHALLENGE_NOT_FOUND');
    const { status, body } = await person.use(authenticator);
    expect([status, body.code, await facts()]).toEqual([401, 'PASSKEY_NOT_FOUND', 401]);
  });

  it('does not make the browser a trusted one', async () => {
    await person.signIn();
    await person.use(authenticator);
    expect((await person.signIn()).body).toMatchObject({ twoFactorRedirect: true });
  });

  it('counts while wrong codes have locked the account, also for a sign-in that takes no more codes', async () => {
    for (let attempt = 0; attempt < 10; attempt++) {
      if (attempt % 5 === 0) await person.signIn();
      await person.call('two-factor/verify-totp', { code: wrongCodeOf(secret) });
    }
    expect((await person.use(authenticator, { userVerified: false })).status).toBe(200);
    person.forgetCookies();
    await person.signIn();
    expect((await person.call('two-factor/verify-totp', { code: codeOf(secret) })).status).toBe(429);
    expect((await person.use(authenticator, { userVerified: false })).body.session).toBeDefined();
    expect(await facts()).toEqual({ amr: ['hwk', 'mfa', 'pwd'], acr: MFA });
  });
});
