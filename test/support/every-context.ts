import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Controller, type INestApplication, type ModuleMetadata } from '@nestjs/common';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { ClientProxyFactory, MessagePattern, Transport, type ClientProxy } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import type { AddressInfo } from 'node:net';
import { firstValueFrom, timeout } from 'rxjs';
import { io, type Socket } from 'socket.io-client';
import { AuthContext, BearerAuth, CurrentPrincipal, CurrentUser, Scopes, type AuthPrincipal } from '../../src/index.js';
import { freePort } from './free-port.js';
import { send } from './http.js';

/** What each handler answers, whatever brought the call. */
const whom = (principal: AuthPrincipal, user: { name?: string } | null, context: AuthContext) =>
  [principal.subjectId, user?.name ?? null, context.principal?.subjectId ?? null].join(' ');

@Controller()
class MessagesController {
  constructor(private readonly context: AuthContext) {}

  @MessagePattern('whom') @BearerAuth() @Scopes('reports:read') whom(
    @CurrentPrincipal() principal: AuthPrincipal,
    @CurrentUser() user: { name?: string } | null,
  ) {
    return whom(principal, user, this.context);
  }
}

@WebSocketGateway()
class WhomGateway {
  constructor(private readonly context: AuthContext) {}

  @SubscribeMessage('whom') @BearerAuth() @Scopes('reports:read') whom(
    @CurrentPrincipal() principal: AuthPrincipal,
    @CurrentUser() user: { name?: string } | null,
  ) {
    return { event: 'whom', data: whom(principal, user, this.context) };
  }
}

@Resolver()
class WhomResolver {
  constructor(private readonly context: AuthContext) {}

  @Query() @BearerAuth() @Scopes('reports:read') whom(
    @CurrentPrincipal() principal: AuthPrincipal,
    @CurrentUser() user: { name?: string } | null,
  ) {
    return whom(principal, user, this.context);
  }
}

/** A guarded handler in each context that Nest has besides HTTP, on Express. */
export const EVERY_CONTEXT: Required<Pick<ModuleMetadata, 'imports' | 'controllers' | 'providers'>> = {
  imports: [
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      typeDefs: 'type Query { whom: String }',
      playground: false,
    }),
  ],
  controllers: [MessagesController],
  providers: [WhomGateway, WhomResolver],
};

export const CONTEXTS = ['graphql', 'socket', 'message'] as const;

export interface EveryContext {
  readonly url: string;
  /** @returns what the handler answered, or the code of the refusal */
  ask(context: (typeof CONTEXTS)[number], token?: string): Promise<unknown>;
  close(): Promise<void>;
}

/** Listens by HTTP and TCP. Messages carry the credential as the member `authorization`. */
export async function startEveryContext(app: INestApplication): Promise<EveryContext> {
  const port = await freePort();
  app.connectMicroservice({ transport: Transport.TCP, options: { host: '127.0.0.1', port } });
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${(app.getHttpServer() as { address(): AddressInfo }).address().port}`;
  const client = ClientProxyFactory.create({ transport: Transport.TCP, options: { host: '127.0.0.1', port } });
  const headers = (token?: string): Record<string, string> =>
    token === undefined ? {} : { authorization: `Bearer ${token}` };
  const asks = {
    graphql: async (token?: string) => {
      const { body } = await send(`${url}/graphql`, { body: { query: '{ whom }' }, headers: headers(token) });
      return body.errors ? body.errors[0].extensions.authCode : body.data.whom;
    },
    socket: (token?: string) => viaSocket(url, { extraHeaders: headers(token) }),
    message: (token?: string) => viaMessage(client, headers(token)),
  };
  return {
    url,
    ask: (context, token) => asks[context](token),
    close: async () => {
      await client.close();
      await app.close();
    },
  };
}

/** @param given what the handshake carries */
export async function viaSocket(url: string, given: object): Promise<unknown> {
  const socket: Socket = io(url, { transports: ['websocket'], reconnection: false, forceNew: true, ...given });
  try {
    return await new Promise((resolve) => {
      socket.once('connect_error', (error) => resolve((error as Error & { data?: { code: string } }).data?.code));
      socket.once('whom', resolve).once('exception', ({ code }: { code: string }) => resolve(code));
      socket.once('connect', () => socket.emit('whom', {}));
    });
  } finally {
    socket.close();
  }
}

async function viaMessage(client: ClientProxy, data: object): Promise<unknown> {
  const answer = firstValueFrom(client.send<unknown>('whom', data).pipe(timeout(10_000)));
  return answer.catch((error: { code?: string }) => error.code ?? error);
}
