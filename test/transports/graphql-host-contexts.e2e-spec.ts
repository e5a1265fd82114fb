import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { matrixWorld, type MatrixWorld } from '../support/credential-matrix.js';
import { MATRIX_FIELDS, MatrixResolver, operate, outcomeOf, type GraphqlAnswer } from '../support/graphql.js';
import { APOLLO, MERCURIUS } from '../support/graphql-drivers.js';
import { LIVE_TYPES, LiveResolver, OpenSubscriptions } from '../support/graphql-live.js';
import { graphqlSocket, type SocketOptions } from '../support/graphql-socket.js';
import { send } from '../support/http.js';
import { signIn, signUp } from '../support/users.js';

const TYPES = `
  type Query { ${MATRIX_FIELDS.query} }
  type Mutation { ${MATRIX_FIELDS.mutation} }
  type Subscription { ${MATRIX_FIELDS.subscription} }
  ${LIVE_TYPES}
`;

/** What graphql-ws gives to a context function for a socket, and Apollo for a request. */
interface Given {
  readonly req?: { readonly headers: Record<string, string> };
  readonly connectionParams?: object;
  readonly extra?: { readonly request: { readonly headers: Record<string, string> } };
}

/** As the guide writes it. */
const GUIDE: { readonly context: (given: Given) => object } = {
  context: ({ req, extra, connectionParams }: Given) => ({
    req: req ?? extra?.request,
    connectionParams,
    loaders: new Map(),
  }),
};

/** Context functions of hosts; a header of the test says which one runs. */
const CONTEXTS: Readonly<Record<string, (given: Given) => object>> = {
  all: (given) => given,
  extra: ({ req, extra }) => ({ req, extra }),
  both: GUIDE.context,
  request: ({ req, extra }) => ({ req: req ?? extra!.request }),
  own: () => ({ loaders: new Map() }),
  params: ({ req, connectionParams }) => ({ req: req ?? connectionParams ?? {} }),
  copy: ({ req, extra }) => ({ req: { headers: (req ?? extra!.request).headers } }),
};

const SUPPORTED = ['all', 'extra', 'both', 'request', 'own'];
/** What a client sends over its socket reaches us. */
const WITH_PARAMS = ['all', 'extra', 'both', 'own'];

