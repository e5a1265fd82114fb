import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { GraphQLModule, Query, Resolver, Subscription } from '@nestjs/graphql';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import {
  AuthContext,
  BearerAuth,
  CurrentApiKey,
  CurrentClient,
  CurrentPrincipal,
  CurrentUser,
  OptionalAuth,
  Public,
  SessionAuth,
  type AuthPrincipal,
} from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';
import { FORGED, NOBODY, seen } from '../support/forged-identity.js';

const TYPES = `
  type Query { public: String optional: String bearer: String session: String }
  type Subscription { publicTicks: String bearerTicks: String }
`;

@Resolver()
class SeenResolver {
  constructor(private readonly context: AuthContext) {}

  @Query() @Public() public(
    @CurrentPrincipal() principal: AuthPrincipal | null,
    @CurrentUser() user: unknown,
    @CurrentClient() client: unknown,
    @CurrentApiKey() key: unknown,
  ) {
    return JSON.stringify(seen(principal, user, client, key, null));
  }
  @Query() @OptionalAuth() optional(@CurrentPrincipal() principal: AuthPrincipal | null) {
    return JSON.stringify(seen(principal, null, null, null, this.context.principal));
  }
  @Query() @BearerAuth() bearer(@CurrentPrincipal() principal: AuthPrincipal) {
    return principal.subjectId;
  }
  @Query() @SessionAuth() session(@CurrentPrincipal() principal: AuthPrincipal) {
    return principal.subjectId;
  }
  @Subscription() @Public() async *publicTicks(@CurrentPrincipal() principal: AuthPrincipal | null) {
    yield { publicTicks: JSON.stringify(seen(principal, null, null, null, null)) };
  }
  @Subscription() @BearerAuth() async *bearerTicks(@CurrentPrincipal() principal: AuthPrincipal) {
    yield { bearerTicks: principal.subjectId };
  }
}

describe('F01: resolvers see whom the guard has let in', () => {
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    const graphql = GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      typeDefs: TYPES,
      playground: false,
      subscriptions: { 'graphql-ws': true },
      // As hosts write it: over a socket, what the client sent on connecting takes the place of the request.
      context: (given: { req?: object; connectionParams?: object }) => ({ req: given.connectionParams ?? given.req }),
    });
    // On Fastify the driver needs @as-integrations/fastify.
    host = await createTestApp({
      adapter: 'express',
      auth: { apiKeys: true },
      imports: [graphql],
      providers: [SeenResolver],
    });
    user = await signUp(host.url);
  });
  afterAll(() => host?.close());

  const query = (text: string, bearer?: string) =>
    send(`${host.url}/graphql`, {
      body: { query: `{ ${text} }`, variables: { auth: FORGED }, extensions: { auth: FORGED } },
      ...(bearer !== undefined && { bearer }),
    });

  it('nobody, without a credential', async () => {
    const answer = await query('public optional');
    expect(JSON.parse(answer.body.data.public)).toEqual(NOBODY);
    expect(JSON.parse(answer.body.data.optional)).toEqual(NOBODY);
  });

  it.each(['bearer', 'session'])('the bearer of a token in %s, and a refusal without one', async (name) => {
    expect((await query(name, user.accessToken)).body.data).toEqual({ [name]: user.id });
    const refused = await query(name);
    expect([refused.body.data, refused.body.errors.length]).toEqual([{ [name]: null }, 1]);
  });

  it('a public resolver sees nobody, also beside a guarded one of the same request', async () => {
    const answer = await query('bearer public', user.accessToken);
    expect(answer.body.data.bearer).toBe(user.id);
    expect(JSON.parse(answer.body.data.public)).toEqual(NOBODY);
  });

  /** The first answer of a subscription whose client claims an identity on connecting. */
  const subscribe = async (text: string): Promise<unknown> => {
    const connectionParams = { auth: FORGED, user: FORGED, headers: { authorization: `Bearer ${user.accessToken}` } };
    const url = `${host.url.replace('http', 'ws')}/graphql`;
    const client = createClient({ url, webSocketImpl: WebSocket, connectionParams, retryAttempts: 0 });
    try {
      for await (const answer of client.iterate({ query: `subscription { ${text} }` })) return answer;
      return null;
    } finally {
      await client.dispose();
    }
  };

  it('a subscription that is public sees nobody', async () => {
    const answer = (await subscribe('publicTicks')) as { data: { publicTicks: string } };
    expect(JSON.parse(answer.data.publicTicks)).toEqual(NOBODY);
  });

  it('a guarded subscription is refused with a sentence, where what was sent stands in for the request', async () => {
    const answer = (await subscribe('bearerTicks')) as { errors: { message: string }[] };
    expect(answer.errors[0]!.message).toContain(
      'the context function of GraphQLModule has to hand on what it is given',
    );
  });
});
