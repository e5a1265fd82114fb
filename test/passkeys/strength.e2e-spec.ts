import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { formOf, mainOf } from '../support/account-pages.js';
import { Authenticator } from '../support/authenticator.js';
import { Mailbox } from '../support/mailbox.js';
import { sendForm, visit } from '../support/pages.js';
import { PasskeyPerson } from '../support/passkeys.js';
import { MFA } from '../support/strength.js';
import { codeOf } from '../support/two-factor.js';
import { TEST_PASSWORD } from '../support/users.js';

const REFUSED = [401, 'INSUFFICIENT_USER_AUTHENTICATION', MFA];

describe('the passkeys of a user with a second factor, in a session that has shown none', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  let person: PasskeyPerson;
  let secret: string;
  let token: string;
  beforeAll(async () => {
    host = await createTestApp({ auth: { mail: mailbox.mail, twoFactor: true, passkeys: true } });
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    person = await new PasskeyPerson(host.url).signUp();
    const { totpURI } = (await person.call('two-factor/enable', { password: TEST_PASSWORD })).body;
    secret = new URL(totpURI).searchParams.get('secret')!;
    await person.call('two-factor/verify-totp', { code: codeOf(secret) });
    await person.withPasskey();
    await forgetStep();
    person.forgetCookies();
    await person.signIn();
    await person.call('two-factor/verify-totp', { code: codeOf(secret), trustDevice: true });
    await forgetStep();
    await person.call('sign-out', {});
    // A browser that is trusted: the password is enough.
    token = (await person.signIn()).body.token;
  });

  const forgetStep = () => host.sql('UPDATE auth_two_factor SET last_step = 0 WHERE subject = $1', [person.userId]);
  const rows = () => host.sql<{ id: string }>('SELECT id FROM auth_passkey WHERE subject = $1', [person.userId]);
  const outcome = async (answer: ReturnType<PasskeyPerson['call']>) => {
    const { status, body } = await answer;
    return [status, body.code, body.details?.acr_values];
  };

  it.each(['cookie', 'bearer'])('401 insufficient_user_authentication: none is added or removed (%s)', async (way) => {
    const by: Record<string, string> = way === 'bearer' ? { authorization: `Bearer ${token}` } : {};
    if (way === 'bearer') person.forgetCookies();
    const [row] = await rows();
    const remove = () => person.call('passkey/delete-passkey', { id: row!.id }, by);
    expect(await outcome(remove())).toEqual(REFUSED);
    expect(await outcome(person.call('passkey/generate-register-options', undefined, by))).toEqual(REFUSED);
    // Nor by options from before, when the session was another.
    expect((await person.call('two-factor/verify-totp', { code: codeOf(secret) }, by)).status).toBe(200);
    const { body: options } = await person.call('passkey/generate-register-options', undefined, by);
    await host.sql(`UPDATE auth_session SET amr = '{pwd}' WHERE subject = $1`, [person.userId]);
    const response = new Authenticator().create(options);
    expect(await outcome(person.call('passkey/verify-registration', { response }, by))).toEqual(REFUSED);
    expect(await rows()).toEqual([row]);
    // Once it is shown, in the same session, it may.
    await forgetStep();
    expect((await person.call('two-factor/verify-totp', { code: codeOf(secret) }, by)).status).toBe(200);
    expect((await remove()).status).toBe(200);
  });

  it('the page asks for the factor first, and goes on', async () => {
    const page = '/api/auth/account/passkeys';
    const before = await visit(host, person.browser, page);
    const [, href] = /<a id="step-up" class="button" href="([^"]*)">/.exec(mainOf(before))!;
    expect(mainOf(before)).not.toContain('add-passkey');
    const url = new URL(href!.replaceAll('&amp;', '&'), TEST_ISSUER);
    expect([url.pathname, url.searchParams.get('continue')]).toEqual(['/api/auth/two-factor', page]);
    const challenge = await visit(host, person.browser, url.pathname + url.search);
    const fields = { ...formOf(challenge, '/two-factor'), code: codeOf(secret) };
    expect((await sendForm(host, person.browser, '/api/auth/two-factor', fields)).location).toBe(page);
    const shown = await visit(host, person.browser, page);
    expect([shown.status, mainOf(shown).includes('add-passkey')]).toEqual([200, true]);
  });
});
