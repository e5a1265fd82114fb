import { URI, type TOTP } from 'otpauth';
import { AuthEvents, type AuthEventName } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { cookiesOf, send } from '../support/http.js';
import { Mailbox } from '../support/mailbox.js';
import { codeOf, TwoFactorHost, wrongCodeOf, type FactorUser } from '../support/two-factor.js';
import { signUp, type SignedInUser } from '../support/users.js';

const secretOf = (totpURI: string) => new URL(totpURI).searchParams.get('secret')!;

describe('setting up, changing and removing a second factor', () => {
  const mailbox = new Mailbox();
  const heard: AuthEventName[] = [];
  let host: TestApp;
  let factor: TwoFactorHost;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createTestApp({ auth: { mail: mailbox.mail, twoFactor: { issuer: 'Acme & Sons' } } });
    factor = new TwoFactorHost(host);
    host.app.get(AuthEvents).onAny(({ name }) => void heard.push(name));
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    user = await signUp(host.url);
    heard.length = 0;
  });

  const post = (route: string, body: object, bearer: string) => factor.post(route, body, { bearer });
  const password = () => ({ password: user.password });
  /** As if the last proof of who they are were older than `stepUpAge`. */
  const age = async (subject: string) => {
    await host.sql(`UPDATE auth_session SET authenticated_at = now() - interval '16 minutes' WHERE subject = $1`, [
      subject,
    ]);
  };

  it('200 enable gives a secret and ten codes, and nothing is on before a code has come', async () => {
    const made = await post('enable', password(), user.token);
    expect(made.body).toEqual({
      method: 'totp',
      totpURI: expect.stringMatching(/^otpauth:\/\/totp\/Acme%20%26%20Sons:/),
      backupCodes: Array.from({ length: 10 }, () => expect.stringMatching(/^[A-Za-z0-9]{5}-[A-Za-z0-9]{5}$/)),
    });
    expect(made.headers.get('cache-control')).toBe('no-store');
    const read = URI.parse(made.body.totpURI) as TOTP;
    expect([read.issuer, read.label, read.secret.bytes.length]).toEqual(['Acme & Sons', user.email, 20]);
    expect((await factor.currentUser(user.token))!.twoFactorEnabled).toBe(false);
    expect((await factor.signIn(user)).body.twoFactorRedirect).toBeUndefined();
    const early = await post('verify-backup-code', { code: made.body.backupCodes[0] }, user.token);
    expect(early.body.code).toBe('BACKUP_CODES_NOT_ENABLED');
  });

  it('200 the first code turns it on, ends the other sessions, and answers a live token of the user as they are now', async () => {
    const made = await post('enable', password(), user.token);
    const other = (await send(`${host.url}/api/auth/sign-in/email`, { body: { email: user.email, ...password() } }))
      .body;
    const on = await post('verify-totp', { code: codeOf(secretOf(made.body.totpURI)) }, user.token);
    expect([on.status, on.body.user.twoFactorEnabled]).toEqual([200, true]);
    expect(on.body.token).not.toBe(user.token);
    expect(await factor.currentUser(on.body.token)).toMatchObject({ id: user.id, twoFactorEnabled: true });
    expect([await factor.currentUser(user.token), await factor.currentUser(other.token)]).toEqual([null, null]);
    expect(heard.filter((name) => /factor|credentials/.test(name))).toEqual([
      'credentials.changed',
      'two-factor.enabled',
    ]);
    expect((await mailbox.newest('credential-changed', user.email)).content).toMatchObject({ factor: 'app-added' });
    // The code that has turned it on does not sign in (RFC 6238 5.2).
    const replay = await factor.post('verify-totp', {
      code: codeOf(secretOf(made.body.totpURI)),
      twoFactorToken: await factor.challenge(user),
    });
    expect(replay.body.code).toBe('INVALID_CODE');
  });

  it('400 enable with a wrong password, and without one', async () => {
    for (const body of [{ password: 'not the password' }, {}, { password: '' }]) {
      const answer = await post('enable', body, user.token);
      expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_PASSWORD']);
    }
    expect(await host.sql('SELECT 1 FROM auth_two_factor WHERE subject = $1', [user.id])).toEqual([]);
  });

  it('a user without a password needs a fresh session in its place', async () => {
    const { token } = (await factor.signIn(user)).body;
    const old = (await factor.signIn(user)).body.token;
    await host.sql('UPDATE auth_user SET password_hash = NULL WHERE id::text = $1', [user.id]);
    await host.sql(
      `UPDATE auth_session SET authenticated_at = now() - interval '2 days' WHERE token_hash = sha256($1)`,
      [Buffer.from(old)],
    );
    const refused = await post('enable', {}, old);
    expect([refused.status, refused.body.code]).toEqual([403, 'SESSION_NOT_FRESH']);
    const made = await post('enable', {}, token);
    expect([made.status, made.body.method]).toEqual([200, 'totp']);
  });

  it('401 enable without a session', async () => {
    expect((await factor.post('enable', password())).status).toBe(401);
  });

  it('T129 no path turns it on without the password: a code by mail with a session does not (issue of the other server)', async () => {
    expect((await post('send-otp', {}, user.token)).body.code).toBe('TWO_FACTOR_NOT_ENABLED');
    expect((await post('verify-otp', { code: '123456' }, user.token)).body.code).toBe('TWO_FACTOR_NOT_ENABLED');
    expect(await host.sql('SELECT 1 FROM auth_two_factor WHERE subject = $1', [user.id])).toEqual([]);
  });

  describe('of a user who has one', () => {
    let owner: FactorUser;
    beforeEach(async () => {
      owner = await factor.enrolled(user);
    });

    it('enabled again, the app from before counts until a code of the new one has come (better-auth 10923)', async () => {
      const made = await post('enable', password(), owner.factorToken);
      const fresh = secretOf(made.body.totpURI);
      const signIn = async (code: string) =>
        (await factor.post('verify-totp', { code, twoFactorToken: await factor.challenge(user) })).body;
      expect((await signIn(codeOf(fresh))).code).toBe('INVALID_CODE');
      expect((await signIn(codeOf(owner.secret))).user.id).toBe(user.id);
      const [old = ''] = owner.backupCodes;
      const oldCode = await factor.post('verify-backup-code', {
        code: old,
        twoFactorToken: await factor.challenge(user),
      });
      expect(oldCode.status).toBe(200);
      const on = await post('verify-totp', { code: codeOf(fresh) }, owner.factorToken);
      expect(on.status).toBe(200);
      await factor.forgetStep(user.id);
      expect((await signIn(codeOf(owner.secret))).code).toBe('INVALID_CODE');
      expect((await signIn(codeOf(fresh))).user.id).toBe(user.id);
      const spent = await factor.post('verify-backup-code', {
        code: owner.backupCodes[1],
        twoFactorToken: await factor.challenge(user),
      });
      expect(spent.body.code).toBe('INVALID_BACKUP_CODE');
    });

    it('an app that nobody has confirmed within an hour counts no more', async () => {
      const made = await post('enable', password(), owner.factorToken);
      await host.sql(`UPDATE auth_two_factor SET pending_at = now() - interval '61 minutes'`);
      const late = await post('verify-totp', { code: codeOf(secretOf(made.body.totpURI)) }, owner.factorToken);
      expect(late.body.code).toBe('INVALID_CODE');
    });

    it.each(['disable', 'enable', 'get-totp-uri', 'generate-backup-codes'])(
      '401 insufficient_user_authentication: %s in a session that has not shown the factor lately (RFC 9470 3)',
      async (route) => {
        await age(user.id);
        const refused = await post(route, password(), owner.factorToken);
        expect([refused.status, refused.body.code, refused.body.details?.max_age]).toEqual([
          401,
          'INSUFFICIENT_USER_AUTHENTICATION',
          900,
        ]);
        expect(refused.headers.get('www-authenticate')).toMatch(/error="insufficient_user_authentication"/);
        const up = await post('verify-totp', { code: codeOf(owner.secret) }, owner.factorToken);
        expect([up.status, up.body.token]).toEqual([200, null]);
        expect((await post(route, password(), owner.factorToken)).status).toBe(200);
      },
    );

    it('T129 401 a session of a trusted browser has not shown the factor', async () => {
      const first = await factor.post('verify-totp', {
        code: codeOf(owner.secret),
        trustDevice: true,
        twoFactorToken: await factor.challenge(user),
      });
      const trust = first.headers
        .getSetCookie()
        .find((line) => line.includes('trust_device'))!
        .split(';')[0]!;
      const trusted = await factor.signIn(user, trust);
      const refused = await post('disable', password(), trusted.body.token);
      expect(refused.body.code).toBe('INSUFFICIENT_USER_AUTHENTICATION');
    });

    it('400 with the factor, and a wrong password', async () => {
      const refused = await post('disable', { password: 'wrong' }, owner.factorToken);
      expect([refused.status, refused.body.code]).toEqual([400, 'INVALID_PASSWORD']);
      expect((await factor.signIn(user)).body.twoFactorRedirect).toBe(true);
    });

    it('disable removes the factor, its codes and all trust, and says so', async () => {
      heard.length = 0;
      const answer = await post('disable', password(), owner.factorToken);
      expect([answer.status, answer.body]).toEqual([200, { status: true }]);
      expect((await factor.signIn(user)).body.user.id).toBe(user.id);
      for (const table of ['auth_two_factor', 'auth_backup_code', 'auth_trusted_device'])
        expect(await host.sql(`SELECT 1 FROM ${table} WHERE subject = $1`, [user.id])).toEqual([]);
      expect(heard).toContain('two-factor.disabled');
      expect((await post('disable', password(), owner.factorToken)).body.code).toBe('TWO_FACTOR_NOT_ENABLED');
    });

    it('get-totp-uri gives the secret that counts', async () => {
      const answer = await post('get-totp-uri', password(), owner.factorToken);
      expect(secretOf(answer.body.totpURI)).toBe(owner.secret);
    });

    it('generate-backup-codes voids those before', async () => {
      const answer = await post('generate-backup-codes', password(), owner.factorToken);
      expect([answer.body.status, answer.body.backupCodes.length]).toEqual([true, 10]);
      const spend = async (code: string) =>
        (await factor.post('verify-backup-code', { code, twoFactorToken: await factor.challenge(user) })).body.code;
      expect(await spend(owner.backupCodes[0]!)).toBe('INVALID_BACKUP_CODE');
      expect(await spend(answer.body.backupCodes[0])).toBeUndefined();
      expect((await mailbox.newest('backup-code-used', user.email)).content.codesLeft).toBe(9);
    });

    it('a step-up strengthens the session that there is, at once, and its new tokens tell of it', async () => {
      const first = await factor.post('verify-totp', {
        code: codeOf(owner.secret),
        trustDevice: true,
        twoFactorToken: await factor.challenge(user),
      });
      const trust = first.headers
        .getSetCookie()
        .find((line) => line.includes('trust_device'))!
        .split(';')[0]!;
      const weak = await factor.signIn(user, trust);
      const amr = async () =>
        (await host.sql<{ amr: string[] }>('SELECT amr FROM auth_session ORDER BY authenticated_at DESC LIMIT 1'))[0]!
          .amr;
      expect(await amr()).toEqual(['pwd']);
      await factor.forgetStep(user.id);
      const wrong = await post('verify-totp', { code: wrongCodeOf(owner.secret) }, weak.body.token);
      expect([wrong.status, await amr()]).toEqual([401, ['pwd']]);
      const cookie = cookiesOf(weak);
      expect((await factor.post('verify-totp', { code: codeOf(owner.secret) }, { cookie })).status).toBe(200);
      expect(await amr()).toEqual(['mfa', 'otp', 'pwd']);
    });
  });

  it('429 wrong passwords count as at sign-in', async () => {
    const limited = await createTestApp({ auth: { twoFactor: true, rateLimits: true } });
    try {
      const here = new TwoFactorHost(limited);
      const one = await signUp(limited.url);
      const statuses: number[] = [];
      for (let turn = 0; turn < 11; turn++)
        statuses.push((await here.post('enable', { password: 'wrong' }, { bearer: one.token })).status);
      expect(statuses).toEqual([...Array.from({ length: 10 }, () => 400), 429]);
    } finally {
      await limited.close();
    }
  });
});
