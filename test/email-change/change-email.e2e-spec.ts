import { createTestApp, type TestApp } from '../support/app.js';
import { notFresh } from '../support/account-pages.js';
import { asProgram, askForEmail, newAddress, openLink, verified } from '../support/email-changes.js';
import { send } from '../support/http.js';
import { Mailbox } from '../support/mailbox.js';
import { until } from '../support/until.js';
import { signIn, signUp, TEST_PASSWORD, type SignedInUser } from '../support/users.js';

const invalid = { status: 401, code: 'INVALID_TOKEN' };

describe('a change of address, confirmed at both ends', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  let user: SignedInUser;
  let to: string;
  beforeAll(async () => {
    host = await createTestApp({ auth: { mail: mailbox.mail } });
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    user = await signUp(host.url);
    await verified(host, user.id);
    to = newAddress();
  });

  const own = () => ({ cookie: user.cookie });
  const ask = (body: object = { newEmail: to }) => askForEmail(host, user.cookie, body);
  const confirmLink = async () => (await mailbox.newest('change-email-confirm', user.email)).content.url;
  const verifyLink = async (email = to) => (await mailbox.newest('change-email-verify', email)).content.url;
  const emailNow = async () => (await send(`${host.url}/api/auth/get-session`, { headers: own() })).body.user.email;
  /** Through the first link. */
  const confirmed = async () => {
    await ask();
    await openLink(host, await confirmLink(), own());
    return verifyLink();
  };

  it('T129 200 leads through the old mailbox and the new one, and tells both', async () => {
    const asked = await ask({ newEmail: to.toUpperCase(), callbackURL: '/settings?tab=1#mail' });
    expect([asked.status, asked.body]).toEqual([200, { status: true }]);
    expect((await mailbox.newest('change-email-confirm', user.email)).content.newEmail).toBe(to);
    expect(mailbox.messages.some((one) => one.to === to)).toBe(false);
    const first = await openLink(host, await confirmLink(), own());
    expect([first.status, first.headers.get('location')]).toEqual([302, '/settings?tab=1#mail']);
    expect(await emailNow()).toBe(user.email);
    const second = await openLink(host, asProgram(await verifyLink()), own());
    expect([second.status, second.body]).toEqual([
      200,
      { status: true, user: expect.objectContaining({ id: user.id, email: to, emailVerified: true }) },
    ]);
    expect(second.headers.getSetCookie().join()).toContain('session_token=');
    expect(second.headers.get('cache-control')).toBe('no-store');
    expect((await mailbox.newest('email-changed', user.email)).content.newEmail).toBe(to);
    expect((await mailbox.newest('credential-changed', to)).content.change).toBe('email');
    await signIn(host.url, to);
  });

  it('a first link asked for by a program answers status alone', async () => {
    await ask();
    const answer = await openLink(host, asProgram(await confirmLink()), own());
    expect([answer.status, answer.body]).toEqual([200, { status: true }]);
  });

  it('an address that nobody has verified is not asked, and not told', async () => {
    await host.sql('UPDATE auth_user SET email_verified = false WHERE id = $1', [user.id]);
    await ask();
    await openLink(host, await verifyLink(), own());
    expect(await emailNow()).toBe(to);
    await mailbox.newest('credential-changed', to);
    expect(mailbox.messages.filter((one) => one.to === user.email)).toEqual([]);
  });

  it('T121 a taken address gets the same answer; its owner gets no link, and the asker the same mail as always', async () => {
    const other = await signUp(host.url);
    const [free, taken] = [await ask(), await ask({ newEmail: other.email })];
    expect([taken.status, taken.body]).toEqual([free.status, free.body]);
    await until('two links to the old address', () => mailsOf('change-email-confirm').length === 2);
    for (const { url } of mailsOf('change-email-confirm')) await openLink(host, url, own());
    await verifyLink(to);
    await until('nothing is left to send', async () => (await host.sql('SELECT FROM auth_mail')).length === 0);
    expect(mailbox.messages.filter((one) => one.to === other.email)).toEqual([]);
  });

  it('400 the same address, 400 no address, 403 an evil callback, 403 a sign-in long ago, 401 nobody', async () => {
    expect((await ask({ newEmail: user.email.toUpperCase() })).body).toMatchObject({
      code: 'EMAIL_IS_THE_SAME',
      message: 'Email is the same',
    });
    expect((await ask({ newEmail: 'none' })).body.code).toBe('INVALID_EMAIL');
    const evil = await ask({ newEmail: to, callbackURL: 'https://evil.example/' });
    expect([evil.status, evil.body.code]).toEqual([403, 'INVALID_CALLBACK_URL']);
    expect((await askForEmail(host, '', { newEmail: to })).status).toBe(401);
    await notFresh(host, user.id);
    const stale = await ask();
    expect([stale.status, stale.body.code]).toEqual([403, 'SESSION_NOT_FRESH']);
    expect(mailbox.messages.filter((one) => one.to === user.email || one.to === to)).toEqual([]);
  });

  it('403 the callback of a link is checked again at the click, and nothing is spent', async () => {
    const link = new URL(await confirmed());
    link.searchParams.set('callbackURL', 'https://evil.example/');
    const evil = await openLink(host, link.href, own());
    expect([evil.status, evil.body.code]).toEqual([403, 'INVALID_CALLBACK_URL']);
    expect((await openLink(host, asProgram(link.href), own())).status).toBe(200);
  });

  it("INVALID_USER in the session of somebody else, and the link stays its user's", async () => {
    const other = await signUp(host.url);
    for (const link of [await confirmLinkOf(), await confirmed()]) {
      const answer = await openLink(host, asProgram(link), { cookie: other.cookie });
      expect([answer.status, answer.body.code]).toEqual([401, 'INVALID_USER']);
      const shown = await openLink(host, link, { cookie: other.cookie });
      expect(shown.headers.get('location')).toMatch(/\/email-change\?done=\w+&error=INVALID_USER$/);
    }
    await openLink(host, await verifyLink(), own());
    expect(await emailNow()).toBe(to);
  });

  it('without a session a browser signs in first and finishes then; a program is told 401', async () => {
    const link = await confirmed();
    const told = await openLink(host, asProgram(link));
    expect([told.status, told.body.code]).toEqual([401, 'UNAUTHORIZED']);
    const sent = await openLink(host, link);
    const signInPage = new URL(sent.headers.get('location')!, host.url);
    expect([sent.status, signInPage.pathname]).toEqual([302, '/api/auth/sign-in']);
    expect(await emailNow()).toBe(user.email);
    const body = new URLSearchParams({
      email: user.email,
      password: TEST_PASSWORD,
      continue: signInPage.searchParams.get('continue')!,
    });
    const headers = { origin: 'http://localhost:3000', 'content-type': 'application/x-www-form-urlencoded' };
    const signedIn = await send(`${host.url}/api/auth/sign-in`, { body, headers });
    const back = signedIn.headers.get('location')!;
    expect(back).toContain('/api/auth/verify-email?token=');
    const cookie = signedIn.headers.getSetCookie()[0]!.split(';', 1)[0]!;
    const done = await openLink(host, host.url + back, { cookie });
    expect(done.headers.get('location')).toMatch(/\/email-change\?done=changed$/);
    expect(await emailNow()).toBe(to);
  });

  it.each([
    ['HEAD', { method: 'HEAD' }, 405],
    ['a prefetch', { headers: { 'sec-purpose': 'prefetch' } }, 400],
    ['a prerender', { headers: { 'sec-purpose': 'prefetch;prerender' } }, 400],
    ['an old prefetch', { headers: { purpose: 'prefetch' } }, 400],
  ])('%s spends no link', async (_, { method, headers }: { method?: string; headers?: object }, status) => {
    const link = new URL(await confirmed());
    const early = await send(host.url + link.pathname + link.search, {
      ...(method && { method }),
      headers: { ...own(), ...headers },
    });
    expect(early.status).toBe(status);
    expect(await emailNow()).toBe(user.email);
    await openLink(host, link.href, own());
    expect(await emailNow()).toBe(to);
  });

  it('T122 a spent link, an expired one and one of a changed account are no longer good', async () => {
    const link = await confirmed();
    await host.sql(`UPDATE auth_one_time_secret SET expires_at = now() WHERE subject = $1`, [user.id]);
    expect((await openLink(host, asProgram(link), own())).body.code).toBe('TOKEN_EXPIRED');
    await host.sql(`UPDATE auth_one_time_secret SET expires_at = now() + interval '1 hour' WHERE subject = $1`, [
      user.id,
    ]);
    const password = { currentPassword: TEST_PASSWORD, newPassword: 'another horse, another staple' };
    const origin = 'http://localhost:3000';
    await send(`${host.url}/api/auth/change-password`, { body: password, headers: { ...own(), origin } });
    expect((await openLink(host, asProgram(link), own())).body).toMatchObject({ code: invalid.code });
    mailbox.messages.length = 0;
    const again = await confirmed();
    expect((await openLink(host, asProgram(again), own())).status).toBe(200);
    const replay = await openLink(host, asProgram(again), own());
    expect([replay.status, replay.body.code]).toEqual([invalid.status, invalid.code]);
  });

  it('an address that is taken meanwhile is answered as a bad link', async () => {
    const link = await confirmed();
    await signUp(host.url, { email: to });
    const late = await openLink(host, asProgram(link), own());
    expect([late.status, late.body.code]).toEqual([invalid.status, invalid.code]);
    expect(await emailNow()).toBe(user.email);
  });

  it('of twenty clicks one changes the address, and the first link sends one mail', async () => {
    await ask();
    const first = asProgram(await confirmLink());
    const confirms = await Promise.all(Array.from({ length: 20 }, () => openLink(host, first, own())));
    expect(new Set(confirms.map(({ status }) => status))).toEqual(new Set([200]));
    const link = asProgram(await verifyLink());
    const clicks = await Promise.all(Array.from({ length: 20 }, () => openLink(host, link, own())));
    expect(clicks.map(({ status }) => status).toSorted()).toEqual([200, ...Array.from({ length: 19 }, () => 401)]);
    await mailbox.newest('email-changed', user.email);
    expect(
      mailbox.messages.filter(({ kind, to: address }) => kind === 'change-email-verify' && address === to),
    ).toHaveLength(1);
  });

  it('somebody who takes the address at the same moment has it, which the unique index decides: a bad link, not 500', async () => {
    const link = asProgram(await confirmed());
    const click = await host.dataSource.transaction(async (manager) => {
      await manager.query(`INSERT INTO auth_user (id, email, name) VALUES ('racer-1', $1, 'Racer')`, [to]);
      const late = openLink(host, link, own());
      const waits = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
      await until('the click waits for the other one', async () => (await host.sql(waits)).length > 0);
      return { late };
    });
    const late = await click.late;
    expect([late.status, late.body.code]).toEqual([invalid.status, invalid.code]);
    expect(await emailNow()).toBe(user.email);
  });

  async function confirmLinkOf(): Promise<string> {
    await ask();
    return confirmLink();
  }

  function mailsOf(kind: 'change-email-confirm'): { url: string }[] {
    return mailbox.messages.flatMap((one) => (one.kind === kind && one.to === user.email ? [one.content] : []));
  }
});
