import { ApiKeysService } from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { CREDENTIAL_MATRIX, matrixWorld, type MatrixWorld } from '../support/credential-matrix.js';
import { FORGED } from '../support/forged-identity.js';
import { MATRIX_FIELDS, MatrixResolver, outcomeOf, type GraphqlAnswer } from '../support/graphql.js';
import { APOLLO, APOLLO_ON_FASTIFY, MERCURIUS } from '../support/graphql-drivers.js';
import { LIVE_TYPES, LiveResolver, OpenSubscriptions } from '../support/graphql-live.js';
import { graphqlSocket, type GraphqlSocket, type SocketOptions } from '../support/graphql-socket.js';
import { send } from '../support/http.js';
import { until } from '../support/until.js';
import { signIn, signUp, type SignedInUser } from '../support/users.js';

const TYPES = `
  type Query { ${MATRIX_FIELDS.query} }
  type Mutation { ${MATRIX_FIELDS.mutation} }
  type Subscription { ${MATRIX_FIELDS.subscription} }
  ${LIVE_TYPES}
`;

/** As browsers send them: a page's cookie never comes without its origin. */
const fromPage = (cookie: string) => ({ cookie, origin: TEST_ISSUER });

describe.each([APOLLO, APOLLO_ON_FASTIFY, MERCURIUS])('F30: subscriptions on $name', ({ adapter, module }) => {
  const options = (databaseUrl?: string) => ({
    adapter,
    auth: { apiKeys: true, accounts: { session: { scopes: ['reports:read'] } } },
    imports: [module({ typeDefs: TYPES, subscriptions: true, fieldResolverEnhancers: ['guards'] })],
    providers: [MatrixResolver, LiveResolver, OpenSubscriptions],
    ...(databaseUrl !== undefined && { databaseUrl }),
  });
  let host: TestApp;
  let world: MatrixWorld;
  const sockets: GraphqlSocket[] = [];
  beforeAll(async () => {
    host = await createTestApp(options());
    world = await matrixWorld(host, await signUp(host.url));
  });
  afterEach(async () => {
    await Promise.all(sockets.splice(0).map((socket) => socket.dispose()));
  });
  afterAll(() => host?.close());

  const connect = (given: SocketOptions): GraphqlSocket => {
    const socket = graphqlSocket(host.url, given);
    sockets.push(socket);
    return socket;
  };
  const first = (field: string, given: SocketOptions): Promise<GraphqlAnswer> =>
    connect(given).first(`subscription { ${field} }`);
  const outcome = async (field: string, given: SocketOptions) =>
    outcomeOf(await first(field, given), field, world.user.id);
  const codeOf = ({ errors }: GraphqlAnswer) => errors?.[0]?.extensions;
  const keys = () => host.app.get(ApiKeysService, { strict: false });
  const newKey = async (limit: object = {}) => {
    const owner = { kind: 'user', id: world.user.id } as const;
    const { id, key } = await keys().create({ owner, name: 'new', ...limit });
    return { id, given: { connectionParams: { 'x-api-key': key } } };
  };
  /** A subscription that has begun, and goes on. */
  const live = async (given: SocketOptions, field = 'live') => {
    const socket = connect(given);
    const answers = socket.answers(`subscription { ${field} }`);
    expect((await answers.next()).value.data).toEqual({ [field]: expect.any(String) });
    return {
      ...socket,
      last: answers.next().then(
        () => 'complete',
        () => 'closed',
      ),
    };
  };

  describe('the credential matrix, in the headers that open the socket', () => {
    it.each(CREDENTIAL_MATRIX)('$name', async ({ handler, headers, expected }) => {
      const { cookie, ...others } = headers(world) as { cookie?: string };
      const given = { headers: cookie === undefined ? others : fromPage(cookie) };
      expect(await outcome(`${handler}Ticks`, given)).toBe(expected);
    });
  });

  describe('the credential matrix, in connectionParams', () => {
    const cases = CREDENTIAL_MATRIX.filter(({ name }) => !name.includes('cookie:') && !name.includes('a cookie'));
    it.each(cases)('$name', async ({ handler, headers, expected }) => {
      expect(await outcome(`${handler}Ticks`, { connectionParams: headers(world) })).toBe(expected);
    });

    it('names are read in any case', async () => {
      const token = `Bearer ${world.user.accessToken}`;
      expect(await outcome('bearerTicks', { connectionParams: { Authorization: token } })).toBe('user');
      expect(await outcome('keyTicks', { connectionParams: { 'X-API-Key': world.key } })).toBe('user');
    });

    it('400: one credential there and one in the headers (RFC 6750 2)', async () => {
      const authorization = `Bearer ${world.user.accessToken}`;
      for (const given of [
        { headers: { authorization }, connectionParams: { authorization } },
        { headers: { authorization }, connectionParams: { 'x-api-key': world.key } },
        { connectionParams: { authorization, Authorization: authorization } },
      ])
        expect(await outcome('eitherTicks', given)).toBe(400);
    });
  });

  it.each<[string, (world: MatrixWorld) => object]>([
    ['auth and user', () => ({ auth: FORGED, user: FORGED, principal: FORGED })],
    ['headers in a member', ({ user }) => ({ headers: { authorization: `Bearer ${user.accessToken}` } })],
    ['a list', ({ user }) => ({ authorization: [`Bearer ${user.accessToken}`] })],
    ['an object', ({ user }) => ({ authorization: { value: `Bearer ${user.accessToken}` } })],
    ['a cookie', ({ user }) => ({ cookie: user.cookie, origin: TEST_ISSUER })],
    ['requests', () => ({ req: FORGED, request: { upgrade: true, headers: {} }, extra: { request: { headers: {} } } })],
  ])('F01: connectionParams with %s are nobody', async (_name, params) => {
    const connectionParams = params(world) as Record<string, unknown>;
    expect(await outcome('bearerTicks', { connectionParams })).toBe(401);
    expect(await outcome('cookieTicks', { connectionParams })).toBe(401);
    expect(await outcome('optionalTicks', { connectionParams })).toBe('nobody');
    expect((await first('openTicks', { connectionParams })).data).toEqual({ openTicks: 'nobody nobody' });
  });

  it('T033: a cookie counts only from a trusted origin, and what takes none is not closed to its pages', async () => {
    const { cookie } = world.user;
    const origins: Record<string, string>[] = [{}, { origin: 'https://evil.example' }, { origin: 'null' }];
    for (const headers of origins.map((origin) => ({ cookie, ...origin }))) {
      expect(codeOf(await first('cookieTicks', { headers }))).toMatchObject({ code: 'FORBIDDEN', statusCode: 403 });
      expect(await outcome('bearerTicks', { headers })).toBe(401);
      // Nor does the cookie come in where nobody asked for a credential.
      expect((await first('openTicks', { headers })).data).toEqual({ openTicks: 'nobody nobody' });
    }
    // What the client writes is not where its page is from.
    const forged = { headers: { cookie }, connectionParams: { origin: TEST_ISSUER, 'sec-fetch-site': 'same-origin' } };
    expect(codeOf(await first('cookieTicks', forged))).toMatchObject({ code: 'FORBIDDEN' });
    expect(await outcome('cookieTicks', { headers: fromPage(cookie) })).toBe('user');
  });

  it('user, key and AuthContext are those of the caller, also in the body of a generator', async () => {
    const { id, email, accessToken } = world.user;
    const ofUser = await first('whoTicks', { connectionParams: { authorization: `Bearer ${accessToken}` } });
    expect(ofUser.data).toEqual({ whoTicks: `${id} ${email} ${email} ` });
    const ofKey = await first('whoTicks', { headers: { 'x-api-key': world.key } });
    expect(ofKey.data).toEqual({ whoTicks: `${id} ${email} ${email} live` });
  });

  it('guarded fields of what is sent: each event is checked, and the operation counts once', async () => {
    const { given } = await newKey({ rateLimitMax: 1, rateLimitTimeWindow: 600_000 });
    const socket = connect(given);
    const seen: unknown[] = [];
    for await (const answer of socket.answers('subscription { reportTicks { id owner } }')) seen.push(answer);
    const owner = `${world.user.id} ${world.user.id}`;
    expect(seen).toEqual(['1', '2'].map((id) => ({ data: { reportTicks: { id, owner } } })));
    const refused = await socket.first('subscription { reportTicks { id } }');
    expect(codeOf(refused)).toMatchObject({ code: 'TOO_MANY_REQUESTS', retryAfter: expect.any(Number) });
  });

  it('a key that is good from some addresses only is so over sockets', async () => {
    const near = await newKey({ allowedIps: ['127.0.0.1'] });
    const far = await newKey({ allowedIps: ['192.0.2.1'] });
    expect(await outcome('keyTicks', near.given)).toBe('user');
    expect(await outcome('keyTicks', far.given)).toBe(401);
  });

  describe('ends with 4401', () => {
    const bearerOf = ({ accessToken }: SignedInUser) => ({
      connectionParams: { authorization: `Bearer ${accessToken}` },
    });
    const open = () => host.app.get(OpenSubscriptions).count;
    const ended = async ({ closed, last }: Awaited<ReturnType<typeof live>>) => {
      expect([await closed, await last]).toEqual([4401, 'closed']);
      await until('the subscription has ended', () => open() === 0);
    };

    it('when its key is revoked; others stay, and the next operation on the socket is refused', async () => {
      const { id, given } = await newKey();
      const one = await live(given);
      const other = await live(bearerOf(world.user));
      await keys().update(id, { enabled: false });
      expect(await one.closed).toBe(4401);
      expect((await other.first('subscription { live }')).data).toEqual({ live: world.user.id });
      expect(await outcome('keyTicks', given)).toBe(401);
    });

    it('when the session behind its token, or its cookie, is signed out', async () => {
      const { email, password } = world.user;
      for (const given of [
        (user: SignedInUser) => bearerOf(user),
        (user: SignedInUser) => ({ headers: { authorization: `Bearer ${user.token}` } }),
        (user: SignedInUser) => ({ headers: fromPage(user.cookie) }),
      ]) {
        const user = await signIn(host.url, email, password);
        const one = await live(given(user));
        await send(`${host.url}/api/auth/sign-out`, { method: 'POST', bearer: user.token });
        await ended(one);
      }
    });

    it('when its credential expires', async () => {
      const { id, given } = await newKey();
      await host.sql(`UPDATE auth_api_key SET expires_at = now() + interval '1 second' WHERE id = $1`, [id]);
      await ended(await live(given));
    });

    it('or with 4403, when its key loses the scope that the subscription requires', async () => {
      const { id, given } = await newKey({ scopes: ['reports:read'] });
      const one = await live(given, 'liveScoped');
      await keys().update(id, { name: 'renamed' });
      expect((await one.first('subscription { keyTicks }')).data).toEqual({ keyTicks: world.user.id });
      await keys().update(id, { scopes: ['reports:write'] });
      expect([await one.closed, await one.last]).toEqual([4403, 'closed']);
    });

    it('when another node revokes it', async () => {
      const node = await createTestApp(options(host.databaseUrl));
      try {
        const { id, given } = await newKey();
        const one = await live(given);
        await node.app.get(ApiKeysService, { strict: false }).update(id, { enabled: false });
        await ended(one);
      } finally {
        await node.close();
      }
    });
  });
});
