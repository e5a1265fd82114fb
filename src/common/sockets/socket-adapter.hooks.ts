import { Injectable } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { AuthError } from '../errors/auth-error.js';
import { AuthErrorFilter } from '../http/edge/auth-error.filter.js';
import { AuthContext } from '../ports/auth-context.js';
import type { ConnectionNeeds } from './connection-needs.js';
import { gatewaysOf, needsOf, type GatewayPlace } from './gateway-needs.js';
import { OpenSockets } from './open-sockets.js';
import { contextOfMessage } from './socket.connection.js';
import { closeIoSocket, followIoSocket, guardIoServer, isIoServer, type IoSocket } from './socket-io.server.js';
import { inContexts, type MessageHandler, type Transform } from './socket-messages.js';
import { closeWsSocket, followWsSocket, guardWsServer, isWsServer, type WsSocket } from './ws.server.js';

const FILTERS = '__exceptionFilters__';
/** Nest calls no global filter for sockets. Of no application, since the metadata of a class is of all. */
const FILTER = new AuthErrorFilter(new HttpAdapterHost());

/** What Nest calls of a WebSocketAdapter; `@nestjs/websockets` is no dependency of ours. */
interface SocketAdapter {
  create(port: number, options?: Options): unknown;
  bindClientConnect(server: object, callback: (...args: unknown[]) => unknown): unknown;
  bindMessageHandlers(client: object, handlers: readonly MessageHandler[], transform: Transform): unknown;
}
type Options = Partial<GatewayPlace> & { readonly connectionStateRecovery?: object };

/** Of a server that we guard. */
interface Guarded {
  readonly needs: () => ConnectionNeeds;
  readonly follow: (client: object) => void;
  readonly close: (client: object, reason: AuthError) => void;
}

/**
 * Stands between Nest's gateways and the sockets of either platform, whatever adapter the host sets: there is no guard at connect, and the
 * adapter is the one place that all servers, connections and messages pass.
 */
@Injectable()
export class SocketAdapterHooks {
  private readonly guarded = new WeakMap<object, Guarded>();

  constructor(
    private readonly config: ApplicationConfig,
    private readonly modules: ModulesContainer,
    private readonly sockets: OpenSockets,
  ) {
    const set = config.setIoAdapter.bind(config);
    config.setIoAdapter = (adapter) => {
      this.install(adapter as unknown as SocketAdapter);
      set(adapter);
    };
    const known = config.getIoAdapter() as unknown as SocketAdapter | undefined;
    if (known) this.install(known);
  }

  private install(adapter: SocketAdapter): void {
    for (const { target } of gatewaysOf(this.modules)) {
      const filters = (Reflect.getMetadata(FILTERS, target) as unknown[] | undefined) ?? [];
      // The first is asked last: the host's own filters come before it.
      if (!filters.includes(FILTER)) Reflect.defineMetadata(FILTERS, [FILTER, ...filters], target);
    }
    const create = adapter.create.bind(adapter);
    adapter.create = (port, options) => {
      const server = create(port, checkingRecovered(options));
      if (typeof server === 'object' && server !== null)
        this.guard(server, { port, path: options?.path, namespace: options?.namespace });
      return server;
    };
    const bindConnect = adapter.bindClientConnect.bind(adapter);
    adapter.bindClientConnect = (server, callback) => bindConnect(server, this.hearing(server, callback));
    const bindMessages = adapter.bindMessageHandlers.bind(adapter);
    adapter.bindMessageHandlers = (client, handlers, transform) => {
      const connection = this.sockets.of(client);
      if (!connection) return bindMessages(client, handlers, transform);
      return bindMessages(client, ...inContexts(handlers, transform, () => contextOfMessage(connection, client)));
    };
  }

  private guard(server: object, place: GatewayPlace): void {
    if (this.guarded.has(server)) return;
    let known: ConnectionNeeds | undefined;
    const needs = () => (known ??= needsOf(place, this.modules, this.config));
    if (isWsServer(server)) {
      guardWsServer(server, this.sockets, needs);
      this.guarded.set(server, {
        needs,
        follow: (client) => followWsSocket(client as WsSocket, this.sockets, needs()),
        close: (client, reason) => closeWsSocket(client as WsSocket, reason),
      });
    } else if (isIoServer(server)) {
      guardIoServer(server, this.sockets, needs);
      this.guarded.set(server, {
        needs,
        follow: (client) => followIoSocket(client as IoSocket, this.sockets, needs()),
        close: (client, reason) => closeIoSocket(client as IoSocket, reason),
      });
    }
  }

  /** Gateways hear of a connection in its own context. One that has come past us, which takes credentials, is closed. */
  private hearing(server: object, callback: (...args: unknown[]) => unknown): (...args: unknown[]) => unknown {
    const guarded = this.guarded.get(server);
    if (!guarded) return callback;
    return (...args) => {
      const client = args[0] as object;
      const connection = this.sockets.of(client);
      if (!connection) {
        if (!guarded.needs().reads) return callback(...args);
        return guarded.close(client, AuthError.unauthenticated());
      }
      guarded.follow(client);
      return AuthContext.run(connection.context, () => callback(...args));
    };
  }
}

/** Socket.io would let a connection that comes back pass by its middleware: its credential may have ended meanwhile. */
function checkingRecovered(options: Options | undefined): Options | undefined {
  if (!options?.connectionStateRecovery) return options;
  return {
    ...options,
    connectionStateRecovery: { ...options.connectionStateRecovery, skipMiddlewares: false },
  } as Options;
}
