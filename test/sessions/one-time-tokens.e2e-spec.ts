import { AuthEvents, OneTimeTokens, type AnyAuthEvent } from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type Adapter, type TestApp } from '../support/app.js';
import { cookiesOf, send, type Answer } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

const SHAPE = /^[A-Za-z0-9]{32}$/;
const BAD = [400, 'INVALID_TOKEN', 'Invalid token'];

describe.each<Adapter>(['express', 'fastify'])('F28: one-time tokens on %s', (adapter) => {
  const events: AnyAuthEvent[] = [];
  let refusing: string | null = null;
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({
      adapter,
      auth: {
        trustedOrigins: ['https://app.example.com', 'myapp://'],
        accounts: {
          hooks: {
            beforeSignIn: (user) => {
              if (user.id === refusing) throw new Error('the host says no');
            },
          },
        },
      },
    });
    host.app.get(AuthEvents).onAny((event) => void events.push(event));
  });
  afterAll(() => host.close());

  const generate = (user: SignedInUser, headers: Record<string, string> = { cookie: user.cookie }) =>
    send(`${host.url}/api/auth/one-time-token/generate`, { headers });
  const verify = (token: unknown, headers: Record<string, string> = {}) =>
    send(`${host.url}/api/auth/one-time-token/verify`, { body: { token }, headers });
  const outcome = ({ status, body }: Answer) => [status, body.code, body.message];
  const sessionBy = (headers: Record<string, string>) => send(`${host.url}/api/auth/get-session`, { headers });
  const tokenOf = async (user: SignedInUser): Promise<string> => (await generate(user)).body.token;

  it('made for one trusted origin, it is good only from there; a try from elsewhere spends it', async () => {
    const user = await signUp(host.url);
    const audience = 'https://app.example.com';
    const made = async (wish: object) =>
      send(`${host.url}/api/auth/one-time-token/generate`, { body: wish, bearer: user.token });
    for (const evil of ['https://evil.example', 'https://app.example.com/', 'app'])
      expect(outcome(await made({ audience: evil })).slice(0, 2)).toEqual([403, 'INVALID_AUDIENCE']);
    const there = await verify((await made({ audience })).body.token, { origin: audience });
    expect([there.status, there.body.user.id]).toEqual([200, user.id]);
    for (const headers of [{}, { origin: TEST_ISSUER }]) {
      const query = `?audience=${encodeURIComponent(audience)}`;
      const asked = await send(`${host.url}/api/auth/one-time-token/generate${query}`, { bearer: user.token });
      const { token } = asked.body;
      expect(outcome(await verify(token, headers as Record<string, string>))).toEqual(BAD);
      expect(outcome(await verify(token, { origin: audience }))).toEqual(BAD);
    }
  });

  it('buys a session of the same user: body, cookie, bearer; the first one lives on', async () => {
    const user = await signUp(host.url);
    const token = await tokenOf(user);
    expect(token).toMatch(SHAPE);
    const bought = await verify(token);
    expect(bought.status).toBe(200);
    expect(bought.body).toMatchObject({
      token: expect.stringMatching(/^nas_/),
      user: { id: user.id },
      session: { userId: user.id, token: bought.body.token },
      accessToken: expect.any(String),
      refreshToken: expect.any(String),
    });
    expect(bought.headers.get('set-auth-token')).toContain(bought.body.token);
    const carriers: Record<string, string>[] = [
      { cookie: cookiesOf(bought) },
      { authorization: `Bearer ${bought.body.token}` },
      { cookie: user.cookie },
    ];
    for (const headers of carriers) expect((await sessionBy(headers)).body.user.id).toBe(user.id);
    const names = events.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['one-time-token.made', 'one-time-token.redeemed']));
    expect(JSON.stringify(events)).not.toContain(token);
  });

  it('is good once, and kept as a hash alone', async () => {
    const user = await signUp(host.url);
    const token = await tokenOf(user);
    const rows = await host.sql<{ row: string }>(`SELECT t::text AS row FROM auth_one_time_token t`);
    expect(rows.map(({ row }) => row).join()).not.toContain(token);
    expect((await verify(token)).status).toBe(200);
    expect(outcome(await verify(token))).toEqual(BAD);
  });

  it("is good for 60 seconds by the database's clock", async () => {
    const user = await signUp(host.url);
    const token = await tokenOf(user);
    const [row] = await host.sql<{ seconds: number }>(
      `SELECT extract(epoch FROM max(expires_at) - now())::float8 AS seconds FROM auth_one_time_token`,
    );
    expect(row!.seconds).toBeLessThanOrEqual(60);
    await host.sql(`UPDATE auth_one_time_token SET expires_at = now() - interval '1 millisecond'`);
    expect(outcome(await verify(token))).toEqual(BAD);
  });

  it.each(['sign-out', 'revoke-sessions'])('buys nothing once its session has ended by %s', async (route) => {
    const user = await signUp(host.url);
    const token = await tokenOf(user);
    await send(`${host.url}/api/auth/${route}`, { body: {}, bearer: user.token });
    expect(outcome(await verify(token))).toEqual([400, 'SESSION_NOT_FOUND', 'Session not found']);
    expect(outcome(await verify(token))).toEqual(BAD);
  });

  it('the session it buys was proven when the first one was, and ends when that one would have', async () => {
    const user = await signUp(host.url);
    await host.sql(
      `UPDATE auth_session SET created_at = now() - interval '3 days', authenticated_at = now() - interval '3 days', expires_at = now() + interval '1 hour', remember = false WHERE id = $1`,
      [user.sessionId],
    );
    await verify(await tokenOf(user));
    const rows = await host.sql('SELECT created_at, expires_at, amr, remember FROM auth_session WHERE subject = $1', [
      user.id,
    ]);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toEqual(rows[1]);
    expect(rows[0]).toMatchObject({ amr: ['pwd'], remember: false });
  });

  it("is refused with the host's veto, and spent", async () => {
    const user = await signUp(host.url);
    const token = await tokenOf(user);
    refusing = user.id;
    expect((await verify(token)).status).toBe(500);
    refusing = null;
    expect(outcome(await verify(token))).toEqual(BAD);
  });

  it('401 to generate without a session; 403 for a page of another site; 200 by a session token and by POST', async () => {
    const user = await signUp(host.url);
    expect((await send(`${host.url}/api/auth/one-time-token/generate`)).status).toBe(401);
    const elsewhere = { cookie: user.cookie, 'sec-fetch-site': 'cross-site' };
    expect(outcome(await generate(user, elsewhere)).slice(0, 2)).toEqual([403, 'INVALID_ORIGIN']);
    expect((await generate(user, { ...elsewhere, origin: 'https://app.example.com' })).status).toBe(200);
    expect((await generate(user, { authorization: `Bearer ${user.token}` })).body.token).toMatch(SHAPE);
    const posted = await send(`${host.url}/api/auth/one-time-token/generate`, { body: {}, bearer: user.token });
    expect(posted.body.token).toMatch(SHAPE);
  });

  it.each([['x'], [''], ['a'.repeat(32)], ['a'.repeat(512)], ["' OR 1=1 --"], ['a'.repeat(31) + '\n']])(
    '400 INVALID_TOKEN for %j',
    async (token) => expect(outcome(await verify(token))).toEqual(BAD),
  );

  it.each([[undefined], [null], [5], [['a']], [{}], ['a'.repeat(513)]])(
    '400 VALIDATION_ERROR for %j',
    async (token) => {
      expect((await verify(token)).body.code).toBe('VALIDATION_ERROR');
    },
  );

  it('403 to redeem from an origin that is not trusted, and the token is not spent', async () => {
    const token = await tokenOf(await signUp(host.url));
    expect((await verify(token, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await verify(token, { origin: 'https://app.example.com' })).status).toBe(200);
  });

  it('host code makes them too', async () => {
    const user = await signUp(host.url);
    const tokens = host.app.get(OneTimeTokens);
    const token = await tokens.make({ sessionId: user.sessionId, subjectId: user.id });
    expect((await verify(token)).body.user.id).toBe(user.id);
    await send(`${host.url}/api/auth/sign-out`, { body: {}, bearer: user.token });
    expect(await tokens.make({ sessionId: user.sessionId, subjectId: user.id })).toBeNull();
  });
});

