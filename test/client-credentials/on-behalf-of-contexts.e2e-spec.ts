import { Controller, type INestApplication } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import { MessagePattern } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { authDataSource, AuthModule, BearerAuth, ClientCredentialsService } from '../../src/index.js';
import { createHttpAdapter } from '../support/adapter.js';
import { TEST_ISSUER, testOptions, type TestApp } from '../support/app.js';
import { grantTokens } from '../support/client-tokens.js';
import { DpopKey } from '../support/dpop.js';
import { CONTEXTS, EVERY_CONTEXT, startEveryContext, type EveryContext } from '../support/every-context.js';
import { send } from '../support/http.js';
import { actingFor, actingHost, formOf, grantedTo, relay, rowsOf, tokenFor } from '../support/on-behalf-of.js';
import { startUpstream, type Upstream } from '../support/upstream.js';
import { signUp, type SignedInUser } from '../support/users.js';

/** Whatever brought the call, the host asks in the same way. */
const read = async (credentials: ClientCredentialsService) =>
  (await credentials.getToken('orders', { onBehalfOf: 'caller' })).accessToken;

@Controller()
class MessagesController {
  constructor(private readonly credentials: ClientCredentialsService) {}

  @MessagePattern('whom') @BearerAuth() whom() {
    return read(this.credentials);
  }
}

@WebSocketGateway()
class OrdersGateway {
  constructor(private readonly credentials: ClientCredentialsService) {}

  @SubscribeMessage('whom') @BearerAuth() async whom() {
    return { event: 'whom', data: await read(this.credentials) };
  }
}

@Resolver()
class OrdersResolver {
  constructor(private readonly credentials: ClientCredentialsService) {}

  @Query() @BearerAuth() whom() {
    return read(this.credentials);
  }
}

describe('the caller of any kind of call', () => {
  let upstream: Upstream;
  let host: TestApp;
  let app: INestApplication;
  let contexts: EveryContext;
  let user: SignedInUser;
  beforeAll(async () => {
    upstream = await startUpstream();
    upstream.answer(grantedTo());
    const outbound = actingFor(upstream, { orders: {} });
    host = await actingHost(outbound);
    user = await signUp(host.url);
    const moduleRef = await Test.createTestingModule({
      imports: [
        TypeOrmModule.forRoot(authDataSource({ url: host.databaseUrl, poolSize: 4 })),
        AuthModule.forRoot(
          testOptions({
            allowPrivateNetwork: true,
            clientCredentials: { outbound },
            transports: { rpc: { credentialField: 'authorization' } },
          }),
        ),
        ...(EVERY_CONTEXT.imports as []),
      ],
      controllers: [MessagesController],
      providers: [OrdersGateway, OrdersResolver],
    }).compile();
    app = moduleRef.createNestApplication(createHttpAdapter('express'), { logger: false });
    contexts = await startEveryContext(app);
  });
  afterAll(async () => {
    await contexts.close();
    await host.close();
    await upstream.close();
  });
  beforeEach(() => void (upstream.seen.length = 0));

  it.each(CONTEXTS)('%s: the user who sent it, and nobody without a credential', async (context) => {
    const other = await signUp(host.url);
    const tokens = [user.accessToken, other.accessToken];
    expect(await Promise.all(tokens.map((token) => contexts.ask(context, token)))).toEqual(tokens.map(tokenFor));
    expect(await contexts.ask(context)).toBe('UNAUTHORIZED');
    expect(await rowsOf(host)).toBeGreaterThan(1);
  });

  it('RFC 9449 7 (I9): a token that is bound to a key comes with its proof, and is exchanged as it came', async () => {
    const key = new DpopKey();
    const asked = { clientId: 'web', user: { id: user.id, sessionId: user.sessionId }, scopes: ['reports'] };
    const { access_token: token } = await grantTokens(host, asked);
    await host.sql(
      `UPDATE auth_token SET confirmation = $1 WHERE id = (SELECT id FROM auth_token WHERE kind = 'access' ORDER BY created_at DESC LIMIT 1)`,
      [JSON.stringify({ jkt: key.thumbprint })],
    );
    expect((await relay(host, 'orders', token)).status).toBe(401);
    const dpop = key.proof({ method: 'GET', url: `${TEST_ISSUER}/relay/orders`, token });
    const headers = { authorization: `DPoP ${token}`, dpop };
    const { status, body } = await send(`${host.url}/relay/orders`, { headers });
    expect([status, body.accessToken]).toEqual([200, tokenFor(token)]);
    expect(upstream.seen.map((one) => formOf(one)['subject_token'])).toEqual([token]);
    // The proof was good once.
    expect((await send(`${host.url}/relay/orders`, { headers })).status).toBe(401);
  });
});
