import { createTestApp, type TestApp } from '../support/app.js';
import { Authenticator } from '../support/authenticator.js';
import { PasskeyPerson } from '../support/passkeys.js';
import { sendForm, visit } from '../support/pages.js';
import { Mailbox } from '../support/mailbox.js';
import { codeOf, TwoFactorHost } from '../support/two-factor.js';
import { signIn, signUp, TEST_PASSWORD } from '../support/users.js';

const PAGE = '/api/auth/account/passkeys';

describe('a session that has not shown the second factor of its user', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  let factor: TwoFactorHost;
  let person: PasskeyPerson;
  let secret: string;
  beforeAll(async () => {
    // Sessions from before the factor go on.
    host = await createTestApp({
      auth: { mail: mailbox.mail, passkeys: {}, twoFactor: { endOtherSessions: false } },
    });
    factor = new TwoFactorHost(host);
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    person = await new PasskeyPerson(host.url).signUp();
  });

  /** In a session of its own, so that the one of the browser has shown a password alone. */
  async function turnOn(): Promise<void> {
    const elsewhere = await signIn(host.url, person.email);
    ({ secret } = await factor.enrolled(elsewhere));
  }

  it('T129 401 insufficient_user_authentication: adds no passkey, which would sign in without that factor', async () => {
    await turnOn();
    const refused = await person.call('passkey/generate-register-options');
    expect([refused.status, refused.body.code, refused.body.details]).toEqual([
      401,
      'INSUFFICIENT_USER_AUTHENTICATION',
      { acr_values: 'urn:nest-authority:acr:mfa' },
    ]);
    expect((await person.call('two-factor/verify-totp', { code: codeOf(secret) })).status).toBe(200);
    expect((await person.add()).status).toBe(200);
  });

  it('T129 nor with options from before: a factor that came between them and the answer counts', async () => {
    const response = new Authenticator().create(await person.creationOptions());
    await turnOn();
    const refused = await person.call('passkey/verify-registration', { response });
    expect([refused.status, refused.body.code]).toEqual([401, 'INSUFFICIENT_USER_AUTHENTICATION']);
    expect(await host.sql('SELECT 1 FROM auth_passkey WHERE subject = $1', [person.userId])).toEqual([]);
  });

  it('T129 and removes none', async () => {
    await person.withPasskey();
    const [passkey] = (await person.call('passkey/list-user-passkeys')).body;
    await turnOn();
    const refused = await person.call('passkey/delete-passkey', { id: passkey.id });
    expect([refused.status, refused.body.code]).toEqual([401, 'INSUFFICIENT_USER_AUTHENTICATION']);
    expect((await person.call('passkey/list-user-passkeys')).body).toHaveLength(1);
  });

  it('on the page it is asked for the factor first, and comes back', async () => {
    await person.withPasskey();
    await turnOn();
    const page = await visit(host, person.browser, PAGE);
    expect([page.status, page.text.includes('id="add-passkey"')]).toEqual([200, false]);
    const link = /id="step-up"[^>]*href="([^"]+)"/.exec(page.text)![1]!.replaceAll('&amp;', '&');
    expect(link).toBe(`/api/auth/two-factor?${new URLSearchParams({ continue: PAGE })}`);
    const [passkey] = (await person.call('passkey/list-user-passkeys')).body;
    const form = { shownTo: person.userId, passkey: passkey.id };
    expect((await sendForm(host, person.browser, `${PAGE}/delete`, form)).location).toBe(link);
    const shown = await sendForm(host, person.browser, '/api/auth/two-factor', {
      ...{ continue: PAGE, kind: 'totp', code: codeOf(secret) },
    });
    expect(shown.location).toBe(PAGE);
    expect((await visit(host, person.browser, PAGE)).text).toContain('id="add-passkey"');
  });

  it('T129 confirms no app that it began before', async () => {
    const begun = await person.call('two-factor/enable', { password: TEST_PASSWORD });
    const own = new URL(begun.body.totpURI).searchParams.get('secret')!;
    const owner = await signIn(host.url, person.email);
    await host.sql('UPDATE auth_user SET email_verified = true WHERE id = $1', [person.userId]);
    const chosen = await factor.post('enable', { method: 'otp', password: TEST_PASSWORD }, { bearer: owner.token });
    expect(chosen.status).toBe(200);
    const confirmed = await person.call('two-factor/verify-totp', { code: codeOf(own) });
    expect([confirmed.status, confirmed.body.code]).toEqual([400, 'TOTP_NOT_ENABLED']);
    const [row] = await host.sql('SELECT secret, mail_codes FROM auth_two_factor WHERE subject = $1', [person.userId]);
    expect(row).toEqual({ secret: null, mail_codes: true });
  });
});

describe('RFC 9470 3 a password does not make an old second factor fresh', () => {
  let host: TestApp;
  let factor: TwoFactorHost;
  beforeAll(async () => {
    host = await createTestApp({ auth: { twoFactor: {}, cacheTtl: 0 } });
    factor = new TwoFactorHost(host);
  });
  afterAll(() => host?.close());

  it('T129 401 the factor is removed by nobody who has but the password and a session of long ago', async () => {
    const owner = await factor.enrolled(await signUp(host.url));
    await host.sql(`UPDATE auth_session SET authenticated_at = now() - interval '1 hour' WHERE subject = $1`, [
      owner.id,
    ]);
    const { password } = owner;
    const again = await factor.post('../verify-password', { password }, { bearer: owner.factorToken });
    expect(again.body).toEqual({ status: true });
    const refused = await factor.post('disable', { password }, { bearer: owner.factorToken });
    expect([refused.status, refused.body.code]).toEqual([401, 'INSUFFICIENT_USER_AUTHENTICATION']);
    const shown = await factor.post('verify-totp', { code: codeOf(owner.secret) }, { bearer: owner.factorToken });
    expect(shown.status).toBe(200);
    expect((await factor.post('disable', { password }, { bearer: owner.factorToken })).status).toBe(200);
  });
});
