import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Controller } from '@nestjs/common';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { ClientProxyFactory, GrpcMethod, MessagePattern, Transport, type ClientProxy } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { firstValueFrom, timeout } from 'rxjs';
import { Auth, BearerAuth, CurrentPrincipal, StepUp, type AuthPrincipal } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { freePort } from '../support/free-port.js';
import { grpcCaller, grpcOptions, type GrpcCaller } from '../support/grpc.js';
import { send } from '../support/http.js';
import { connectIo, type SocketClient } from '../support/socket-clients.js';
import { MFA, signedInBy } from '../support/strength.js';
import { signUp, type SignedInUser } from '../support/users.js';

const NEED = { acr: MFA, maxAge: '5m' } as const;
const DETAILS = { acr_values: MFA, max_age: 300 };
const TWO_FACTORS = ['mfa', 'otp', 'pwd'];

@Controller()
class PayController {
  @MessagePattern('pay') @BearerAuth() @StepUp(NEED) pay(@CurrentPrincipal() { subjectId }: AuthPrincipal) {
    return { subject: subjectId };
  }
  @GrpcMethod('Matrix', 'Bearer') @BearerAuth() @StepUp(NEED) call(@CurrentPrincipal() { subjectId }: AuthPrincipal) {
    return { subject: subjectId };
  }
}

@Resolver()
class PayResolver {
  @Query() @BearerAuth() @StepUp(NEED) pay(@CurrentPrincipal() { subjectId }: AuthPrincipal) {
    return subjectId;
  }
}

@WebSocketGateway()
@Auth()
class ChatGateway {
  @SubscribeMessage('talk') talk(@CurrentPrincipal() { subjectId }: AuthPrincipal) {
    return { event: 'seen', data: { subject: subjectId } };
  }
  @SubscribeMessage('pay') @StepUp(NEED) pay(@CurrentPrincipal() { subjectId }: AuthPrincipal) {
    return { event: 'seen', data: { subject: subjectId } };
  }
}

@WebSocketGateway({ namespace: 'vault' })
@Auth()
@StepUp(NEED)
class VaultGateway {
  @SubscribeMessage('open') open(@CurrentPrincipal() { subjectId }: AuthPrincipal) {
    return { event: 'seen', data: { subject: subjectId } };
  }
}

describe('RFC 9470 3: @StepUp beside HTTP', () => {
  let host: TestApp;
  let grpc: GrpcCaller;
  let tcp: ClientProxy;
  let user: SignedInUser;
  const sockets: SocketClient[] = [];
  beforeAll(async () => {
    const [port, grpcPort] = [await freePort(), await freePort()];
    host = await createTestApp({
      adapter: 'express',
      auth: { cacheTtl: 0, transports: { rpc: { credentialField: 'authorization' } } },
      imports: [
        GraphQLModule.forRoot<ApolloDriverConfig>({
          driver: ApolloDriver,
          typeDefs: 'type Query { pay: String }',
          playground: false,
        }),
      ],
      controllers: [PayController],
      providers: [PayResolver, ChatGateway, VaultGateway],
      configure: (app) => {
        app.connectMicroservice({ transport: Transport.TCP, options: { host: '127.0.0.1', port } });
        app.connectMicroservice(grpcOptions(grpcPort));
      },
    });
    await host.app.startAllMicroservices();
    tcp = ClientProxyFactory.create({ transport: Transport.TCP, options: { host: '127.0.0.1', port } });
    grpc = grpcCaller(grpcPort);
  });
  afterAll(async () => {
    for (const socket of sockets) socket.close();
    grpc?.close();
    await tcp?.close();
    await host?.close();
  });
  beforeEach(async () => {
    user = await signUp(host.url);
  });

  const raise = (secondsAgo = 0) => signedInBy(host, user.id, { amr: TWO_FACTORS, secondsAgo });
  const headers = () => ({ authorization: `Bearer ${user.token}` });
  const open = async (place: string) => {
    const socket = await connectIo(host.url, place, { auth: { token: user.token } });
    sockets.push(socket);
    return socket;
  };

  it('GraphQL: the extensions have the challenge and its members', async () => {
    const pay = async () =>
      (await send(`${host.url}/graphql`, { body: { query: '{ pay }' }, headers: headers() })).body;
    const [error] = (await pay()).errors;
    expect(error.extensions).toMatchObject({
      code: 'UNAUTHENTICATED',
      authCode: 'INSUFFICIENT_USER_AUTHENTICATION',
      error: 'insufficient_user_authentication',
      challenge: [expect.stringMatching(`^Bearer .*acr_values="${MFA}", max_age="300"$`)],
      details: DETAILS,
    });
    await raise();
    expect((await pay()).data).toEqual({ pay: user.id });
  });

  it('messages: the answer has its members', async () => {
    const pay = () =>
      firstValueFrom(tcp.send<object>('pay', headers()).pipe(timeout(10_000))).catch((error: object) => error);
    expect(await pay()).toEqual({
      status: 'error',
      code: 'INSUFFICIENT_USER_AUTHENTICATION',
      message: expect.any(String),
      statusCode: 401,
      details: DETAILS,
    });
    await raise(290);
    expect(await pay()).toEqual({ subject: user.id });
  });

  it('gRPC: status 16, with the challenge in the trailing metadata', async () => {
    const ended = await grpc.call('Matrix', 'Bearer', headers());
    expect([ended.status, ended.trailers['www-authenticate']]).toEqual([
      16,
      [expect.stringMatching(`error="insufficient_user_authentication".*acr_values="${MFA}", max_age="300"`)],
    ]);
    await raise();
    expect((await grpc.call('Matrix', 'Bearer', headers())).sent).toEqual([{ subject: user.id }]);
  });

  it('sockets: each message is judged when it comes, and the connection that needs less stays open', async () => {
    const socket = await open('');
    const pay = async () => (await socket.ask('pay')).data;
    expect(await pay()).toMatchObject({ code: 'INSUFFICIENT_USER_AUTHENTICATION', statusCode: 401, details: DETAILS });
    await raise();
    expect(await pay()).toEqual({ subject: user.id });
    await raise(302);
    expect(await pay()).toMatchObject({ statusCode: 401, details: DETAILS });
    expect((await socket.ask('talk')).data).toEqual({ subject: user.id });
    await raise();
    expect(await pay()).toEqual({ subject: user.id });
  });

  it('a gateway that needs it as a whole lets no weaker sign-in connect, and closes when it is verified again', async () => {
    await expect(open('vault')).rejects.toMatchObject({ status: 401, reason: { details: DETAILS } });
    await raise();
    const socket = await open('vault');
    expect((await socket.ask('open')).data).toEqual({ subject: user.id });
    // The age alone closes nothing: what comes is refused.
    await raise(302);
    expect((await socket.ask('open')).data).toMatchObject({ statusCode: 401, details: DETAILS });
    await host.sql(`SELECT pg_notify('nest_authority', 'session:' || $1)`, [user.sessionId]);
    expect(await socket.closed).toBe(401);
  });
});
