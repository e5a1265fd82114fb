import { ApiKeysService, AuthEvents, UsersService } from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { send, type Answer } from '../support/http.js';
import { Mailbox } from '../support/mailbox.js';
import { askForReset } from '../support/outbox.js';
import { signIn, signUp, TEST_PASSWORD } from '../support/users.js';

const NEW_PASSWORD = 'another horse, another staple';
const INVALID = { status: 400, code: 'INVALID_TOKEN' };
const mailbox = new Mailbox();

const reset = (host: TestApp, token: string, newPassword = NEW_PASSWORD) =>
  send(`${host.url}/api/auth/reset-password`, { body: { newPassword, token } });
const tokenFor = async (host: TestApp, email: string) => {
  mailbox.messages.length = 0;
  await askForReset(host, email);
  const { url } = (await mailbox.newest('reset-password', email)).content;
  return new URL(url).pathname.split('/').at(-1)!;
};
const codeOf = ({ status, body }: Answer) => ({ status, code: body?.code });

describe('links to a new password', () => {
  let host: TestApp;
  const told: string[] = [];
  beforeAll(async () => {
    const accounts = {
      password: {
        isCompromised: async (password: string) => {
          told.push(password);
          if (password.startsWith('service down')) throw new Error(`cannot ask about ${password}`);
          return password.startsWith('known from a leak');
        },
      },
    };
    host = await createTestApp({
      auth: {
        mail: mailbox.mail,
        accounts,
        trustedOrigins: ['https://shop.example'],
        apiKeys: { enableSessionForAPIKeys: true },
        accountLinking: { providers: [{ providerId: 'github', clientId: 'a', clientSecret: 'b' }] },
      },
    });
  });
  afterAll(() => host?.close());

  it('200 POST /forget-password is the old name', async () => {
    const { email } = await signUp(host.url);
    const answer = await send(`${host.url}/api/auth/forget-password`, { body: { email, redirectTo: '/choose' } });
    expect((await mailbox.newest('reset-password', email)).content.url).toContain('callbackURL=%2Fchoose');
    expect(answer.body).toEqual((await askForReset(host, email)).body);
  });

  it.each(['https://evil.example/x', '//evil.example', 'https://shop.example@evil.example/', '/\\evil.example'])(
    '403 %s is no page for a new password, neither when it is asked for nor at the click',
    async (page) => {
      const { email } = await signUp(host.url);
      const asked = await send(`${host.url}/api/auth/request-password-reset`, { body: { email, redirectTo: page } });
      expect(codeOf(asked)).toEqual({ status: 403, code: 'INVALID_REDIRECT_URL' });
      const token = await tokenFor(host, email);
      const url = `${host.url}/api/auth/reset-password/${token}?callbackURL=${encodeURIComponent(page)}`;
      const clicked = await send(url);
      expect([clicked.status, clicked.body.code, clicked.headers.get('location')]).toEqual([
        403,
        'INVALID_CALLBACK_URL',
        null,
      ]);
    },
  );

  it('302 the link goes to the page with the token before its fragment, is not kept, tells nobody, and spends nothing', async () => {
    const { email } = await signUp(host.url);
    const token = await tokenFor(host, email);
    const open = (one: string, method = 'GET') =>
      send(
        `${host.url}/api/auth/reset-password/${one}?callbackURL=${encodeURIComponent('https://shop.example/new?a=1#top')}`,
        { method },
      );
    for (const method of ['HEAD', 'GET', 'GET']) {
      const { status, headers } = await open(token, method);
      expect([status, headers.get('location')]).toEqual([302, `https://shop.example/new?a=1&token=${token}#top`]);
      expect([headers.get('cache-control'), headers.get('referrer-policy')]).toEqual(['no-store', 'no-referrer']);
    }
    for (const bad of ['x'.repeat(43), 'short'])
      expect((await open(bad)).headers.get('location')).toBe('https://shop.example/new?a=1&error=INVALID_TOKEN#top');
    expect((await reset(host, token)).status).toBe(200);
    expect((await open(token)).headers.get('location')).toContain('error=INVALID_TOKEN');
  });

  it('T122 400 expired, spent, unknown and of another kind are one answer; the length is told before, what services say only for a good link', async () => {
    const { email, id } = await signUp(host.url);
    const token = await tokenFor(host, email);
    await host.sql(`UPDATE auth_one_time_secret SET expires_at = now() WHERE subject = $1`, [id]);
    told.length = 0;
    for (const bad of [token, 'x'.repeat(43), ''])
      expect(codeOf(await reset(host, bad, 'known from a leak'))).toEqual(INVALID);
    expect(told).toEqual([]);
    expect((await reset(host, token, 'short')).body.code).toBe('PASSWORD_TOO_SHORT');
    const verifying = await send(`${host.url}/api/auth/send-verification-email`, { body: { email } });
    expect(verifying.status).toBe(200);
    const { url } = (await mailbox.newest('verify-email', email)).content;
    expect(codeOf(await reset(host, new URL(url).searchParams.get('token')!))).toEqual(INVALID);
    await signIn(host.url, email, TEST_PASSWORD);
  });

  it('503 where the host cannot say whether a password is known, and the link stays good', async () => {
    const { email } = await signUp(host.url);
    const token = await tokenFor(host, email);
    expect(codeOf(await reset(host, token, 'service down today'))).toEqual({
      status: 503,
      code: 'SERVICE_UNAVAILABLE',
    });
    expect((await reset(host, token, 'known from a leak')).body.code).toBe('PASSWORD_COMPROMISED');
    expect((await reset(host, token)).status).toBe(200);
  });

  it('T123 what a stranger left in an account whose address nobody had verified is gone: sessions, keys, links, accounts', async () => {
    const stranger = await signUp(host.url);
    const { key } = await host.app
      .get(ApiKeysService)
      .create({ owner: { kind: 'user', id: stranger.id }, name: 'a way back' });
    await host.sql(
      `INSERT INTO auth_linked_account (id, subject, provider_id, issuer, account_id)
       VALUES (gen_random_uuid(), $1, 'github', 'https://github.com', $1)`,
      [stranger.id],
    );
    await send(`${host.url}/api/auth/send-verification-email`, { body: { email: stranger.email } });
    const verify = (await mailbox.newest('verify-email', stranger.email)).content.url;
    const asKey = () => send(`${host.url}/api/auth/get-session`, { headers: { 'x-api-key': key } });
    expect((await asKey()).body.user.id).toBe(stranger.id);
    expect((await reset(host, await tokenFor(host, stranger.email))).status).toBe(200);
    expect([
      (await asKey()).body,
      (await send(`${host.url}/api/auth/get-session`, { bearer: stranger.token })).body,
    ]).toEqual([expect.not.objectContaining({ user: expect.anything() }), null]);
    expect(await host.sql('SELECT id FROM auth_linked_account WHERE subject = $1', [stranger.id])).toEqual([]);
    // The address counts as verified by now, so the link says so, and starts nothing.
    expect(new URL(verify).searchParams.get('token')).toHaveLength(43);
    const owner = await signIn(host.url, stranger.email, NEW_PASSWORD);
    const session = await send(`${host.url}/api/auth/get-session`, { bearer: owner.token });
    expect(session.body.user.emailVerified).toBe(true);
  });

  it('of a verified user keys and linked accounts stay', async () => {
    const { id, email } = await signUp(host.url);
    await host.sql('UPDATE auth_user SET email_verified = true WHERE id = $1', [id]);
    const { key } = await host.app.get(ApiKeysService).create({ owner: { kind: 'user', id }, name: 'nightly' });
    expect((await reset(host, await tokenFor(host, email))).status).toBe(200);
    const { body } = await send(`${host.url}/api/auth/get-session`, { headers: { 'x-api-key': key } });
    expect(body.user.id).toBe(id);
  });

  it('a password of as many characters as may be, in any spelling, opens the account; one more is refused', async () => {
    const { email } = await signUp(host.url);
    const longest = '\u{1F511}'.repeat(127) + 'e\u0301';
    const token = await tokenFor(host, email);
    expect((await reset(host, token, `${longest}x`)).body.code).toBe('PASSWORD_TOO_LONG');
    // Seven, once they are written as they are hashed.
    expect((await reset(host, token, 'e\u0301'.repeat(7))).body.code).toBe('PASSWORD_TOO_SHORT');
    expect((await reset(host, token, longest)).status).toBe(200);
    await signIn(host.url, email, longest);
    await signIn(host.url, email, longest.normalize('NFC'));
  });

  it('the user hears of it at their address, and so does the host', async () => {
    const events: unknown[] = [];
    host.app.get(AuthEvents).on('credentials.changed', (event) => void events.push(event));
    const { id, email } = await signUp(host.url);
    await host.app.get(UsersService).markVerified(id);
    expect((await reset(host, await tokenFor(host, email))).status).toBe(200);
    const { content, subject } = await mailbox.newest('credential-changed', email);
    expect([subject, content]).toMatchObject([
      'Your password was changed',
      { change: 'password', ipAddress: '127.0.0.1' },
    ]);
    expect(events).toEqual([{ subjectId: id, change: 'password', ipAddress: '127.0.0.1' }]);
  });

  it('forms: a bad link leads to where a new one can be had, a good one to the sign-in', async () => {
    const headers = { accept: 'text/html', origin: TEST_ISSUER };
    const signInPage = await send(`${host.url}/api/auth/sign-in`, { headers });
    expect(signInPage.text).toMatch(/<a id="forgotten" href="\/api\/auth\/recover\?[^"]*">/);
    const bad = await send(`${host.url}/api/auth/new-password?error=INVALID_TOKEN`, { headers });
    expect([bad.status, bad.text]).toEqual([400, expect.stringMatching(/id="ask-again" href="\/api\/auth\/recover"/)]);
    const { email } = await signUp(host.url);
    const token = await tokenFor(host, email);
    const link = (await mailbox.newest('reset-password', email)).content.url;
    const opened = await send(host.url + link.slice(TEST_ISSUER.length));
    expect(new URL(opened.headers.get('location')!).pathname).toBe('/api/auth/new-password');
    const form = (password: string) =>
      send(`${host.url}/api/auth/new-password`, { headers, body: new URLSearchParams({ token, password }) });
    expect((await form('iloveyou')).text).toContain('known to attackers');
    const done = await form(NEW_PASSWORD);
    expect([done.status, done.headers.get('location')]).toEqual([303, '/api/auth/new-password?done=set']);
    const again = await form(NEW_PASSWORD);
    expect([again.status, again.text]).toEqual([400, expect.stringContaining('id="ask-again"')]);
    await signIn(host.url, email, NEW_PASSWORD);
  });
});