describe('F28: one-time tokens, options', () => {
  it('clientRequests: false leaves them to host code', async () => {
    const host = await createTestApp({ auth: { accounts: { oneTimeToken: { clientRequests: false } } } });
    const user = await signUp(host.url);
    const answer = await send(`${host.url}/api/auth/one-time-token/generate`, { bearer: user.token });
    expect([answer.status, answer.body.message]).toEqual([400, 'Client requests are disabled']);
    await host.close();
  });

  it.each([[{ inCallback: 'always' }], [{ inCallbacks: 'apps' }]])('the boot stops for %j', async (oneTimeToken) => {
    await expect(createTestApp({ auth: { accounts: { oneTimeToken: oneTimeToken as object } } })).rejects.toThrow(
      /^accounts\.oneTimeToken/,
    );
  });

  it('a limit by address bounds the guesses', async () => {
    const host = await createTestApp({ auth: { rateLimits: true } });
    const attempts = await Promise.all(
      Array.from({ length: 65 }, () => send(`${host.url}/api/auth/one-time-token/verify`, { body: { token: 'x' } })),
    );
    expect(attempts.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(5);
    await host.close();
  });
});

describe.each([
  ['none', [] as string[]],
  ['apps', ['myapp']],
  ['all', ['myapp', 'https']],
] as const)('F28: inCallback: %s', (inCallback, served) => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({
      auth: {
        trustedOrigins: ['https://app.example.com', 'http://app.example.com', 'myapp://'],
        accounts: { oneTimeToken: { inCallback } },
      },
    });
  });
  afterAll(() => host.close());

  it.each([
    ['myapp', 'myapp://callback?state=1#part'],
    ['https', 'https://app.example.com/cb?ott=planted&x=1'],
    ['http', 'http://app.example.com/cb'],
    ['own', `${TEST_ISSUER}/cb`],
    ['path', '/cb?x=1'],
  ])('sign-in with a callback address of the kind %s', async (kind, callbackURL) => {
    const user = await signUp(host.url);
    const { email, password } = user;
    const { body, headers } = await send(`${host.url}/api/auth/sign-in/email`, {
      body: { email, password, callbackURL },
    });
    expect(headers.get('location')).toBe(body.url);
    if (!(served as readonly string[]).includes(kind)) return expect(body.url).toBe(callbackURL);
    const [token, ...others] = new URL(body.url).searchParams.getAll('ott');
    expect([token, others]).toEqual([expect.stringMatching(SHAPE), []]);
    expect(body.url.replace(/[?&]ott=[^&#]*/, '')).toBe(
      callbackURL
        .replace('ott=planted&', '')
        .replace('?x', '&x')
        .replace('?state', kind === 'myapp' ? '?state' : ''),
    );
    const bought = await send(`${host.url}/api/auth/one-time-token/verify`, { body: { token } });
    expect(bought.body.user.id).toBe(user.id);
  });

  it('a failed sign-in gives no token', async () => {
    const { email } = await signUp(host.url);
    const body = { email, password: 'wrong password', callbackURL: 'myapp://callback' };
    const answer = await send(`${host.url}/api/auth/sign-in/email`, { body });
    expect([answer.status, answer.text.includes('ott')]).toEqual([401, false]);
  });
});
