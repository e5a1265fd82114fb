import { scryptSync } from 'node:crypto';
import { AuthError, type AccountsHooks, type HostUser } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { cookiesOf, send } from '../support/http.js';
import { signIn, signUp, TEST_PASSWORD } from '../support/users.js';

const TOKEN = /^nas_[0-9A-Za-z]{49}$/;
const body = (email: string, more: object = {}) => ({ email, password: TEST_PASSWORD, name: 'Ada', ...more });

describe('POST /sign-up/email and /sign-in/email', () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp();
  });
  afterAll(() => host.close());
  const post = (path: string, content: object, headers: Record<string, string> = {}) =>
    send(`${host.url}/api/auth/${path}`, { body: content, headers });

  it('200 sign-up: token, user, session, cookie; the hash is scrypt and leaves nowhere', async () => {
    const answer = await post('sign-up/email', body('Up@Example.COM '));
    expect(answer.status).toBe(200);
    expect(answer.body.token).toMatch(TOKEN);
    expect(answer.body.session).toMatchObject({ id: answer.body.token, token: answer.body.token });
    expect(answer.body.user).toMatchObject({ email: 'up@example.com', emailVerified: false, image: null });
    expect(Object.keys(answer.body.user).sort()).toEqual(
      ['id', 'name', 'email', 'emailVerified', 'image', 'roles', 'createdAt', 'updatedAt'].sort(),
    );
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const [row] = await host.sql(`SELECT password_hash FROM auth_user WHERE email = 'up@example.com'`);
    expect(row!['password_hash']).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/);
    const [session] = await host.sql('SELECT encode(token_hash, $2) AS h FROM auth_session WHERE subject = $1', [
      answer.body.user.id,
      'escape',
    ]);
    expect(session!['h']).not.toContain(answer.body.token);
  });

  it('422 and nothing written for a taken address, also when two sign up at once', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => post('sign-up/email', body('twice@example.com'))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422, 422]);
    const rows = await host.sql(`SELECT id FROM auth_user WHERE email = 'twice@example.com'`);
    expect(rows).toHaveLength(1);
  });

  it.each<[string, object, string, number?]>([
    ['a password of 7 characters', { password: 'x'.repeat(7) }, 'PASSWORD_TOO_SHORT'],
    ['a password of 129 characters', { password: 'x'.repeat(129) }, 'PASSWORD_TOO_LONG'],
    ['no address', { email: 'ada' }, 'INVALID_EMAIL'],
    ['an address with a line feed', { email: 'ada\n@example.com' }, 'INVALID_EMAIL'],
    ['a number as password', { password: 12345678 }, 'VALIDATION_ERROR'],
    ['an image that is script', { image: 'javascript:alert(1)' }, 'VALIDATION_ERROR'],
    ['an id of its own (T009)', { id: 'me' }, 'SERVER_ONLY_PROPERTY'],
    ['a callback elsewhere (T069)', { callbackURL: '//evil.example' }, 'INVALID_CALLBACK_URL', 403],
  ])('400 sign-up with %s, and no user', async (_name, change, code, status = 400) => {
    const email = `bad-${code}-${Math.random()}@example.com`;
    const answer = await post('sign-up/email', body(email, change));
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(await host.sql('SELECT 1 FROM auth_user WHERE email = $1', [email.toLowerCase()])).toEqual([]);
  });

  it('200 with a password of exactly 8 and of exactly 128 characters; NFKC forms of it are one password', async () => {
    for (const password of ['x'.repeat(8), 'y'.repeat(128), 'ﬁve ﬁshes']) {
      const user = await signUp(host.url, { password });
      expect((await signIn(host.url, user.email, password.normalize('NFKC'))).id).toBe(user.id);
    }
  });

  it('401 one answer for an unknown user, a wrong password, a too long one and a disabled user', async () => {
    const user = await signUp(host.url);
    const banned = await signUp(host.url);
    await host.sql('UPDATE auth_subject SET disabled_at = now() WHERE subject = $1', [banned.id]);
    const answers = await Promise.all([
      post('sign-in/email', body('nobody@example.com')),
      post('sign-in/email', body(user.email, { password: 'not the password' })),
      post('sign-in/email', body(user.email, { password: 'x'.repeat(1_000) })),
      post('sign-in/email', body(banned.email)),
    ]);
    for (const answer of answers) {
      expect(answer.status).toBe(401);
      expect(answer.body).toEqual(answers[0]!.body);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
  });

  it('T031 a session that the browser brought along is dead after the sign-in', async () => {
    const first = await signUp(host.url);
    const headers = { cookie: first.cookie, origin: 'http://localhost:3000' };
    const second = await post('sign-in/email', body(first.email), headers);
    expect(second.body.token).not.toBe(first.token);
    expect((await send(`${host.url}/api/auth/get-session`, { headers: { cookie: first.cookie } })).body).toBeNull();
    expect(
      (await send(`${host.url}/api/auth/get-session`, { headers: { cookie: cookiesOf(second) } })).body.user.id,
    ).toBe(first.id);
  });

  it('T033 403 with a foreign or a missing Origin when a cookie comes along', async () => {
    const user = await signUp(host.url);
    for (const [headers, code] of [
      [{ origin: 'https://evil.example' }, 'INVALID_ORIGIN'],
      [{ cookie: user.cookie, referer: 'https://evil.example/page' }, 'INVALID_ORIGIN'],
      [{ cookie: user.cookie, origin: 'null' }, 'MISSING_OR_NULL_ORIGIN'],
      [{ cookie: user.cookie, 'sec-fetch-site': 'cross-site' }, 'MISSING_OR_NULL_ORIGIN'],
    ] as [Record<string, string>, string][]) {
      const answer = await post('sign-in/email', body(user.email), headers);
      expect([answer.status, answer.body.code]).toEqual([403, code]);
      const out = await send(`${host.url}/api/auth/sign-out`, { method: 'POST', headers });
      expect([out.status, out.body.code]).toEqual([403, code]);
    }
    expect((await send(`${host.url}/api/auth/get-session`, { bearer: user.token })).body).not.toBeNull();
  });

  it("200 with a hash of better-auth's format, which is replaced on use and not by a wrong password", async () => {
    const user = await signUp(host.url);
    const salt = '000102030405060708090a0b0c0d0e0f';
    const key = scryptSync(TEST_PASSWORD.normalize('NFKC'), salt, 64, {
      N: 16384,
      r: 16,
      p: 1,
      maxmem: 128 * 16384 * 16 * 2,
    });
    const legacy = `${salt}:${key.toString('hex')}`;
    await host.sql('UPDATE auth_user SET password_hash = $2 WHERE id = $1', [user.id, legacy]);
    const stored = async () =>
      (await host.sql<{ h: string }>('SELECT password_hash AS h FROM auth_user WHERE id = $1', [user.id]))[0]!.h;
    expect((await post('sign-in/email', body(user.email, { password: 'wrong password' }))).status).toBe(401);
    expect(await stored()).toBe(legacy);
    expect((await signIn(host.url, user.email)).id).toBe(user.id);
    expect(await stored()).toMatch(/^\$scrypt\$/);
    expect((await signIn(host.url, user.email)).id).toBe(user.id);
  });

  it('401 with a hash that is none: empty, cut off, or of another kind', async () => {
    const user = await signUp(host.url);
    for (const hash of ['', 'x', '$2b$10$abcdefghijklmnopqrstuv', '$scrypt$ln=15,r=8,p=3$AA$AA', null]) {
      await host.sql('UPDATE auth_user SET password_hash = $2 WHERE id = $1', [user.id, hash]);
      expect((await post('sign-in/email', body(user.email))).status).toBe(401);
    }
  });

  it('200 sign-out is idempotent, ends tokens with the session, and leaves other sessions', async () => {
    const user = await signUp(host.url);
    const other = await signIn(host.url, user.email);
    const out = () => send(`${host.url}/api/auth/sign-out`, { method: 'POST', bearer: user.token });
    expect((await out()).body).toEqual({ success: true });
    expect((await out()).body).toEqual({ success: true });
    for (const [bearer, alive] of [
      [user.token, false],
      [user.accessToken, false],
      [other.token, true],
    ] as const)
      expect((await send(`${host.url}/api/auth/get-session`, { bearer })).body !== null).toBe(alive);
    const refresh = { body: { refreshToken: user.refreshToken } };
    expect((await send(`${host.url}/api/auth/token/refresh`, refresh)).status).toBe(401);
  });
});

