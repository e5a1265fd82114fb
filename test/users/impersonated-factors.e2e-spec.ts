import { admin, createHostWithAdministrators, signedInWith } from '../support/administrators.js';
import type { TestApp } from '../support/app.js';
import { cookiesOf, send } from '../support/http.js';
import { Mailbox } from '../support/mailbox.js';
import { codeOf, TwoFactorHost } from '../support/two-factor.js';
import { signUp, type SignedInUser } from '../support/users.js';

const API = '/api/auth';

describe('403 IMPERSONATED: whoever acts as a user', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  let factor: TwoFactorHost;
  let user: SignedInUser;
  let acting: { token: string; cookie: string };
  beforeAll(async () => {
    host = await createHostWithAdministrators({
      ...{ mail: mailbox.mail, twoFactor: {}, passkeys: {} },
      accounts: { administrators: { roles: ['admin'] }, deleteUser: { confirmByMail: true } },
    });
    factor = new TwoFactorHost(host);
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    user = await signUp(host.url);
    acting = await actingAs(user);
  });

  async function actingAs({ id: userId }: SignedInUser) {
    const administrator = await signedInWith(host, 'admin');
    const begun = await admin(host, 'impersonate-user', administrator.token, { userId });
    return { token: begun.body.session.token as string, cookie: cookiesOf(begun) };
  }
  const open = (path: string) =>
    send(`${host.url}${path}`, { headers: { cookie: acting.cookie, accept: 'application/json' } });

  it('T131 gives a user without a password no second factor, and has no session of theirs by it', async () => {
    await host.sql('UPDATE auth_user SET password_hash = NULL WHERE id = $1', [user.id]);
    for (const by of [{ bearer: acting.token }, { cookie: acting.cookie }]) {
      const made = await factor.post('enable', {}, by);
      expect([made.status, made.body.code]).toEqual([403, 'IMPERSONATED']);
    }
    expect(await host.sql('SELECT 1 FROM auth_two_factor WHERE subject = $1', [user.id])).toEqual([]);
  });

  it('T131 confirms no app that the user has begun to set up, and shows no code of theirs', async () => {
    const begun = await factor.post('enable', { password: user.password }, { bearer: user.token });
    const secret = new URL(begun.body.totpURI).searchParams.get('secret')!;
    for (const [route, body] of [
      ['verify-totp', { code: codeOf(secret) }],
      ['verify-backup-code', { code: begun.body.backupCodes[0] }],
      ['verify-otp', { code: '123456' }],
      ['send-otp', {}],
    ] as const)
      expect([route, (await factor.post(route, body, { bearer: acting.token })).body.code]).toEqual([
        route,
        'IMPERSONATED',
      ]);
    expect((await factor.currentUser(user.token))!.twoFactorEnabled).toBe(false);
  });

  it('T131 begins and ends no step-up of theirs by passkey', async () => {
    const options = await open(`${API}/passkey/generate-authenticate-options`);
    expect(options.body.allowCredentials).toBeUndefined();
    expect((await open(`${API}/passkey/generate-register-options`)).body.code).toBe('IMPERSONATED');
  });

  it('T131 follows no link that was sent to the user: neither their deletion nor their change of address', async () => {
    const to = `new-${user.email}`;
    await send(`${host.url}${API}/delete-user`, { bearer: user.token, body: { password: user.password } });
    await send(`${host.url}${API}/change-email`, { bearer: user.token, body: { newEmail: to } });
    const links = [
      (await mailbox.newest('delete-user', user.email)).content.url,
      (await mailbox.newest('change-email-verify', to)).content.url,
    ].map((link) => new URL(link));
    for (const { pathname, searchParams } of links) {
      const answer = await open(`${pathname}?token=${searchParams.get('token')}`);
      expect([pathname, answer.status, answer.body?.code]).toEqual([pathname, 403, 'IMPERSONATED']);
    }
    const [row] = await host.sql<{ email: string }>('SELECT email FROM auth_user WHERE id = $1', [user.id]);
    expect(row?.email).toBe(user.email);
  });
});
