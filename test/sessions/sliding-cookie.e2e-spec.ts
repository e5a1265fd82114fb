import { Controller, Get, Header, Res } from '@nestjs/common';
import { Auth, AuthContext, SessionsService } from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { cookiesOf, send, type Answer } from '../support/http.js';
import { AUTHORIZE, authorizeQuery, providerOptions, WEB } from '../support/oauth.js';
import { signIn, signUp, TEST_PASSWORD, type SignedInUser } from '../support/users.js';

const NAME = 'better-auth.session_token';

/** Routes of the host. */
@Controller('host')
class HostController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly context: AuthContext,
  ) {}

  @Get('guarded')
  @Auth('session')
  @Header('Cache-Control', 'public, max-age=60')
  guarded(@Res({ passthrough: true }) response: { header(name: string, value: string): unknown }): string {
    response.header('Set-Cookie', 'host=1; Path=/');
    return 'guarded';
  }

  @Get('asks')
  async asks(): Promise<string> {
    return String((await this.context.current())?.user.email);
  }

  /** A cookie that did not come with the request, e.g. out of a message. */
  readApart(cookie: string) {
    return this.sessions.getSession({ headers: { cookie } });
  }
}

describe.each(['express', 'fastify'] as const)('F38: the cookie lives as long as its session, on %s', (adapter) => {
  let host: TestApp;
  let user: SignedInUser;

  beforeAll(async () => {
    host = await createTestApp({ adapter, auth: { ...providerOptions(), cacheTtl: 0 }, controllers: [HostController] });
  });
  beforeEach(async () => {
    user = await signUp(host.url);
  });
  afterAll(() => host.close());

  const call = (path: string, options: { method?: string; body?: unknown; cookie?: string } = {}): Promise<Answer> => {
    const { cookie = user.cookie, ...rest } = options;
    return send(host.url + path, { ...rest, headers: { cookie, origin: TEST_ISSUER, accept: 'text/html' } });
  };
  const api = (route: string, options?: Parameters<typeof call>[1]) => call(`/api/auth/${route}`, options);
  const linesOf = (answer: Answer) => answer.headers.getSetCookie().filter((line) => line.startsWith(`${NAME}=`));
  /** Days pass since the session was last used. */
  const pass = (interval: string) =>
    host.sql(
      `UPDATE auth_session SET updated_at = updated_at - $2::interval,
         expires_at = expires_at - $2::interval WHERE subject = $1`,
      [user.id, interval],
    );
  const daysLeft = async () => {
    const [row] = await host.sql<{ days: number }>(
      'SELECT round(extract(epoch FROM expires_at - now()) / 86400)::int AS days FROM auth_session WHERE subject = $1',
      [user.id],
    );
    return row?.days;
  };
  const isAgain = (answer: Answer, token = user.cookie) => {
    expect(linesOf(answer)).toHaveLength(1);
    const [pair, ...attributes] = linesOf(answer)[0]!.split('; ');
    expect([pair, attributes]).toEqual([token, ['Max-Age=604800', 'Path=/', 'HttpOnly', 'SameSite=Lax']]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  };

  it.each([
    ['get-session', '/api/auth/get-session', 200],
    ['a route of the user', '/api/auth/user/list-sessions', 200],
    ['a page', '/api/auth/account', 200],
    ['the authorization endpoint', `${AUTHORIZE}?${authorizeQuery(WEB, { code_challenge: 'c'.repeat(43) })}`, 302],
    ['the page of sign-out', '/api/auth/oauth2/end-session', 200],
    ['a guarded route of the host', '/host/guarded', 200],
    ['a route of the host that asks', '/host/asks', 200],
  ])(
    'F38: %s: day 2 and day 8 extend the session and send the cookie again, in between nothing does',
    async (_name, path, status) => {
      for (const days of [2, 6]) {
        await pass(`${days} days`);
        const answer = await call(path);
        expect(answer.status).toBe(status);
        isAgain(answer);
        expect(await daysLeft()).toBe(7);
        await pass('23 hours');
        expect(linesOf(await call(path))).toEqual([]);
        expect(await daysLeft()).toBe(6);
      }
    },
  );

  it('F38: list-sessions and other routes of the user send it as well, and cookies of the host stay', async () => {
    await pass('2 days');
    isAgain(await api('list-sessions'));
    await pass('2 days');
    const answer = await call('/host/guarded');
    expect(answer.headers.getSetCookie()).toContain('host=1; Path=/');
    expect(linesOf(answer)).toHaveLength(1);
    expect(answer.text).toBe('guarded');
  });

  it('F38: at once, every answer carries it', async () => {
    await pass('2 days');
    const answers = await Promise.all([1, 2, 3].map(() => api('get-session')));
    expect(answers.flatMap(linesOf).length).toBeGreaterThan(0);
    expect(await daysLeft()).toBe(7);
  });

  it('F38: not what goes with the browser: no Max-Age, no extension', async () => {
    const body = { email: user.email, password: TEST_PASSWORD, rememberMe: false };
    const cookie = cookiesOf(await send(`${host.url}/api/auth/sign-in/email`, { body }));
    await host.sql(`UPDATE auth_session SET updated_at = now() - interval '2 days' WHERE NOT remember`);
    const answer = await api('get-session', { cookie });
    expect([answer.body.user.id, answer.headers.getSetCookie()]).toEqual([user.id, []]);
  });

  it('F38: what cannot send the cookie does not extend the session, and a use as bearer leaves the cookie its turn', async () => {
    await pass('2 days');
    expect((await host.app.get(HostController).readApart(user.cookie))!.user.id).toBe(user.id);
    expect(await daysLeft()).toBe(5);
    const bearer = await send(`${host.url}/api/auth/get-session`, { bearer: user.token });
    expect([bearer.body.user.id, linesOf(bearer), await daysLeft()]).toEqual([user.id, [], 7]);
    isAgain(await api('get-session'));
  });

  it('F38: update-user extends the session whose cookie it sends', async () => {
    await pass('12 hours');
    const answer = await api('update-user', { body: { name: 'Another' } });
    expect(linesOf(answer)[0]).toContain('Max-Age=604800');
    const [row] = await host.sql<{ fresh: boolean }>(
      `SELECT expires_at > now() + interval '6 days 23 hours' AS fresh FROM auth_session WHERE subject = $1`,
      [user.id],
    );
    expect(row!.fresh).toBe(true);
  });

  describe('F38: and it goes with its session', () => {
    const isCleared = (answer: Answer) =>
      expect(
        linesOf(answer).every((line) => line.startsWith(`${NAME}=; Max-Age=0`)) && linesOf(answer).length === 1,
      ).toBe(true);

    it('F38: get-session and the page of accounts clear a cookie whose session has ended, or that is none', async () => {
      for (const path of ['/api/auth/get-session', '/api/auth/account']) {
        expect(linesOf(await call(path))).toEqual([]);
        isCleared(await call(path, { cookie: `${NAME}=nonsense` }));
        expect((await call(path, { cookie: 'other=1' })).headers.getSetCookie()).toEqual([]);
      }
      await host.sql('DELETE FROM auth_session WHERE subject = $1', [user.id]);
      for (const path of ['/api/auth/get-session', '/api/auth/account']) isCleared(await call(path));
    });

    it('F38: a bad bearer token does not clear the good cookie that comes along', async () => {
      const headers = { cookie: user.cookie };
      const answer = await send(`${host.url}/api/auth/get-session`, { headers, bearer: 'nas_bad' });
      expect([answer.body, answer.headers.getSetCookie()]).toEqual([null, []]);
    });

    it.each([
      ['revoke-session', () => ({ token: user.sessionId })],
      ['revoke-session', () => ({ token: user.token })],
      ['revoke-sessions', () => ({})],
      ['delete-user', () => ({ password: TEST_PASSWORD })],
      ['sign-out', () => ({})],
    ])('F38: %s of the own one', async (route, body) => {
      // Due, so that the same answer would extend it too.
      await pass('2 days');
      const answer = await api(route, { body: body() });
      expect(answer.status).toBe(200);
      isCleared(answer);
    });

    it('F38: revoking another one leaves it, and a changed password brings a new one', async () => {
      const second = await signIn(host.url, user.email);
      expect(linesOf(await api('revoke-session', { body: { token: second.sessionId } }))).toEqual([]);
      const body = { currentPassword: TEST_PASSWORD, newPassword: 'another good password', revokeOtherSessions: true };
      const changed = await api('change-password', { body });
      expect(linesOf(changed)).toHaveLength(1);
      expect((await api('get-session', { cookie: cookiesOf(changed) })).body.user.id).toBe(user.id);
    });
  });
});