describe('accounts options', () => {
  const calls: string[] = [];
  const hooks: AccountsHooks = {
    beforeSignUp: async (user) => {
      calls.push(`up ${user.email} ${'password' in user}`);
      if (user.email.endsWith('@blocked.example'))
        throw AuthError.forbidden('DOMAIN_BLOCKED', 'This domain is blocked');
    },
    beforeSignIn: (user: HostUser) => {
      if (user.name === 'Vetoed') throw AuthError.forbidden('VETOED', 'Not today');
    },
    resolveScopes: async (user: HostUser) => (user.name === 'Root' ? ['everything'] : ['read:data']),
  };
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({
      auth: {
        bearer: { refreshToken: { enabled: true } },
        accounts: { hooks, signUp: { autoSignIn: false }, requireEmailVerification: false },
      },
    });
  });
  afterAll(() => host.close());
  const post = (path: string, content: object) => send(`${host.url}/api/auth/${path}`, { body: content });

  it('403 beforeSignUp vetoes: its error is answered, no user is written, it never sees the password', async () => {
    const answer = await post('sign-up/email', body('eve@blocked.example'));
    expect([answer.status, answer.body.code]).toEqual([403, 'DOMAIN_BLOCKED']);
    expect(await host.sql(`SELECT 1 FROM auth_user WHERE email LIKE '%blocked%'`)).toEqual([]);
    expect(calls).toContain('up eve@blocked.example false');
  });

  it('200 signUp.autoSignIn false: token null, no cookie, no session; sign-in works', async () => {
    const answer = await post('sign-up/email', body('later@example.com'));
    expect([answer.status, answer.body.token]).toEqual([200, null]);
    expect(answer.body).not.toHaveProperty('accessToken');
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(await host.sql('SELECT 1 FROM auth_session WHERE subject = $1', [answer.body.user.id])).toEqual([]);
    expect((await signIn(host.url, 'later@example.com')).token).toMatch(TOKEN);
  });

  it('403 beforeSignIn vetoes after the password was right, 401 before', async () => {
    await post('sign-up/email', body('vetoed@example.com', { name: 'Vetoed' }));
    expect((await post('sign-in/email', body('vetoed@example.com'))).body.code).toBe('VETOED');
    const wrong = await post('sign-in/email', body('vetoed@example.com', { password: 'wrong password' }));
    expect(wrong.body.code).toBe('INVALID_EMAIL_OR_PASSWORD');
    expect(
      await host.sql('SELECT 1 FROM auth_session s JOIN auth_user u ON u.id = s.subject WHERE u.name = $1', ['Vetoed']),
    ).toEqual([]);
  });

  it('200 resolveScopes gives the session and its tokens their scopes', async () => {
    for (const [name, scopes] of [
      ['Root', ['everything']],
      ['Ada', ['read:data']],
    ] as const) {
      const email = `${name}@example.com`;
      await post('sign-up/email', body(email, { name }));
      const user = await signIn(host.url, email);
      const rows = await host.sql('SELECT scopes FROM auth_session WHERE id = $1', [user.sessionId]);
      expect(rows).toEqual([{ scopes }]);
      const families = await host.sql('SELECT scopes FROM auth_token_family WHERE session_id = $1', [user.sessionId]);
      expect(families).toEqual([{ scopes }]);
    }
  });
});

describe('requireEmailVerification', () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({ auth: { accounts: { requireEmailVerification: true, password: { minLength: 12 } } } });
  });
  afterAll(() => host.close());
  const post = (path: string, content: object) => send(`${host.url}/api/auth/${path}`, { body: content });

  it('403 EMAIL_NOT_VERIFIED after sign-up, 200 when verified, 401 for a wrong password either way', async () => {
    const up = await post('sign-up/email', body('new@example.com'));
    expect([up.status, up.body.token]).toEqual([200, null]);
    const refused = await post('sign-in/email', body('new@example.com'));
    expect([refused.status, refused.body.code]).toEqual([403, 'EMAIL_NOT_VERIFIED']);
    expect((await post('sign-in/email', body('new@example.com', { password: 'wrong password' }))).status).toBe(401);
    await host.sql('UPDATE auth_user SET email_verified = true');
    expect((await post('sign-in/email', body('new@example.com'))).status).toBe(200);
  });

  it('400 password.minLength is obeyed', async () => {
    const short = await post('sign-up/email', body('short@example.com', { password: 'eleven char' }));
    expect([short.status, short.body.code]).toEqual([400, 'PASSWORD_TOO_SHORT']);
  });
});
