import { createTestApp, type TestApp } from '../support/app.js';
import { cookiesOf, send } from '../support/http.js';
import { codeOf, TwoFactorHost, wrongCodeOf, type FactorUser } from '../support/two-factor.js';
import { signUp } from '../support/users.js';

describe('a sign-in with a second factor', () => {
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

  const sessions = async () =>
    Number(
      (await host.sql<{ n: string }>('SELECT count(*) AS n FROM auth_session WHERE subject = $1', [user.id]))[0]!.n,
    );
  const verify = (body: object, cookie?: string) =>
    factor.post('verify-totp', body, cookie === undefined ? {} : { cookie });

  it('200 the first factor answers the challenge: no session, no session cookie, no token of one', async () => {
    const before = await sessions();
    const answer = await factor.signIn(user);
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        twoFactorRedirect: true,
        twoFactorMethods: ['totp'],
        twoFactorToken: expect.stringMatching(/^[A-Za-z0-9]{43}$/),
      },
    ]);
    expect(await sessions()).toBe(before);
    const cookies = answer.headers.getSetCookie();
    expect(cookies).toEqual([expect.stringMatching(/^better-auth\.two_factor=[^;]+; Max-Age=600; Path=\/; HttpOnly/)]);
    expect(answer.headers.get('set-auth-token')).toBeNull();
    expect(
      (await send(`${host.url}/api/auth/get-session`, { headers: { cookie: cookiesOf(answer) } })).body,
    ).toBeNull();
    expect(await factor.currentUser(answer.body.twoFactorToken)).toBeNull();
  });

  it('200 a code starts the session in the browser of the challenge, by its cookie', async () => {
    const cookie = cookiesOf(await factor.signIn(user));
    const done = await verify({ code: codeOf(user.secret) }, cookie);
    expect([done.status, done.body.user.id, done.body.user.twoFactorEnabled]).toEqual([200, user.id, true]);
    const lines = done.headers.getSetCookie();
    expect(lines.some((line) => /^better-auth\.session_token=[^;]+/.test(line))).toBe(true);
    expect(lines.some((line) => /^better-auth\.two_factor=; Max-Age=0/.test(line))).toBe(true);
    expect((await factor.currentUser(done.body.token))!.id).toBe(user.id);
    expect(done.body.accessToken).toBeDefined();
  });

  it('200 a program without cookies goes on by the token of the answer', async () => {
    const done = await verify({ code: codeOf(user.secret), twoFactorToken: await factor.challenge(user) });
    expect((await factor.currentUser(done.body.token))!.twoFactorEnabled).toBe(true);
    const [row] = await host.sql<{ amr: string[] }>('SELECT amr FROM auth_session ORDER BY created_at DESC LIMIT 1');
    expect(row!.amr).toEqual(['pwd', 'otp', 'mfa']);
  });

  it('401 INVALID_TWO_FACTOR_COOKIE without one, with an unknown one, a used one and one that is over', async () => {
    const code = codeOf(user.secret);
    const codes = [
      (await verify({ code })).body.code,
      (await verify({ code, twoFactorToken: 'x'.repeat(43) })).body.code,
    ];
    const token = await factor.challenge(user);
    await verify({ code, twoFactorToken: token });
    await factor.forgetStep(user.id);
    codes.push((await verify({ code, twoFactorToken: token })).body.code);
    const late = await factor.challenge(user);
    await host.sql('UPDATE auth_two_factor_challenge SET expires_at = now()');
    codes.push((await verify({ code, twoFactorToken: late })).body.code);
    expect(codes).toEqual(Array.from({ length: 4 }, () => 'INVALID_TWO_FACTOR_COOKIE'));
  });

  it('T127 401 INVALID_CODE for a code that was used, also at another sign-in (RFC 6238 5.2)', async () => {
    const code = codeOf(user.secret);
    const [one, other] = [await factor.challenge(user), await factor.challenge(user)];
    expect((await verify({ code, twoFactorToken: one })).status).toBe(200);
    const again = await verify({ code, twoFactorToken: other });
    expect([again.status, again.body.code]).toEqual([401, 'INVALID_CODE']);
    // And for one of a step before.
    const older = await verify({ code: codeOf(user.secret, -1), twoFactorToken: other });
    expect(older.body.code).toBe('INVALID_CODE');
    expect((await verify({ code: codeOf(user.secret, 1), twoFactorToken: other })).status).toBe(200);
  });

  it('T126 400 TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE after five wrong codes of all kinds together, also for the right one', async () => {
    const twoFactorToken = await factor.challenge(user);
    const code = wrongCodeOf(user.secret);
    for (let turn = 0; turn < 3; turn++)
      expect((await verify({ code, twoFactorToken })).body.code).toBe('INVALID_CODE');
    for (let turn = 0; turn < 2; turn++) {
      const answer = await factor.post('verify-backup-code', { code: 'aaaaa-bbbbb', twoFactorToken });
      expect([answer.status, answer.body.code]).toEqual([401, 'INVALID_BACKUP_CODE']);
    }
    const sixth = await verify({ code: codeOf(user.secret), twoFactorToken });
    expect([sixth.status, sixth.body.code]).toEqual([400, 'TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE']);
    const fresh = await factor.challenge(user);
    expect((await verify({ code: codeOf(user.secret), twoFactorToken: fresh })).status).toBe(200);
  });

  const lock = async () => {
    for (let turn = 0; turn < 2; turn++) {
      const twoFactorToken = await factor.challenge(user);
      for (let guess = 0; guess < 5; guess++) await verify({ code: wrongCodeOf(user.secret), twoFactorToken });
    }
  };

  it('T126 429 ACCOUNT_TEMPORARILY_LOCKED after ten wrong codes in a row, over all sign-ins; the first factor answers as before', async () => {
    await lock();
    const twoFactorToken = await factor.challenge(user);
    const refused = await verify({ code: codeOf(user.secret), twoFactorToken });
    expect([refused.status, refused.body.code]).toEqual([429, 'ACCOUNT_TEMPORARILY_LOCKED']);
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(880);
    expect(seconds).toBeLessThanOrEqual(900);
    await host.sql(`UPDATE auth_two_factor SET locked_until = now() WHERE subject = $1`, [user.id]);
    expect((await verify({ code: codeOf(user.secret), twoFactorToken })).status).toBe(200);
  });

  it('T128 the lock never keeps its owner out: a backup code signs in, and lifts it', async () => {
    await lock();
    const wrong = await factor.post('verify-backup-code', {
      code: 'aaaaa-bbbbb',
      twoFactorToken: await factor.challenge(user),
    });
    expect(wrong.body.code).toBe('ACCOUNT_TEMPORARILY_LOCKED');
    const twoFactorToken = await factor.challenge(user);
    const done = await factor.post('verify-backup-code', { code: user.backupCodes[0], twoFactorToken });
    expect([done.status, done.body.backupCodesLeft]).toEqual([200, 9]);
    const next = await verify({ code: codeOf(user.secret), twoFactorToken: await factor.challenge(user) });
    expect(next.status).toBe(200);
  });

  it('T128 further locks are longer, a day at most', async () => {
    await host.sql('UPDATE auth_two_factor SET failures = 19 WHERE subject = $1', [user.id]);
    const twoFactorToken = await factor.challenge(user);
    await verify({ code: wrongCodeOf(user.secret), twoFactorToken });
    const second = await verify({ code: codeOf(user.secret), twoFactorToken });
    expect(Math.round(Number(second.headers.get('retry-after')) / 100)).toBe(18);
    await host.sql('UPDATE auth_two_factor SET failures = 999, locked_until = NULL WHERE subject = $1', [user.id]);
    await verify({ code: wrongCodeOf(user.secret), twoFactorToken });
    const late = await verify({ code: codeOf(user.secret), twoFactorToken });
    expect(Math.round(Number(late.headers.get('retry-after')) / 1000)).toBe(86);
  });

  it('T126 wrong codes count with a session too', async () => {
    const code = wrongCodeOf(user.secret);
    const statuses: number[] = [];
    for (let turn = 0; turn < 11; turn++)
      statuses.push((await factor.post('verify-totp', { code }, { bearer: user.factorToken })).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
    const right = await factor.post('verify-totp', { code: codeOf(user.secret) }, { bearer: user.factorToken });
    expect(right.body.code).toBe('ACCOUNT_TEMPORARILY_LOCKED');
  });

  it('a right code forgets the wrong ones before it', async () => {
    for (let round = 0; round < 4; round++) {
      const twoFactorToken = await factor.challenge(user);
      for (let guess = 0; guess < 4; guess++) await verify({ code: wrongCodeOf(user.secret), twoFactorToken });
      expect((await verify({ code: codeOf(user.secret), twoFactorToken })).status).toBe(200);
      await factor.forgetStep(user.id);
    }
  });

  it('T127 a backup code is good once, with or without its dash, in its own case, and its sign-in starts one session', async () => {
    const [code = ''] = user.backupCodes;
    expect(code).toMatch(/^[A-Za-z0-9]{5}-[A-Za-z0-9]{5}$/);
    const spend = async (typed: string) =>
      factor.post('verify-backup-code', { code: typed, twoFactorToken: await factor.challenge(user) });
    expect((await spend(code.replace('-', ''))).status).toBe(200);
    expect((await spend(code)).body.code).toBe('INVALID_BACKUP_CODE');
    const swapped = user.backupCodes[1]!.replaceAll(/[a-z]/gi, (one) =>
      one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase(),
    );
    if (swapped !== user.backupCodes[1]) expect((await spend(swapped)).body.code).toBe('INVALID_BACKUP_CODE');
    const other = await factor.enrolled();
    expect((await spend(other.backupCodes[0]!)).body.code).toBe('INVALID_BACKUP_CODE');
  });

  it('disableSession spends the code only: no session, and the sign-in goes on waiting', async () => {
    const twoFactorToken = await factor.challenge(user);
    const before = await sessions();
    const spent = await factor.post('verify-backup-code', {
      code: user.backupCodes[0],
      disableSession: true,
      twoFactorToken,
    });
    expect([spent.status, spent.body.token, spent.body.user.id]).toEqual([200, undefined, user.id]);
    expect([spent.headers.getSetCookie(), await sessions()]).toEqual([[], before]);
    expect((await verify({ code: codeOf(user.secret), twoFactorToken })).status).toBe(200);
  });

  it('a change of password ends the sign-ins that wait', async () => {
    const twoFactorToken = await factor.challenge(user);
    const body = { currentPassword: user.password, newPassword: 'another horse, another staple' };
    await send(`${host.url}/api/auth/change-password`, { body, bearer: user.factorToken });
    expect((await verify({ code: codeOf(user.secret), twoFactorToken })).body.code).toBe('INVALID_TWO_FACTOR_COOKIE');
  });

  it("another user's code, challenge or session opens nothing of this one", async () => {
    const other = await factor.enrolled();
    const twoFactorToken = await factor.challenge(user);
    expect((await verify({ code: codeOf(other.secret), twoFactorToken })).body.code).toBe('INVALID_CODE');
    // Somebody is signed in at the browser: the sign-in that waits there is the newer one.
    const cookie = `${other.factorCookie}; ${cookiesOf(await factor.signIn(user))}`;
    expect((await verify({ code: codeOf(other.secret) }, cookie)).body.code).toBe('INVALID_CODE');
    expect((await verify({ code: codeOf(user.secret) }, cookie)).body.user.id).toBe(user.id);
  });

  it('who has no factor signs in as before, and has no code to show', async () => {
    const plain = await signUp(host.url);
    expect((await factor.signIn(plain)).body.user.id).toBe(plain.id);
    const answer = await factor.post('verify-totp', { code: '123456' }, { bearer: plain.token });
    expect([answer.status, answer.body.code]).toEqual([400, 'TOTP_NOT_ENABLED']);
    const backup = await factor.post('verify-backup-code', { code: 'aaaaa-bbbbb' }, { bearer: plain.token });
    expect(backup.body.code).toBe('BACKUP_CODES_NOT_ENABLED');
    expect((await factor.post('verify-otp', { code: '123456' }, { bearer: plain.token })).body.code).toBe(
      'TWO_FACTOR_NOT_ENABLED',
    );
    expect((await factor.currentUser(plain.token))!.twoFactorEnabled).toBe(false);
  });

  it('404 what only a server may ask', async () => {
    for (const route of ['view-backup-codes', 'generate-totp', 'totp/generate'])
      expect((await factor.post(route, { userId: user.id }, { bearer: user.factorToken })).status).toBe(404);
  });

  it.each([
    ['verify-totp', {}],
    ['verify-totp', { code: 123_456 }],
    ['verify-totp', { code: 'x'.repeat(65) }],
    ['verify-totp', { code: '123456', userId: 'somebody' }],
    ['verify-backup-code', { code: ['aaaaa-bbbbb'] }],
    ['enable', { method: 'sms' }],
    ['enable', { issuer: 'a:b' }],
  ])('400 %s %j', async (route, body) => {
    expect((await factor.post(route, body, { bearer: user.factorToken })).status).toBe(400);
  });
});
