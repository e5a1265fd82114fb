import { createTestApp, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { TestContinuation, TestContinuationModule } from '../support/continuation.js';
import { send } from '../support/http.js';
import { Mailbox } from '../support/mailbox.js';
import { MailedLinks } from '../support/mailed-links.js';
import { expectPage, sendForm, textOf, valueOf } from '../support/pages.js';
import { TestFactor, TestFactorModule } from '../support/second-factor.js';
import { post } from '../support/travel.js';
import { signIn, signUp } from '../support/users.js';
import { AuthError, UsersService } from '../../src/index.js';

const VERIFY = '/api/auth/magic-link/verify';
let count = 0;
const fresh = (name = 'ada') => `${name}-${++count}@example.com`;

describe('sign-in by a link', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  const links = new MailedLinks(() => host, mailbox);
  beforeAll(async () => {
    const hooks = {
      beforeSignUp: ({ email }: { email: string }) => {
        if (email.startsWith('banned-')) throw AuthError.forbidden('NOT_INVITED', 'Nobody has invited you');
      },
    };
    host = await createTestApp({
      auth: { mail: mailbox.mail, accounts: { magicLink: { enabled: true }, hooks } },
      imports: [TestContinuationModule, TestFactorModule],
    });
  });
  afterAll(() => host?.close());

  const verifiedUser = async (name?: string) => {
    const email = fresh(name);
    const { id } = await host.app.get(UsersService).seed({ email, emailVerified: true, password: 'a good password 1' });
    return { id, email };
  };
  const methodsOf = async (subject: string) =>
    (await host.sql('SELECT amr FROM auth_session WHERE subject = $1', [subject])).map(({ amr }) => amr);

  it('302 signs in the browser that has asked, once; RFC 8176 otp', async () => {
    const { id, email } = await verifiedUser();
    const browser = new Browser();
    const link = await links.ask(browser, email);
    const opened = await links.open(browser, link);
    expect([opened.status, opened.location]).toEqual([302, '/home']);
    expect(opened.headers.get('cache-control')).toBe('no-store');
    expect(opened.headers.get('referrer-policy')).toBe('no-referrer');
    expect(await links.userIn(browser)).toMatchObject({ id, email });
    expect(await methodsOf(id)).toEqual([['otp']]);
    expect((await links.open(browser, link)).location).toBe('/home?error=INVALID_TOKEN');
    expect(await methodsOf(id)).toHaveLength(1);
  });

  it('a new user is made at the click, verified, with the name of the request', async () => {
    const [email, browser] = [fresh(), new Browser()];
    const link = await links.ask(browser, email, { name: 'Ada', newUserCallbackURL: '/welcome' });
    expect(await host.sql('SELECT id FROM auth_user WHERE email = $1', [email])).toEqual([]);
    expect((await links.open(browser, link)).location).toBe('/welcome');
    expect(await links.userIn(browser)).toMatchObject({ email, emailVerified: true, name: 'Ada' });
  });

  it('T124 another browser gets a page that names the account; its button signs in there, and a scanner before it changes nothing', async () => {
    const { email } = await verifiedUser();
    const link = await links.ask(new Browser(), email);
    for (const scanner of [new Browser(), new Browser()]) {
      const looked = await links.open(scanner, link);
      expect(scanner.cookies.size).toBe(0);
      expectPage(looked);
      expect(textOf(looked, 'account')).toContain(email);
    }
    const person = new Browser();
    const shown = await links.open(person, link);
    const fields = { token: valueOf(shown, 'token')!, callbackURL: valueOf(shown, 'callbackURL')! };
    expect(await links.userIn(person)).toBeNull();
    const done = await sendForm(host, person, VERIFY, fields);
    expect([done.status, done.location]).toEqual([303, '/home']);
    expect((await links.userIn(person))?.email).toBe(email);
    const again = await sendForm(host, new Browser(), VERIFY, fields);
    expect([again.status, again.location]).toEqual([303, '/home?error=INVALID_TOKEN']);
  });

  it('T124 HEAD and prefetch spend nothing, also in the browser that has asked', async () => {
    const { email } = await verifiedUser();
    const browser = new Browser();
    const link = await links.ask(browser, email);
    expect((await browser.fetch(host.url + link, { method: 'HEAD' })).status).toBe(405);
    for (const [name, value] of [
      ['sec-purpose', 'prefetch;prerender'],
      ['sec-purpose', 'prerender'],
      ['purpose', 'prefetch'],
      ['x-purpose', 'preview'],
      ['x-moz', 'prefetch'],
    ] as const) {
      const looked = await browser.fetch(host.url + link, { headers: { accept: 'text/html', [name]: value } });
      expect([looked.status, looked.headers.getSetCookie()]).toEqual([400, []]);
    }
    expect((await links.open(browser, link)).location).toBe('/home');
  });

  it('403 CONFIRMATION_REQUIRED a script of another browser must say so by POST', async () => {
    const { email } = await verifiedUser();
    const token = links.tokenOf(await links.ask(new Browser(), email));
    const look = (accept: string) => send(`${host.url}${VERIFY}?token=${token}`, { headers: { accept } });
    const looked = await look('application/json');
    expect([looked.status, looked.body.code]).toEqual([403, 'CONFIRMATION_REQUIRED']);
    expect((await look('*/*')).status).toBe(403);
    const opened = await send(`${host.url}${VERIFY}`, { body: { token } });
    expect([opened.status, opened.body.user.email]).toEqual([200, email]);
    expect(opened.body.session.token).toBe(opened.body.token);
    const again = await send(`${host.url}${VERIFY}`, { body: { token } });
    expect([again.status, again.body.code]).toEqual([401, 'INVALID_TOKEN']);
  });

  it('403 a form of another site does not open a link', async () => {
    const { email } = await verifiedUser();
    const token = links.tokenOf(await links.ask(new Browser(), email));
    const evil = new Browser('https://evil.example');
    expect((await sendForm(host, evil, VERIFY, { token })).status).toBe(403);
    expect(await links.userIn(evil)).toBeNull();
  });

  it('T124 never changes silently who is signed in: the page names both', async () => {
    const [first, second] = [await verifiedUser(), await verifiedUser()];
    const browser = new Browser();
    await links.open(browser, await links.ask(browser, first.email));
    const link = await links.ask(browser, second.email);
    const shown = await links.open(browser, link);
    expect([shown.status, textOf(shown, 'account')?.includes(second.email)]).toEqual([200, true]);
    expect(shown.text).toContain(first.email);
    expect((await links.userIn(browser))?.id).toBe(first.id);
    await sendForm(host, browser, VERIFY, { token: valueOf(shown, 'token')!, callbackURL: '/home' });
    expect((await links.userIn(browser))?.id).toBe(second.id);
  });

  it('T123 an unverified account that somebody else has made: what they set up ends', async () => {
    const email = fresh();
    const attacker = await signUp(host.url, { email, password: 'the password of the attacker' });
    const browser = new Browser();
    const asked = await links.ask(browser, email);
    expect((await links.open(browser, asked)).location).toBe('/home');
    expect(await links.userIn(browser)).toMatchObject({ id: attacker.id, emailVerified: true });
    const body = { email, password: attacker.password };
    expect((await send(`${host.url}/api/auth/sign-in/email`, { body })).status).toBe(401);
    for (const bearer of [attacker.token, attacker.accessToken])
      expect((await send(`${host.url}/api/auth/list-sessions`, { bearer })).status).toBe(401);
    expect(await methodsOf(attacker.id)).toEqual([['otp']]);
    expect((await mailbox.newest('credential-changed', email)).content.change).toBe('owner');
  });

  it('a verified account keeps its password and its other sessions', async () => {
    const { email } = await verifiedUser();
    const before = await signIn(host.url, email, 'a good password 1');
    const browser = new Browser();
    await links.open(browser, await links.ask(browser, email));
    expect((await send(`${host.url}/api/auth/list-sessions`, { bearer: before.token })).status).toBe(200);
    await signIn(host.url, email, 'a good password 1');
  });

  it('T125 another factor is due as after a password', async () => {
    const { id, email } = await verifiedUser('two');
    const browser = new Browser();
    const link = await links.ask(browser, email);
    expect((await links.open(browser, link)).location).toBe(`${TestFactor.PAGE}?continue=%2Fhome`);
    expect(await methodsOf(id)).toEqual([]);
    expect((await links.open(browser, link)).location).toBe('/home?error=INVALID_TOKEN');
    const token = links.tokenOf(await links.ask(browser, email));
    const told = await send(`${host.url}${VERIFY}`, { body: { token } });
    expect(told.body).toEqual({ twoFactorRedirect: true });
  });

  it('T122 an expired one, one from before a change of password, and one of a disabled user are no longer good', async () => {
    const browser = new Browser();
    const refused = async (email: string, meanwhile: () => Promise<unknown>) => {
      const link = await links.ask(browser, email, { errorCallbackURL: '/failed?a=1#b' });
      await meanwhile();
      expect((await links.open(browser, link)).location).toBe('/failed?a=1&error=INVALID_TOKEN#b');
      expect(await links.userIn(browser)).toBeNull();
    };
    const [one, two, three] = [await verifiedUser(), await verifiedUser(), await verifiedUser()];
    await refused(one.email, () =>
      host.sql(`UPDATE auth_one_time_secret SET expires_at = now() - interval '1 second' WHERE subject = $1`, [
        one.email,
      ]),
    );
    const { token: bearer } = await signIn(host.url, two.email, 'a good password 1');
    const change = { currentPassword: 'a good password 1', newPassword: 'a good password 2' };
    await refused(two.email, () => send(`${host.url}/api/auth/change-password`, { bearer, body: change }));
    await refused(three.email, () => host.app.get(UsersService).disable(three.id));
  });

  it('403 evil addresses, when it is asked for and when it is opened', async () => {
    const { email } = await verifiedUser();
    const evil = 'https://evil.example/';
    for (const [field, code] of [
      ['callbackURL', 'INVALID_CALLBACK_URL'],
      ['newUserCallbackURL', 'INVALID_NEW_USER_CALLBACK_URL'],
      ['errorCallbackURL', 'INVALID_ERROR_CALLBACK_URL'],
    ] as const) {
      const asked = await send(`${host.url}/api/auth/sign-in/magic-link`, { body: { email, [field]: evil } });
      expect([asked.status, asked.body.code]).toEqual([403, code]);
      const browser = new Browser();
      const url = new URL(await links.ask(browser, email), host.url);
      url.searchParams.set(field, evil);
      expect([(await browser.fetch(url)).status, await links.userIn(browser)]).toEqual([403, null]);
    }
  });

  it('the host refuses a new user: told by `error`, and nobody is made', async () => {
    const [email, browser] = [fresh('banned'), new Browser()];
    const link = await links.ask(browser, email);
    expect((await links.open(browser, link)).location).toBe('/home?error=NOT_INVITED');
    expect(await host.sql('SELECT id FROM auth_user WHERE email = $1', [email])).toEqual([]);
  });

  it('an authorization request that waits goes on after the link', async () => {
    const { email } = await verifiedUser();
    const browser = new Browser();
    const link = await links.ask(browser, email, { oauth_query: TestContinuation.GOOD });
    expect((await links.open(browser, link)).location).toBe(TestContinuation.WAITING);
    const bad = await post(host, browser, 'sign-in/magic-link', { email, oauth_query: 'sig=bad' });
    expect(bad.body.code).toBe('INVALID_SIGNATURE');
  });

  it('metadata comes with the message; too long is 400', async () => {
    const { email } = await verifiedUser();
    await links.ask(new Browser(), email, { metadata: { plan: 'gold' } });
    expect((await mailbox.newest('magic-link', email)).content.metadata).toEqual({ plan: 'gold' });
    const body = { email, metadata: { long: 'x'.repeat(3_000) } };
    expect((await send(`${host.url}/api/auth/sign-in/magic-link`, { body })).status).toBe(400);
    const bad = await send(`${host.url}/api/auth/sign-in/magic-link`, { body: { email: 'nobody' } });
    expect([bad.status, bad.body.code]).toEqual([400, 'INVALID_EMAIL']);
  });

  it('without an address in the link a failure is JSON for a script', async () => {
    const refused = await send(`${host.url}${VERIFY}?token=unknown`, { headers: { accept: 'application/json' } });
    expect([refused.status, refused.body.code]).toEqual([401, 'INVALID_TOKEN']);
  });
});