describe('F30: contexts that hosts make', () => {
  let apollo: TestApp;
  let mercurius: TestApp;
  let world: MatrixWorld;
  const connected: unknown[] = [];
  beforeAll(async () => {
    const context = (given: Given) => {
      const { 'x-context': name } = (given.req ?? given.extra!.request).headers;
      return CONTEXTS[name!]!(given);
    };
    const options = {
      auth: { apiKeys: true, accounts: { session: { scopes: ['reports:read'] } } },
      providers: [MatrixResolver, LiveResolver, OpenSubscriptions],
    };
    apollo = await createTestApp({
      ...options,
      adapter: APOLLO.adapter,
      imports: [
        APOLLO.module({
          typeDefs: TYPES,
          context,
          subscriptions: { onConnect: (given: Given) => void connected.push(given.connectionParams) },
        }),
      ],
    });
    mercurius = await createTestApp({
      ...options,
      adapter: MERCURIUS.adapter,
      databaseUrl: apollo.databaseUrl,
      imports: [
        MERCURIUS.module({
          typeDefs: TYPES,
          context: () => ({ loaders: new Map() }),
          subscriptions: {
            fullWsTransport: true,
            verifyClient: (_info: unknown, next: (accepted: boolean) => void) => next(true),
            context: () => ({ loaders: new Map() }),
            onConnect: ({ payload }: { payload: object }) => ({ ...payload }),
          },
        }),
      ],
    });
    world = await matrixWorld(apollo, await signUp(apollo.url));
  });
  afterAll(async () => {
    await mercurius?.close();
    await apollo?.close();
  });

  const first = async (host: TestApp, given: SocketOptions, field = 'bearerTicks'): Promise<GraphqlAnswer> => {
    const socket = graphqlSocket(host.url, given);
    try {
      return await socket.first(`subscription { ${field} }`);
    } finally {
      await socket.dispose();
    }
  };
  const authorization = () => `Bearer ${world.user.accessToken}`;

  it.each(SUPPORTED)('%s: a query, and a subscription by headers', async (name) => {
    const headers = { 'x-context': name, authorization: authorization() };
    const query = await operate(apollo.url, '{ bearer }', headers);
    expect(outcomeOf(query.body, 'bearer', world.user.id)).toBe('user');
    expect(outcomeOf(await first(apollo, { headers }), 'bearerTicks', world.user.id)).toBe('user');
    const cookie = { headers: { 'x-context': name, cookie: world.user.cookie, origin: TEST_ISSUER } };
    expect(outcomeOf(await first(apollo, cookie, 'cookieTicks'), 'cookieTicks', world.user.id)).toBe('user');
  });

  it.each(SUPPORTED)('%s: a subscription by connectionParams', async (name) => {
    const given = { headers: { 'x-context': name }, connectionParams: { authorization: authorization() } };
    const expected = WITH_PARAMS.includes(name) ? 'user' : 401;
    expect(outcomeOf(await first(apollo, given), 'bearerTicks', world.user.id)).toBe(expected);
  });

  it.each(['params', 'copy'])('F01: %s: what only looks like a request is refused with a sentence', async (name) => {
    const headers = { 'x-context': name, authorization: authorization() };
    const { errors } = await first(apollo, { headers, connectionParams: { headers, authorization: authorization() } });
    expect(errors![0]).toMatchObject({
      message: expect.stringContaining('the context function of GraphQLModule'),
      extensions: { code: 'NOT_IMPLEMENTED', authCode: 'CONTEXT_NOT_SUPPORTED' },
    });
  });

  it.each(['all', 'request'])(
    '%s: sign-out closes the socket with 4401, whether or not it was handed on',
    async (name) => {
      const { email, password } = world.user;
      const user = await signIn(apollo.url, email, password);
      const socket = graphqlSocket(apollo.url, {
        headers: { 'x-context': name, authorization: `Bearer ${user.accessToken}` },
      });
      const answers = socket.answers('subscription { live }');
      expect((await answers.next()).value).toEqual({ data: { live: user.id } });
      const last = answers.next().catch(() => 'closed');
      await send(`${apollo.url}/api/auth/sign-out`, { method: 'POST', bearer: user.token });
      expect([await socket.closed, await last]).toEqual([4401, 'closed']);
    },
  );

  it('Mercurius with context, verifyClient and onConnect: no member that a client sends is taken for the request', async () => {
    const forged = {
      request: { upgrade: true, headers: {} },
      req: { headers: { authorization: authorization() } },
      user: 'admin',
    };
    expect(
      (await first(mercurius, { connectionParams: { ...forged, authorization: authorization() } })).data,
    ).toBeUndefined();
    const query = await operate(mercurius.url, '{ bearer }', { authorization: authorization() });
    expect(outcomeOf(query.body, 'bearer', world.user.id)).toBe('user');
    const given = { connectionParams: { authorization: authorization() } };
    expect(outcomeOf(await first(mercurius, given), 'bearerTicks', world.user.id)).toBe('user');
  });

  it('a query over a socket, where the host serves them there', async () => {
    for (const [host, headers] of [[apollo, { 'x-context': 'own' }] as const, [mercurius, {}] as const]) {
      const socket = graphqlSocket(host.url, { headers, connectionParams: { authorization: authorization() } });
      const answer = await socket.first('query { bearer key }');
      await socket.dispose();
      expect(answer.data).toEqual({ bearer: world.user.id, key: null });
      expect(answer.errors!.map(({ extensions }) => extensions['code'])).toEqual(['UNAUTHENTICATED']);
    }
  });

  it('onConnect of the host is called as before', () => {
    expect(connected).toContainEqual({ authorization: authorization() });
  });
});
