import { UsersService } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { notFresh } from '../support/account-pages.js';
import { send } from '../support/http.js';
import { Mailbox } from '../support/mailbox.js';
import { signIn, signUp, TEST_PASSWORD, type SignedInUser } from '../support/users.js';

const origin = 'http://localhost:3000';
const NEW_PASSWORD = 'another horse, another staple';

describe('passwords of users who are signed in', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    const google = { providerId: 'google', clientId: 'a-client', clientSecret: 'a secret of a provider, long enough' };
    const accountLinking = { providers: [google] };
    host = await createTestApp({ auth: { mail: mailbox.mail, rateLimits: true, accountLinking } });
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    await host.sql('DELETE FROM auth_rate_limit');
    user = await signUp(host.url);
  });

  const post = (path: string, body: object, cookie = user.cookie) =>
    send(`${host.url}/api/auth/${path}`, { body, headers: { cookie, origin } });
  const withoutPassword = () => host.sql('UPDATE auth_user SET password_hash = NULL WHERE id = $1', [user.id]);
  const sessions = () => send(`${host.url}/api/auth/list-sessions`, { headers: { cookie: user.cookie } });

  it('a password that is changed by the user, by a link, or removed: the user is told each time', async () => {
    const told = () => mailbox.newest('credential-changed', user.email);
    await host.app.get(UsersService).markVerified(user.id);
    await post('change-password', { currentPassword: TEST_PASSWORD, newPassword: NEW_PASSWORD });
    expect((await told()).content).toMatchObject({ change: 'password', ipAddress: '127.0.0.1' });
    mailbox.messages.length = 0;
    await send(`${host.url}/api/auth/request-password-reset`, { body: { email: user.email } });
    const link = (await mailbox.newest('reset-password', user.email)).content.url;
    const token = new URL(link).pathname.split('/').at(-1)!;
    await send(`${host.url}/api/auth/reset-password`, { body: { newPassword: TEST_PASSWORD, token } });
    expect((await told()).content.change).toBe('password');
    mailbox.messages.length = 0;
    await host.sql(
      `INSERT INTO auth_linked_account (id, subject, provider_id, issuer, account_id) VALUES (gen_random_uuid(), $1, 'google', 'https://accounts.google.com', $1)`,
      [user.id],
    );
    const { cookie } = await signIn(host.url, user.email);
    expect((await post('unlink-account', { providerId: 'credential' }, cookie)).status).toBe(200);
    expect((await told()).content.change).toBe('password');
  });

  describe('POST /set-password', () => {
    it('200 sets the first password, keeps the session, and the user is told', async () => {
      await withoutPassword();
      const done = await post('set-password', { newPassword: NEW_PASSWORD });
      expect([done.status, done.body]).toEqual([200, { status: true }]);
      expect((await mailbox.newest('credential-changed', user.email)).content.change).toBe('password');
      expect((await sessions()).status).toBe(200);
      await signIn(host.url, user.email, NEW_PASSWORD);
    });

    it('400 PASSWORD_ALREADY_SET for those who have one', async () => {
      const refused = await post('set-password', { newPassword: NEW_PASSWORD });
      const told = { code: 'PASSWORD_ALREADY_SET', message: 'User already has a password set' };
      expect([refused.status, refused.body]).toEqual([400, expect.objectContaining(told)]);
      await signIn(host.url, user.email);
    });

    it('400 a bad password, 403 a sign-in long ago, 401 nobody', async () => {
      await withoutPassword();
      expect((await post('set-password', { newPassword: 'short' })).body.code).toBe('PASSWORD_TOO_SHORT');
      expect((await post('set-password', { newPassword: 'iloveyou' })).body.code).toBe('PASSWORD_COMPROMISED');
      expect((await post('set-password', {})).body.code).toBe('VALIDATION_ERROR');
      expect((await post('set-password', { newPassword: NEW_PASSWORD }, '')).status).toBe(401);
      await notFresh(host, user.id);
      expect((await post('set-password', { newPassword: NEW_PASSWORD })).body.code).toBe('SESSION_NOT_FRESH');
    });

    it('one of twenty at once', async () => {
      await withoutPassword();
      const all = Array.from({ length: 20 }, (_, n) => post('set-password', { newPassword: `${NEW_PASSWORD} ${n}` }));
      const answers = await Promise.all(all);
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array.from({ length: 19 }, () => 400)]);
      const codes = new Set(answers.map(({ body }) => body.code));
      expect(codes).toEqual(new Set([undefined, 'PASSWORD_ALREADY_SET']));
      const winner = answers.findIndex(({ status }) => status === 200);
      await signIn(host.url, user.email, `${NEW_PASSWORD} ${winner}`);
    });
  });

  describe('POST /verify-password', () => {
    it('200 makes the session fresh again, also where it is in memory', async () => {
      await notFresh(host, user.id);
      // Read into memory as it is.
      expect((await sessions()).status).toBe(403);
      const done = await post('verify-password', { password: TEST_PASSWORD });
      expect([done.status, done.body]).toEqual([200, { status: true }]);
      expect((await sessions()).status).toBe(200);
    });

    it('200 with an access token of the session, for the session and the tokens that are made from then on (T134)', async () => {
      await host.sql(
        `UPDATE auth_token_family SET created_at = now() - interval '3 days', authenticated_at = now() - interval '3 days' WHERE subject = $1`,
        [user.id],
      );
      await notFresh(host, user.id);
      const byToken = { bearer: user.accessToken };
      const done = await send(`${host.url}/api/auth/verify-password`, {
        body: { password: TEST_PASSWORD },
        ...byToken,
      });
      expect(done.status).toBe(200);
      const listing = async (bearer: string) => (await send(`${host.url}/api/auth/list-sessions`, { bearer })).status;
      const { accessToken } = (await send(`${host.url}/api/auth/token/issue`, { body: {}, bearer: user.token })).body;
      expect([await listing(user.accessToken), await listing(user.token), await listing(accessToken)]).toEqual([
        403, 200, 200,
      ]);
    });

    it('400 INVALID_PASSWORD for a wrong one and for users without one, and nothing is fresh by it; 401 nobody', async () => {
      await notFresh(host, user.id);
      const wrong = await post('verify-password', { password: 'wrong horse' });
      const told = { code: 'INVALID_PASSWORD', message: 'Invalid password' };
      expect([wrong.status, wrong.body]).toEqual([400, expect.objectContaining(told)]);
      await withoutPassword();
      expect((await post('verify-password', { password: TEST_PASSWORD })).body.code).toBe('INVALID_PASSWORD');
      expect((await post('verify-password', { password: TEST_PASSWORD }, '')).status).toBe(401);
      expect((await sessions()).status).toBe(403);
    });

    it('429 wrong passwords here and at the sign-in are counted as one', async () => {
      for (let guess = 0; guess < 5; guess++) await post('verify-password', { password: `guess ${guess}` });
      const body = { email: user.email, password: 'guess' };
      for (let guess = 0; guess < 5; guess++) await send(`${host.url}/api/auth/sign-in/email`, { body });
      const right = await post('verify-password', { password: TEST_PASSWORD });
      expect([right.status, right.body.code]).toEqual([429, 'TOO_MANY_REQUESTS']);
      const signedIn = await send(`${host.url}/api/auth/sign-in/email`, { body: { ...body, password: TEST_PASSWORD } });
      expect(signedIn.status).toBe(429);
    });

    it('429 of many parallel guesses ten are looked at', async () => {
      const all = Array.from({ length: 20 }, (_, n) => post('verify-password', { password: `guess ${n}` }));
      const answers = await Promise.all(all);
      expect(answers.filter(({ status }) => status === 400)).toHaveLength(10);
      expect(answers.filter(({ status }) => status === 429)).toHaveLength(10);
    });
  });
});
