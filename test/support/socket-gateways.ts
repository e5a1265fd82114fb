import type { Type } from '@nestjs/common';
import { Inject, Injectable, UseGuards, type ExecutionContext } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
} from '@nestjs/websockets';
import { interval, map, startWith } from 'rxjs';
import {
  AnyScope,
  ApiKeyAuth,
  Auth,
  AuthContext,
  AuthError,
  AuthGuard,
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
import { seen } from './forged-identity.js';

export const seenBy = (principal: AuthPrincipal | null) => ({
  event: 'seen',
  data: { subject: principal?.subjectId ?? 'nobody' },
});
const REACHED = { event: 'seen', data: { subject: 'reached' } };

/** Where gateways listen: a namespace of socket.io, a path of ws. */
export type Place = (name: string) => object;
export const NAMESPACE: Place = (namespace) => ({ namespace });
export const PATH: Place = (name) => ({ path: `/${name}` });

/** Whom the gateways were told of, in order. */
export const connections: (string | null)[] = [];
export const disconnections: unknown[] = [];

@Injectable()
export class EvenGuard extends AuthGuard {
  protected override allows(_principal: AuthPrincipal, context: ExecutionContext): boolean {
    const { count } = context.switchToWs().getData<{ count: number }>();
    return count % 2 === 0;
  }
}

/** The handlers of the credential matrix. The class takes strangers; `hello` is for tests that wait until they are connected. */
function matrixGateway(place: Place): Type {
  @WebSocketGateway(place('matrix'))
  class MatrixGateway {
    @SubscribeMessage('hello') @Public() hello() {
      return REACHED;
    }
    @SubscribeMessage('optional') @OptionalAuth() @BearerAuth() optional(
      @CurrentPrincipal() one: AuthPrincipal | null,
    ) {
      return seenBy(one);
    }
    @SubscribeMessage('bearer') @BearerAuth() bearer(@CurrentPrincipal() one: AuthPrincipal) {
      return seenBy(one);
    }
    @SubscribeMessage('key') @ApiKeyAuth() key(@CurrentPrincipal() one: AuthPrincipal) {
      return seenBy(one);
    }
    @SubscribeMessage('either') @ApiKeyAuth() @BearerAuth() either(@CurrentPrincipal() one: AuthPrincipal) {
      return seenBy(one);
    }
    @SubscribeMessage('session') @SessionAuth() session(@CurrentPrincipal() one: AuthPrincipal) {
      return seenBy(one);
    }
    @SubscribeMessage('default') @Auth() default(@CurrentPrincipal() one: AuthPrincipal) {
      return seenBy(one);
    }
    @SubscribeMessage('cookie') @Auth('session') cookie(@CurrentPrincipal() one: AuthPrincipal) {
      return seenBy(one);
    }
    @SubscribeMessage('scopes') @BearerAuth() @ApiKeyAuth() @Scopes('reports:read') scopes(
      @CurrentPrincipal() one: AuthPrincipal,
    ) {
      return seenBy(one);
    }
    @SubscribeMessage('lacking') @BearerAuth() @ApiKeyAuth() @Scopes('reports:read', 'reports:write') lacking() {
      return REACHED;
    }
    @SubscribeMessage('anyScope') @BearerAuth() @AnyScope('reports:write', 'reports:read') any(
      @CurrentPrincipal() one: AuthPrincipal,
    ) {
      return seenBy(one);
    }
    @SubscribeMessage('anyLacking') @BearerAuth() @AnyScope('a:x', 'b:x') anyLacking() {
      return REACHED;
    }
    @SubscribeMessage('audience') @BearerAuth({ audience: 'https://elsewhere.example' }) audience() {
      return REACHED;
    }
    @SubscribeMessage('unknown') @Auth('nobodyRegisteredThis') unknown() {
      return REACHED;
    }
  }
  return MatrixGateway;
}

function openGateway(place: Place): Type {
  @WebSocketGateway(place('open'))
  @Public()
  class OpenGateway {
    @SubscribeMessage('hello') hello() {
      return REACHED;
    }
    @SubscribeMessage('public') public(
      @MessageBody() _body: unknown,
      @CurrentPrincipal() principal: AuthPrincipal | null,
      @CurrentUser() user: unknown,
      @CurrentClient() client: unknown,
      @CurrentApiKey() key: unknown,
    ) {
      return { event: 'seen', data: { ...seen(principal, user, client, key, null), subject: 'nobody' } };
    }
  }
  return OpenGateway;
}

/** Guarded as a class, with all that a handler may want to know. */
function closedGateways(place: Place): Type[] {
  @WebSocketGateway(place('closed'))
  @BearerAuth()
  @ApiKeyAuth()
  class ClosedGateway implements OnGatewayConnection, OnGatewayDisconnect {
    @WebSocketServer() server: { emit?(event: string, data: unknown): void } | undefined;
    constructor(@Inject(AuthContext) private readonly auth: AuthContext) {}

    handleConnection() {
      connections.push(this.auth.principal?.subjectId ?? null);
    }
    handleDisconnect(client: unknown) {
      disconnections.push(client);
    }
    @SubscribeMessage('hello') hello() {
      return { event: 'seen', data: { hasServer: this.server !== undefined } };
    }
    @SubscribeMessage('whoami') async whoami(
      @CurrentPrincipal() principal: AuthPrincipal,
      @CurrentUser() user: { id: string } | null,
      @CurrentClient() client: unknown,
      @CurrentApiKey() key: { name: string } | null,
    ) {
      const inContext = await this.auth.user();
      return {
        event: 'seen',
        data: {
          principal: principal.subjectId,
          user: user?.id,
          client: client ?? null,
          key: key?.name ?? null,
          context: this.auth.principal?.subjectId,
          contextUser: inContext?.id,
        },
      };
    }
    @SubscribeMessage('ticks') ticks() {
      return interval(20).pipe(
        startWith(0),
        map(() => ({ event: 'tick', data: this.auth.principal?.subjectId ?? null })),
      );
    }
    @SubscribeMessage('acknowledged') acknowledged(@CurrentPrincipal() principal: AuthPrincipal) {
      return { subject: principal.subjectId };
    }
    @SubscribeMessage('writes') @Scopes('reports:write') writes() {
      return REACHED;
    }
    @SubscribeMessage('throws') throws() {
      throw AuthError.forbidden('NOT_YOURS', 'Not yours');
    }
  }

  @WebSocketGateway(place('closed'))
  class SecondGateway {
    @SubscribeMessage('second') @Auth() second(@CurrentPrincipal() one: AuthPrincipal, @ConnectedSocket() _it: object) {
      return seenBy(one);
    }
  }

  @WebSocketGateway(place('writers'))
  @BearerAuth()
  @ApiKeyAuth()
  @Scopes('reports:write')
  class WritersGateway {
    @SubscribeMessage('hello') hello() {
      return REACHED;
    }
  }

  @WebSocketGateway(place('persons'))
  @SessionAuth()
  class PersonsGateway {
    @SubscribeMessage('hello') hello(@CurrentPrincipal() one: AuthPrincipal) {
      return seenBy(one);
    }
  }

  @WebSocketGateway(place('cookies'))
  @Auth('session', 'bearer')
  class CookiesGateway {
    @SubscribeMessage('hello') hello(@CurrentPrincipal() one: AuthPrincipal) {
      return seenBy(one);
    }
  }

  @WebSocketGateway(place('even'))
  @UseGuards(EvenGuard)
  class EvenGateway {
    @SubscribeMessage('hello') @Public() hello() {
      return REACHED;
    }
    @SubscribeMessage('count') count(@CurrentPrincipal() one: AuthPrincipal) {
      return seenBy(one);
    }
  }

  @WebSocketGateway(place('foreign'))
  class ForeignGateway {
    @SubscribeMessage('hello') hello(@CurrentPrincipal() one: AuthPrincipal | null) {
      return seenBy(one);
    }
  }
  return [ClosedGateway, SecondGateway, WritersGateway, PersonsGateway, CookiesGateway, EvenGateway, ForeignGateway];
}

export function socketGateways(place: Place): Type[] {
  return [matrixGateway(place), openGateway(place), ...closedGateways(place)];
}
