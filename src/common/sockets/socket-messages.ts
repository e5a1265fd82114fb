import { Observable } from 'rxjs';
import { AuthContext } from '../ports/auth-context.js';
import type { EdgeContext } from '../http/request/request-context.js';

/** A handler as Nest binds it to a socket. */
export interface MessageHandler {
  readonly message: unknown;
  readonly callback: (...args: unknown[]) => unknown;
}
/** Makes a stream of answers of what a handler returned. */
export type Transform = (result: unknown) => Observable<unknown>;

/**
 * Runs each message in a context of its own, where guards, parameters and services of the host find its caller; so do answers that come as a
 * stream.
 */
export function inContexts(
  handlers: readonly MessageHandler[],
  transform: Transform,
  open: () => EdgeContext,
): [MessageHandler[], Transform] {
  const contexts = new WeakMap<object, EdgeContext>();
  const wrapped = handlers.map((handler) => ({
    ...handler,
    callback: (...args: unknown[]) => {
      const context = open();
      const result = AuthContext.run(context, () => handler.callback(...args));
      if (typeof result === 'object' && result !== null) contexts.set(result, context);
      return result;
    },
  }));
  const transformed: Transform = (result) => {
    const context = typeof result === 'object' && result !== null ? contexts.get(result) : undefined;
    const answers = transform(result);
    if (!context) return answers;
    return new Observable((subscriber) => AuthContext.run(context, () => answers.subscribe(subscriber)));
  };
  return [wrapped, transformed];
}
