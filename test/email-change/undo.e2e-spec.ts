import { createTestApp, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { changeEmail, newAddress, verified } from '../support/email-changes.js';
import { send } from '../support/http.js';
import { Mailbox } from '../support/mailbox.js';
import { expectPage, sendForm, textOf, valueOf, visit } from '../support/pages.js';
import { guarded } from '../support/tokens.js';
import { until } from '../support/until.js';
import { signIn, signUp, TEST_PASSWORD, type SignedInUser } from '../support/users.js';

const UNDO = '/api/auth/undo-email-change';

describe('a change of address that is taken back', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  let user: SignedInUser;
  let to: string;
  beforeAll(async () => {
    host = await createTestApp({ auth: { mail: mailbox.mail, apiKeys: { enableSessionForAPIKeys: true } } });
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    user = await signUp(host.url);
    await verified(host, user.id);
    to = newAddress();
    await changeEmail(host, mailbox, { email: user.email, cookie: user.cookie, to });
  });

  const linkOf = async () => (await mailbox.newest('email-changed', user.email)).content;
  const pathOf = async () => new URL((await linkOf()).url!).pathname + new URL((await linkOf()).url!).search;
  const tokenOf = async () => new URL((await linkOf()).url!).searchParams.get('token')!;
  const undo = (token: string) => sendForm(host, new Browser(), UNDO, { token });
  const emailNow = async () =>
    (await host.sql<{ email: string }>('SELECT email FROM auth_user WHERE id = $1', [user.id]))[0]!.email;

  it('T129 by a page with a button: opening the link does nothing, the button restores the address and ends all sessions', async () => {
    const browser = new Browser();
    const days = ((await linkOf()).expiresAt!.getTime() - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(3);
    const page = await visit(host, browser, await pathOf());
    expectPage(page);
    expect(page.text).toContain(user.email);
    expect(await emailNow()).toBe(to);
    const sent = await sendForm(host, browser, UNDO, { token: valueOf(page, 'token')! });
    expect([sent.status, sent.location]).toEqual([303, `${UNDO}?done=undone`]);
    const done = await visit(host, browser, sent.location!);
    expectPage(done);
    expect(textOf(done, 'recover')).toBe('New password');
    expect(await emailNow()).toBe(user.email);
    expect(await guarded(host, user.accessToken)).toBe(401);
    expect((await send(`${host.url}/api/auth/get-session`, { bearer: user.token })).body).toBeNull();
    await mailbox.newest('credential-changed', user.email);
    await signIn(host.url, user.email);
  });

  it('a link that was used, has expired or was made up shows a page that says so', async () => {
    const token = await tokenOf();
    expect((await undo('x'.repeat(43))).status).toBe(400);
    await host.sql('UPDATE auth_one_time_secret SET expires_at = now() WHERE purpose = $1', ['undo-email-change']);
    expect((await undo(token)).status).toBe(400);
    expect((await visit(host, new Browser(), await pathOf())).status).toBe(400);
    await host.sql(`UPDATE auth_one_time_secret SET expires_at = now() + interval '1 hour' WHERE purpose = $1`, [
      'undo-email-change',
    ]);
    expect((await undo(token)).status).toBe(303);
    expect((await undo(token)).status).toBe(400);
    expect((await send(`${host.url}${UNDO}`)).status).toBe(400);
  });

  it('one of twenty at once', async () => {
    const token = await tokenOf();
    const answers = await Promise.all(Array.from({ length: 20 }, () => undo(token)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, ...Array.from({ length: 19 }, () => 400)]);
  });

  it('403 a form of another site', async () => {
    const token = await tokenOf();
    const evil = await sendForm(host, new Browser('https://evil.example'), UNDO, { token });
    expect(evil.status).toBe(403);
    expect(await emailNow()).toBe(to);
  });

  it('T129 whoever changes the password next, or the address once more, does not void the link of the first address', async () => {
    const token = await tokenOf();
    const headers = { cookie: user.cookie, origin: 'http://localhost:3000' };
    const change = { currentPassword: TEST_PASSWORD, newPassword: 'another horse, another staple' };
    expect((await send(`${host.url}/api/auth/change-password`, { body: change, headers })).status).toBe(200);
    for (let from = to, round = 0; round < 4; round++) {
      const next = newAddress();
      await changeEmail(host, mailbox, { email: from, cookie: user.cookie, to: next });
      expect((await mailbox.newest('email-changed', from)).content).toMatchObject({ url: null, newEmail: next });
      from = next;
    }
    expect((await undo(token)).status).toBe(303);
    expect(await emailNow()).toBe(user.email);
  });

  it('what was set up meanwhile ends too: the mails that told of it went to the other address', async () => {
    const { key } = (
      await send(`${host.url}/api/auth/api-key/create`, { bearer: user.token, body: { name: 'theirs' } })
    ).body;
    const ofKey = () => send(`${host.url}/api/auth/get-session`, { headers: { 'x-api-key': key } });
    expect((await ofKey()).body.user.id).toBe(user.id);
    expect((await undo(await tokenOf())).status).toBe(303);
    expect((await ofKey()).body).toBeNull();
    expect((await mailbox.newest('credential-changed', user.email)).content.change).toBe('owner');
  });

  it('an address that somebody else has by now is not taken from them', async () => {
    await signUp(host.url, { email: user.email });
    expect((await undo(await tokenOf())).status).toBe(400);
    expect(await emailNow()).toBe(to);
  });

  it('ends with the user', async () => {
    await linkOf();
    const left = () => host.sql(`SELECT FROM auth_one_time_secret WHERE subject LIKE $1`, [`%${user.id}`]);
    expect(await left()).toHaveLength(1);
    const headers = { cookie: user.cookie, origin: 'http://localhost:3000' };
    await send(`${host.url}/api/auth/delete-user`, { body: { password: TEST_PASSWORD }, headers });
    await until('the link is gone', async () => (await left()).length === 0);
  });
});
