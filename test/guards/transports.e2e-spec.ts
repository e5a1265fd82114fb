import { Controller } from '@nestjs/common';
import { ClientProxyFactory, MessagePattern, Payload, Transport, type ClientProxy } from '@nestjs/microservices';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { firstValueFrom, timeout } from 'rxjs';
import { io, type Socket } from 'socket.io-client';
import {
  ApiKeyAuth,
  Auth,
  AuthContext,
  AuthError,
  BearerAuth,
  CurrentApiKey,
  CurrentClient,
  CurrentPrincipal,
  CurrentUser,
  OptionalAuth,
  Public,
  Scopes,
  SessionAuth,
  type AuthPrincipal,
} from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { freePort } from '../support/free-port.js';
import { FORGERIES, NOBODY, seen } from '../support/forged-identity.js';

const GUARDED = ['bearer', 'session-auth', 'key', 'scopes', 'auth'];
const OPEN = ['public', 'optional', 'plain'];

@Controller()
class MessagesController {
  constructor(private readonly context: AuthContext) {}

  @MessagePattern('public') @Public() open(
    @Payload() message: object,
    @CurrentPrincipal() principal: AuthPrincipal | null,
    @CurrentUser() user: unknown,
    @CurrentClient() client: unknown,
    @CurrentApiKey() key: unknown,
  ) {
    return { ...seen(principal, user, client, key, this.context.principal), members: Object.keys(message) };
  }
  @MessagePattern('optional') @OptionalAuth() optional(
    @Payload() message: object,
    @CurrentPrincipal() principal: AuthPrincipal | null,
    @CurrentUser() user: unknown,
    @CurrentClient() client: unknown,
    @CurrentApiKey() key: unknown,
  ) {
    return { ...seen(principal, user, client, key, this.context.principal), members: Object.keys(message) };
  }
  @MessagePattern('plain') plain(
    @Payload() message: object,
    @CurrentPrincipal() principal: AuthPrincipal | null,
    @CurrentUser() user: unknown,
    @CurrentClient() client: unknown,
    @CurrentApiKey() key: unknown,
  ) {
    return { ...seen(principal, user, client, key, this.context.principal), members: Object.keys(message) };
  }
  @MessagePattern('bearer') @BearerAuth() bearer() {
    return { reached: true };
  }
  @MessagePattern('session-auth') @SessionAuth() session() {
    return { reached: true };
  }
  @MessagePattern('key') @ApiKeyAuth() key() {
    return { reached: true };
  }
  @MessagePattern('scopes') @Scopes('admin') scopes() {
    return { reached: true };
  }
  @MessagePattern('auth') @Auth() auth() {
    return { reached: true };
  }
  @MessagePattern('throws') @OptionalAuth() throws() {
    throw AuthError.forbidden('NOT_YOURS', 'Not yours');
  }
}

@WebSocketGateway()
class EventsGateway {
  @SubscribeMessage('public') @Public() open(
    @MessageBody() _message: unknown,
    @CurrentPrincipal() principal: AuthPrincipal | null,
    @CurrentUser() user: unknown,
    @CurrentApiKey() key: unknown,
  ) {
    return { event: 'seen', data: seen(principal, user, null, key, null) };
  }
  @SubscribeMessage('optional') @OptionalAuth() optional(@CurrentPrincipal() principal: AuthPrincipal | null) {
    return { event: 'seen', data: seen(principal, null, null, null, null) };
  }
  @SubscribeMessage('bearer') @BearerAuth() bearer() {
    return { event: 'seen', data: { reached: true } };
  }
  @SubscribeMessage('session-auth') @SessionAuth() session() {
    return { event: 'seen', data: { reached: true } };
  }
}

const MESSAGE_REFUSED = {
  status: 'error',
  code: 'CONTEXT_NOT_SUPPORTED',
  message: expect.stringContaining('transports.rpc.credentialField'),
  statusCode: 501,
};

describe('F01: messages and sockets bring no identity', () => {
  let host: TestApp;
  let client: ClientProxy;
  let socket: Socket;
  beforeAll(async () => {
    const port = await freePort();
    host = await createTestApp({
      auth: { apiKeys: true },
      controllers: [MessagesController],
      providers: [EventsGateway],
      configure: (app) => void app.connectMicroservice({ transport: Transport.TCP, options: { port } }),
    });
    await host.app.startAllMicroservices();
    client = ClientProxyFactory.create({ transport: Transport.TCP, options: { port } });
    await client.connect();
    socket = io(host.url, { transports: ['websocket'], reconnection: false });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('connect_error', reject));
  });
  afterAll(async () => {
    socket?.close();
    await client?.close();
    await host?.close();
  });

  const ask = async (pattern: string, message: object): Promise<unknown> => {
    const answer = client.send<unknown>(pattern, message).pipe(timeout(10_000));
    return firstValueFrom(answer).catch((error: unknown) => error);
  };
  const emit = (event: string, message: object): Promise<unknown> =>
    new Promise((resolve) => {
      socket.once('seen', resolve).once('exception', resolve);
      socket.emit(event, message);
    }).finally(() => socket.off('seen').off('exception'));

  it.each(OPEN)(
    'a message to a handler that is %s comes from nobody, and nothing is written into it',
    async (pattern) => {
      for (const message of FORGERIES)
        expect(await ask(pattern, message)).toEqual({ ...NOBODY, members: Object.keys(message) });
    },
  );

  it.each(GUARDED)('a message to a guarded handler (%s) is answered with a sentence', async (pattern) => {
    for (const message of FORGERIES) expect(await ask(pattern, message)).toEqual(MESSAGE_REFUSED);
  });

  it('an AuthError of a handler is answered, with its code and without what is for the log', async () => {
    expect(await ask('throws', {})).toEqual({
      status: 'error',
      code: 'NOT_YOURS',
      message: 'Not yours',
      statusCode: 403,
    });
  });

  it.each(['public', 'optional'])('an event on a socket to a handler that is %s comes from nobody', async (event) => {
    for (const message of FORGERIES) expect(await emit(event, message)).toEqual(NOBODY);
  });

  it.each(['bearer', 'session-auth'])('401 an event to a guarded handler (%s)', async (event) => {
    for (const message of FORGERIES) expect(await emit(event, message)).toMatchObject({ code: 'UNAUTHORIZED' });
  });
});
