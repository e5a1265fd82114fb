import { createTestApp, type TestApp } from '../support/app.js';
import { cookiesOf, send, type Answer } from '../support/http.js';
import { codeOf, TwoFactorHost, type FactorUser } from '../support/two-factor.js';

describe('trusted browsers', () => {
  let host: TestApp;
  let factor: TwoFactorHost;
  let user: FactorUser;
  beforeAll(async () => {
    host = await createTestApp({ auth: { twoFactor: true } });
    factor = new TwoFactorHost(host);
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    user = await factor.enrolled();
  });

  const trustOf = (answer: Answer) =>
    answer.headers
      .getSetCookie()
      .find((line) => line.startsWith('better-auth.trust_device='))
      ?.split(';')[0];
  const trusted = async (who = user) => {
    const answer = await factor.post('verify-totp', {
      code: codeOf(who.secret),
      trustDevice: true,
      twoFactorToken: await factor.challenge(who),
    });
    await factor.forgetStep(who.id);
    return trustOf(answer)!;
  };
  const isAsked = async (cookie: string, who = user) =>
    (await factor.signIn(who, cookie)).body.twoFactorRedirect === true;

  it('is not asked again there, and elsewhere it is', async () => {
    const answer = await factor.post('verify-totp', {
      code: codeOf(user.secret),
      trustDevice: true,
      twoFactorToken: await factor.challenge(user),
    });
    const line = answer.headers.getSetCookie().find((one) => one.startsWith('better-auth.trust_device='))!;
    expect(line).toMatch(/; Max-Age=2592000; Path=\/; HttpOnly/);
    const cookie = line.split(';')[0]!;
    expect([await isAsked(cookie), await isAsked('other=cookie')]).toEqual([false, true]);
  });

  it('without the wish there is no trust', async () => {
    const answer = await factor.post('verify-totp', {
      code: codeOf(user.secret),
      twoFactorToken: await factor.challenge(user),
    });
    expect(trustOf(answer)).toBeUndefined();
  });

  it('T130 another user in the same browser is asked', async () => {
    const other = await factor.enrolled();
    const cookie = await trusted();
    expect([await isAsked(cookie), await isAsked(cookie, other)]).toEqual([false, true]);
  });

  it('stays at sign-out', async () => {
    const cookie = await trusted();
    const { token } = (await factor.signIn(user, cookie)).body;
    const out = await send(`${host.url}/api/auth/sign-out`, { body: {}, bearer: token });
    expect(out.headers.getSetCookie().filter((line) => line.includes('trust_device'))).toEqual([]);
    expect(await isAsked(cookie)).toBe(false);
  });

  it('T130 ends after thirty days', async () => {
    const cookie = await trusted();
    const [row] = await host.sql<{ days: number }>(
      `SELECT extract(day FROM expires_at - created_at)::int AS days FROM auth_trusted_device WHERE subject = $1`,
      [user.id],
    );
    expect(row!.days).toBe(30);
    await host.sql('UPDATE auth_trusted_device SET expires_at = now() WHERE subject = $1', [user.id]);
    expect(await isAsked(cookie)).toBe(true);
  });

  it('T130 a cookie with another signature, or of another token, is worth nothing', async () => {
    const cookie = await trusted();
    const [name, value = ''] = cookie.split('=');
    const token = decodeURIComponent(value).split('.')[0]!;
    expect(await isAsked(`${name}=${token}`)).toBe(true);
    expect(await isAsked(`${name}=${encodeURIComponent(`${token}.${'A'.repeat(43)}=`)}`)).toBe(true);
  });

  it.each(['password', 'disable', 'app', 'codes'] as const)(
    'ends with a change of %s from another browser',
    async (what) => {
      const cookie = await trusted();
      const bearer = user.factorToken;
      const { password } = user;
      let next = user;
      if (what === 'password') {
        const newPassword = 'another horse, another staple';
        const body = { currentPassword: password, newPassword };
        expect((await send(`${host.url}/api/auth/change-password`, { body, bearer })).status).toBe(200);
        next = { ...user, password: newPassword };
      }
      if (what === 'disable') {
        expect((await factor.post('disable', { password }, { bearer })).status).toBe(200);
        const token = (await factor.signIn(user)).body.token;
        next = await factor.enrolled({ ...user, token });
      }
      if (what === 'app') next = await factor.enrolled({ ...user, token: bearer });
      if (what === 'codes')
        expect((await factor.post('generate-backup-codes', { password }, { bearer })).status).toBe(200);
      expect(await isAsked(cookie, next)).toBe(true);
    },
  );

  it('T130 is listed to its user, and revoked by them alone', async () => {
    const cookie = await trusted();
    const list = async (who: FactorUser, extra = '') =>
      (
        await send(`${host.url}/api/auth/two-factor/trusted-devices`, {
          bearer: who.factorToken,
          ...(extra && { headers: { cookie: extra } }),
        })
      ).body;
    const [device] = await list(user, cookie);
    expect(device).toEqual({
      id: expect.any(String),
      userAgent: expect.any(String),
      createdAt: expect.any(String),
      lastUsedAt: expect.any(String),
      expiresAt: expect.any(String),
      isCurrent: true,
    });
    const other = await factor.enrolled();
    expect(await list(other)).toEqual([]);
    const revoke = (who: FactorUser, id: string) =>
      factor.post('revoke-trusted-device', { id }, { bearer: who.factorToken });
    expect((await revoke(other, device.id)).status).toBe(200);
    expect((await revoke(user, 'no id at all')).status).toBe(200);
    expect(await isAsked(cookie)).toBe(false);
    await revoke(user, device.id);
    expect(await isAsked(cookie)).toBe(true);
  });

  it('T128 signs in while the account is locked', async () => {
    const cookie = await trusted();
    await host.sql(`UPDATE auth_two_factor SET locked_until = now() + interval '10 minutes' WHERE subject = $1`, [
      user.id,
    ]);
    expect(await isAsked(cookie)).toBe(false);
  });

  it('the session of a sign-in that waits in this browser comes with the cookie of the trust', async () => {
    const waiting = await factor.signIn(user);
    const done = await factor.post(
      'verify-totp',
      { code: codeOf(user.secret), trustDevice: true },
      { cookie: cookiesOf(waiting) },
    );
    expect([done.status, trustOf(done) !== undefined]).toEqual([200, true]);
  });
});
