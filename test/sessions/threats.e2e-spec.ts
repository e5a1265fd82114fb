import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { UsersService } from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { cookiesOf, send } from '../support/http.js';
import { connectSql, waitForListeners, type SqlClient } from '../support/sql-client.js';
import { guarded, post, refresh } from '../support/tokens.js';
import { until } from '../support/until.js';
import { signIn, signUp, TEST_PASSWORD, type SignedInUser } from '../support/users.js';

const EVIL = 'https://evil.example';

describe('sessions', () => {
  let host: TestApp;
  /** A second application on the same database. */
  let other: TestApp;
  let sql: SqlClient;
  // So long that no test could pass because an entry ran out.
  const auth = { cacheTtl: '60s', trustedOrigins: ['https://app.example.com'] } as const;

  beforeAll(async () => {
    host = await createTestApp({ auth });
    other = await createTestApp({ auth, databaseUrl: host.databaseUrl });
    sql = await connectSql(host.databaseUrl);
    await waitForListeners(sql, 2);
  });
  afterAll(async () => {
    await sql.close();
    await other.close();
    await host.close();
  });

  const signInWith = (user: SignedInUser, headers: Record<string, string>) =>
    send(`${host.url}/api/auth/sign-in/email`, { body: { email: user.email, password: user.password }, headers });

  /** What the user holds works on both applications, so that both have it in memory. */
  async function warm(user: SignedInUser): Promise<void> {
    for (const app of [host, other]) {
      expect(await guarded(app, user.token)).toBe(200);
      expect(await guarded(app, user.accessToken)).toBe(200);
    }
  }

  async function expectEnded(user: SignedInUser): Promise<void> {
    expect(await guarded(host, user.token)).toBe(401);
    expect(await guarded(host, user.accessToken)).toBe(401);
    expect((await send(`${host.url}/api/auth/get-session`, { headers: { cookie: user.cookie } })).body).toBeNull();
    await until('the other application refuses the session', async () => (await guarded(other, user.token)) === 401);
    await until('… and the token', async () => (await guarded(other, user.accessToken)) === 401);
    expect((await refresh(other, user.refreshToken)).status).toBe(401);
  }

  describe('T031 fixation', () => {
    it('T031 a session the browser brings along is dead after the sign-in, and the new one is new', async () => {
      const user = await signUp(host.url);
      const again = await signInWith(user, { cookie: user.cookie, origin: TEST_ISSUER });
      expect(again.status).toBe(200);
      expect(again.body.token).not.toBe(user.token);
      await expectEnded(user);
    });

    it("T031 a victim's sign-in with the attacker's cookie ends the attacker's session", async () => {
      const [attacker, victim] = [await signUp(host.url), await signUp(host.url)];
      const answer = await signInWith(victim, { cookie: attacker.cookie, origin: TEST_ISSUER });
      expect(answer.body.user.id).toBe(victim.id);
      expect(cookiesOf(answer)).not.toBe(attacker.cookie);
      await expectEnded(attacker);
    });

    it('T031 a made-up, unsigned or wrongly signed cookie is no session and is never adopted', async () => {
      const user = await signUp(host.url);
      for (const value of ['x'.repeat(32), user.token, `${user.token}.${'A'.repeat(43)}=`]) {
        const cookie = `better-auth.session_token=${encodeURIComponent(value)}`;
        expect((await send(`${host.url}/api/auth/get-session`, { headers: { cookie } })).body).toBeNull();
        const answer = await signInWith(user, { cookie, origin: TEST_ISSUER });
        expect(answer.body.token).not.toBe(value);
      }
    });
  });

  describe('T033 CSRF', () => {
    it.each([
      ['sign-in', EVIL, 'INVALID_ORIGIN'],
      ['sign-in', 'null', 'MISSING_OR_NULL_ORIGIN'],
      ['sign-out', EVIL, 'INVALID_ORIGIN'],
      ['revoke-sessions', EVIL, 'INVALID_ORIGIN'],
    ])('T033 403 %s from the origin %s', async (route, origin, code) => {
      const user = await signUp(host.url);
      const headers = { origin, ...(route !== 'sign-in' && { cookie: user.cookie }) };
      const answer =
        route === 'sign-in'
          ? await signInWith(user, headers)
          : await send(`${host.url}/api/auth/${route}`, { body: {}, headers });
      expect([answer.status, answer.body.code]).toEqual([403, code]);
      expect(answer.headers.getSetCookie()).toEqual([]);
      expect(await guarded(host, user.token)).toBe(200);
    });

    it('T033 403 with a cookie and neither Origin nor Referer, and for a Referer of a stranger', async () => {
      const user = await signUp(host.url);
      for (const referer of [undefined, `${EVIL}/page`, 'nonsense']) {
        const headers = { cookie: user.cookie, ...(referer !== undefined && { referer }) };
        expect((await send(`${host.url}/api/auth/sign-out`, { body: {}, headers })).status).toBe(403);
      }
      expect(await guarded(host, user.token)).toBe(200);
    });

    it('T033 403 for a cross-site navigation (form post) without Origin', async () => {
      const user = await signUp(host.url);
      // fetch() writes `sec-fetch-mode` itself, so this one is sent by hand.
      const body = JSON.stringify({ email: user.email, password: user.password });
      const headers = {
        'content-type': 'application/json',
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'navigate',
      };
      const sent = request(`${host.url}/api/auth/sign-in/email`, { method: 'POST', headers }).end(body);
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      expect(answer.statusCode).toBe(403);
      expect(await text(answer)).toContain('CROSS_SITE_NAVIGATION_LOGIN_BLOCKED');
    });

    it('T033 200 from a trusted origin, and with a header token from anywhere', async () => {
      const user = await signUp(host.url);
      expect((await signInWith(user, { origin: 'https://app.example.com' })).status).toBe(200);
      const answer = await send(`${host.url}/api/auth/sign-out`, {
        body: {},
        bearer: user.token,
        headers: { origin: EVIL },
      });
      expect(answer.status).toBe(200);
      expect(await guarded(host, user.token)).toBe(401);
    });
  });

  describe('T034 an ended session is dead at once, on every application', () => {
    it.each([
      ['sign-out', (user: SignedInUser) => post(host, 'sign-out', user.token)],
      ['revoke-session', (user: SignedInUser) => post(host, 'revoke-session', user.token, { token: user.sessionId })],
      [
        'revoke-session by token',
        (user: SignedInUser) => post(host, 'revoke-session', user.token, { token: user.token }),
      ],
      ['revoke-sessions', (user: SignedInUser) => post(host, 'revoke-sessions', user.accessToken)],
      [
        'token/revoke and sign-out',
        async (user: SignedInUser) => {
          await post(host, 'token/revoke', user.token, { refreshToken: user.refreshToken });
          return post(host, 'sign-out', user.token);
        },
      ],
    ])('T034 %s', async (_name, end) => {
      const user = await signUp(host.url);
      await warm(user);
      expect((await end(user)).status).toBe(200);
      await expectEnded(user);
    });

    it('T034 revoke-other-sessions ends the others and spares this one', async () => {
      const first = await signUp(host.url);
      const second = await signIn(host.url, first.email);
      await warm(first);
      expect((await post(host, 'revoke-other-sessions', second.token)).status).toBe(200);
      await expectEnded(first);
      expect(await guarded(host, second.token)).toBe(200);
    });

    it('T034 401 for an expired session, by the database', async () => {
      const user = await signUp(host.url);
      await sql.run(`UPDATE auth_session SET expires_at = now() - interval '1 second' WHERE id = $1`, [user.sessionId]);
      await sql.run(`SELECT pg_notify('nest_authority', $1)`, [`session:${user.sessionId}`]);
      await until('the expired session is refused', async () => (await guarded(host, user.token)) === 401);
    });
  });

  it('T035 revoking and listing touch only the own sessions; a foreign one is answered as an unknown one', async () => {
    const [mallory, victim] = [await signUp(host.url), await signUp(host.url)];
    const unknown = await post(host, 'revoke-session', mallory.token, { token: 'nothing-of-anybody' });
    for (const token of [victim.sessionId, victim.token]) {
      const answer = await post(host, 'revoke-session', mallory.token, { token });
      expect([answer.status, answer.body]).toEqual([unknown.status, unknown.body]);
    }
    await post(host, 'revoke-other-sessions', mallory.token);
    await post(host, 'revoke-sessions', mallory.token);
    expect(await guarded(host, victim.token)).toBe(200);
    const list = await send(`${host.url}/api/auth/list-sessions`, { bearer: victim.token });
    expect(list.body.map((session: { userId: string }) => session.userId)).toEqual([victim.id]);
    expect(list.text).not.toContain(victim.token);
  });

  describe('T036 disable, delete and password change end everything', () => {
    const users = () => host.app.get(UsersService);

    it.each([
      ['disable', (user: SignedInUser) => users().disable(user.id)],
      ['forget', (user: SignedInUser) => users().forget(user.id)],
      ['delete-user', (user: SignedInUser) => post(host, 'delete-user', user.token, { password: user.password })],
    ])('T036 %s', async (_name, end) => {
      const user = await signUp(host.url);
      await warm(user);
      await end(user);
      await expectEnded(user);
      const again = await signInWith(user, {});
      expect([again.status, again.body.code]).toEqual([401, 'INVALID_EMAIL_OR_PASSWORD']);
    });

    it('T036 change-password with revokeOtherSessions ends all earlier ones and gives one new session', async () => {
      const user = await signUp(host.url);
      const elsewhere = await signIn(host.url, user.email);
      await warm(user);
      const answer = await post(host, 'change-password', user.token, {
        currentPassword: TEST_PASSWORD,
        newPassword: 'another good password',
        revokeOtherSessions: true,
      });
      expect(answer.status).toBe(200);
      await expectEnded(user);
      await expectEnded(elsewhere);
      expect(await guarded(host, answer.body.token)).toBe(200);
      expect((await signInWith(user, {})).status).toBe(401);
    });

    it('T036 enable lets them sign in again, and brings nothing back', async () => {
      const user = await signUp(host.url);
      await users().disable(user.id);
      expect(await users().enable(user.id)).toBe(true);
      await expectEnded(user);
      const again = await signIn(host.url, user.email);
      expect(await guarded(host, again.token)).toBe(200);
    });
  });
});
