import { AuthModule } from '../../src/index.js';
import { createTestApp, testOptions, type TestApp } from '../support/app.js';
import { Visitor, mainOf } from '../support/account-pages.js';
import { bootError } from '../support/boot-error.js';
import { asProgram, openLink } from '../support/email-changes.js';
import { send } from '../support/http.js';
import { Mailbox } from '../support/mailbox.js';
import { signIn, signUp, TEST_PASSWORD, type SignedInUser } from '../support/users.js';

const origin = 'http://localhost:3000';
const SENT = { success: true, message: 'Verification email sent' };
const DELETED = { success: true, message: 'User deleted' };

describe('an account that is deleted by a link', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createTestApp({ auth: { mail: mailbox.mail, accounts: { deleteUser: { confirmByMail: true } } } });
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    user = await signUp(host.url);
  });

  const ask = (body: object = {}) =>
    send(`${host.url}/api/auth/delete-user`, { body, headers: { cookie: user.cookie, origin } });
  const linkOf = async () => (await mailbox.newest('delete-user', user.email)).content.url;
  const exists = async () => (await host.sql('SELECT FROM auth_user WHERE id = $1', [user.id])).length > 0;

  it('200 the request sends the link, with the password too; the click deletes, and the cookies go', async () => {
    const asked = await ask({ password: TEST_PASSWORD, callbackURL: '/goodbye' });
    expect([asked.status, asked.body, asked.headers.getSetCookie()]).toEqual([200, SENT, []]);
    expect(await exists()).toBe(true);
    const clicked = await openLink(host, await linkOf(), { cookie: user.cookie });
    expect([clicked.status, clicked.headers.get('location')]).toEqual([302, '/goodbye']);
    expect(clicked.headers.getSetCookie().join()).toMatch(/session_token=;[^,]*Max-Age=0/);
    expect(await exists()).toBe(false);
  });

  it('200 the token in the body, and a click without a callback', async () => {
    await ask();
    const token = new URL(await linkOf()).searchParams.get('token')!;
    const done = await ask({ token });
    expect([done.status, done.body]).toEqual([200, DELETED]);
    user = await signUp(host.url);
    await ask();
    const clicked = await openLink(host, asProgram(await linkOf()), { cookie: user.cookie });
    expect([clicked.status, clicked.body]).toEqual([200, DELETED]);
  });

  it('T124 404 for whoever is not signed in, and for somebody else; 403 an evil callback; HEAD and prefetch: nothing is deleted', async () => {
    expect((await ask({ password: 'wrong horse' })).body.code).toBe('INVALID_PASSWORD');
    expect((await ask({ callbackURL: 'https://evil.example' })).body.code).toBe('INVALID_CALLBACK_URL');
    await ask();
    const link = await linkOf();
    const other = await signUp(host.url);
    const json = { accept: 'application/json' };
    const nobody = await openLink(host, link, json);
    expect([nobody.status, nobody.body.code]).toEqual([404, 'FAILED_TO_GET_USER_INFO']);
    const person = await openLink(host, link, { accept: 'text/html' });
    expect([person.status, person.headers.get('location')]).toEqual([
      302,
      expect.stringContaining('/sign-in?continue='),
    ]);
    const foreign = await openLink(host, link, { ...json, cookie: other.cookie });
    expect([foreign.status, foreign.body.code]).toEqual([404, 'INVALID_TOKEN']);
    const evil = new URL(link);
    evil.searchParams.set('callbackURL', 'https://evil.example');
    expect((await openLink(host, evil.href, { cookie: user.cookie })).status).toBe(403);
    const path = new URL(link).pathname + new URL(link).search;
    expect((await send(host.url + path, { method: 'HEAD', headers: { cookie: user.cookie } })).status).toBe(405);
    expect((await openLink(host, link, { cookie: user.cookie, 'sec-purpose': 'prefetch' })).status).toBe(400);
    expect(await exists()).toBe(true);
    await openLink(host, link, { cookie: user.cookie });
    expect(await exists()).toBe(false);
    const spent = await openLink(host, link, { ...json, cookie: user.cookie });
    expect([spent.status, spent.body.code]).toEqual([404, 'FAILED_TO_GET_USER_INFO']);
  });

  it('T122 404 an expired link, and one of before a change of password', async () => {
    await ask();
    const link = await linkOf();
    await host.sql('UPDATE auth_one_time_secret SET expires_at = now() WHERE subject = $1', [user.id]);
    expect((await openLink(host, asProgram(link), { cookie: user.cookie })).status).toBe(404);
    await host.sql(`UPDATE auth_one_time_secret SET expires_at = now() + interval '1 hour' WHERE subject = $1`, [
      user.id,
    ]);
    const body = { currentPassword: TEST_PASSWORD, newPassword: 'another horse, another staple' };
    await send(`${host.url}/api/auth/change-password`, { body, headers: { cookie: user.cookie, origin } });
    expect((await openLink(host, asProgram(link), { cookie: user.cookie })).status).toBe(404);
    expect(await exists()).toBe(true);
  });

  it('of twenty clicks one deletes', async () => {
    await ask();
    const link = asProgram(await linkOf());
    const clicks = await Promise.all(Array.from({ length: 20 }, () => openLink(host, link, { cookie: user.cookie })));
    expect(clicks.map(({ status }) => status).toSorted()).toEqual([200, ...Array.from({ length: 19 }, () => 404)]);
  });

  it('the page says that a link is sent', async () => {
    const visitor = await Visitor.at(host, user);
    const page = await visitor.open('/account/delete');
    expect(mainOf(page)).toContain('We send you a link');
    const sent = await visitor.send(page, '/account/delete', { password: TEST_PASSWORD });
    expect([sent.status, mainOf(sent).includes('id="sent"')]).toEqual([200, true]);
    const done = await visitor.follow(await visitor.open(pathOf(await linkOf())));
    expect(mainOf(done)).toContain('id="deleted"');
    await expect(signIn(host.url, user.email)).rejects.toThrow('401');
  });

  it('a host that sends no mail is told at the start', async () => {
    const options = testOptions({ accounts: { deleteUser: { confirmByMail: true } } });
    const message = await bootError(() => [AuthModule.forRoot(options)]);
    expect(message).toContain('accounts.deleteUser.confirmByMail: nobody sends the link');
  });
});

function pathOf(link: string): string {
  const { pathname, search } = new URL(link);
  return pathname + search;
}
