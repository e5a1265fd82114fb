import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { Mailbox } from '../support/mailbox.js';
import { PasskeyPerson } from '../support/passkeys.js';
import { guarded } from '../support/tokens.js';
import { signIn, signUp, type SignedInUser } from '../support/users.js';

const SENT = { status: true, message: 'If this email exists in our system, check your email for the reset link' };
const NEW_PASSWORD = 'another horse, another staple';

describe('a new password by a link', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createTestApp({ auth: { mail: mailbox.mail, rateLimits: false, passkeys: true } });
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    user = await signUp(host.url);
  });

  const request = (body: object) => send(`${host.url}/api/auth/request-password-reset`, { body });
  const reset = (body: object) => send(`${host.url}/api/auth/reset-password`, { body });
  const linkOf = async (email = user.email) => (await mailbox.newest('reset-password', email)).content.url;
  const tokenOf = async (email?: string) => new URL(await linkOf(email)).pathname.split('/').at(-1)!;

  it('leads from the mail to the new password, ends what the old one opened, and signs nobody in', async () => {
    expect((await request({ email: user.email, redirectTo: '/choose' })).body).toEqual(SENT);
    const link = new URL(await linkOf());
    const opened = await send(`${host.url}${link.pathname}${link.search}`);
    const target = new URL(opened.headers.get('location')!);
    expect([opened.status, target.pathname]).toEqual([302, '/choose']);
    const token = target.searchParams.get('token')!;
    const done = await reset({ newPassword: NEW_PASSWORD, token });
    expect([done.status, done.body, done.headers.getSetCookie()]).toEqual([200, { status: true }, []]);
    expect(await guarded(host, user.accessToken)).toBe(401);
    expect((await send(`${host.url}/api/auth/get-session`, { bearer: user.token })).body).toBeNull();
    await signIn(host.url, user.email, NEW_PASSWORD);
    expect((await reset({ newPassword: 'a third password', token })).body.code).toBe('INVALID_TOKEN');
  });

  it.each([
    ['401 a passkey that somebody made before the address was verified signs nobody in any more', false, 401],
    ['200 a passkey of a verified user does', true, 200],
  ])('%s', async (_title, isVerified, status) => {
    const person = await new PasskeyPerson(host.url).signUp();
    const authenticator = await person.withPasskey();
    await host.sql('UPDATE auth_user SET email_verified = $2 WHERE id = $1', [person.userId, isVerified]);
    await request({ email: person.email });
    expect((await reset({ newPassword: NEW_PASSWORD, token: await tokenOf(person.email) })).status).toBe(200);
    person.forgetCookies();
    expect((await person.use(authenticator)).status).toBe(status);
  });

  it('T121 an address that nobody has gets the same answer, and no message', async () => {
    const [known, unknown] = [await request({ email: user.email }), await request({ email: 'nobody@example.com' })];
    expect([unknown.status, unknown.body]).toEqual([known.status, known.body]);
    await linkOf();
    expect(mailbox.messages.filter(({ to }) => to === 'nobody@example.com')).toEqual([]);
  });

  it('a password that is refused leaves the link as it was', async () => {
    await request({ email: user.email });
    const token = await tokenOf();
    for (const [newPassword, code] of [
      ['short', 'PASSWORD_TOO_SHORT'],
      ['x'.repeat(200), 'PASSWORD_TOO_LONG'],
      ['iloveyou', 'PASSWORD_COMPROMISED'],
      [user.email, 'PASSWORD_COMPROMISED'],
    ])
      expect((await reset({ newPassword, token })).body.code).toBe(code);
    expect((await reset({ newPassword: NEW_PASSWORD, token })).status).toBe(200);
  });

  it('of two links the second is void once the first was used', async () => {
    await request({ email: user.email });
    const first = await tokenOf();
    mailbox.messages.length = 0;
    await request({ email: user.email });
    const second = await tokenOf();
    expect(second).not.toBe(first);
    expect((await reset({ newPassword: NEW_PASSWORD, token: first })).status).toBe(200);
    expect((await reset({ newPassword: NEW_PASSWORD, token: second })).body.code).toBe('INVALID_TOKEN');
  });

  it('one of twenty at once', async () => {
    await request({ email: user.email });
    const token = await tokenOf();
    const answers = await Promise.all(Array.from({ length: 20 }, () => reset({ newPassword: NEW_PASSWORD, token })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array.from({ length: 19 }, () => 400)]);
  });
});
