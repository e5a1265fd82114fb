import type { ModulesContainer } from '@nestjs/core';
import { isObservable, Observable } from 'rxjs';
import { contextOf } from '../http/request/request-context.js';
import { AuthContext, type RequestContext } from '../ports/auth-context.js';
import { grpcCallOf, type GrpcServerCall } from './grpc-call.js';
import { openMessage, type MessageSettings } from './message-request.js';

type Handler = ((...args: unknown[]) => unknown) & { isEventHandler?: boolean };

/** A server of @nestjs/microservices, or the host's own (`strategy`). */
interface MessageServer {
  addHandler?(pattern: unknown, handler: Handler, ...more: unknown[]): void;
}

/**
 * Opens the context of each message before its guards run, as the edge of HTTP does for requests: from then on `AuthContext` answers, in the
 * handler and in what it calls. Nest's own hook for this (`setOnProcessingStartHook`) can be set once, and is left to the host.
 */
export class MessageEdge {
  constructor(
    modules: Pick<ModulesContainer, 'getRpcTargetRegistry'>,
    private readonly settings: MessageSettings,
  ) {
    // Nest registers a server before it gives it the handlers.
    modules.getRpcTargetRegistry<MessageServer>().subscribe((server) => this.attend(server));
  }

  private attend(server: MessageServer): void {
    const { addHandler } = server;
    if (typeof addHandler !== 'function') return;
    server.addHandler = (pattern, handler, ...more) => addHandler.call(server, pattern, this.opening(handler), ...more);
  }

  /** A proxy, since servers and Nest keep what they know of a handler as its members. */
  private opening(handler: Handler): Handler {
    return new Proxy(handler, {
      apply: (target, self: unknown, args: unknown[]) => {
        const request = openMessage(args, this.settings);
        if (!request) return Reflect.apply(target, self, args);
        if (target.isEventHandler) request.expectsReply = false;
        const requestContext = contextOf(request);
        emitWithin(requestContext, grpcCallOf(args)?.call);
        return runWithin(requestContext, () => Reflect.apply(target, self, args));
      },
    });
  }
}

/** What a client streams is emitted by its call, each time from the outside. */
function emitWithin(requestContext: RequestContext, call: GrpcServerCall | undefined): void {
  const emit = call?.emit;
  if (typeof emit !== 'function') return;
  call!.emit = (...args) => AuthContext.run(requestContext, () => emit.apply(call, args));
}

/** Also what is returned runs in the context: Nest subscribes to it after the handler has ended. */
function runWithin(requestContext: RequestContext, handle: () => unknown): unknown {
  const within = (result: unknown) =>
    isObservable(result)
      ? new Observable((subscriber) => AuthContext.run(requestContext, () => result.subscribe(subscriber)))
      : result;
  const result = AuthContext.run(requestContext, handle);
  return result instanceof Promise ? result.then(within) : within(result);
}
