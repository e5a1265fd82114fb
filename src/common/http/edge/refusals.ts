import { throwError, type Observable } from 'rxjs';
import type { AuthError } from '../../errors/auth-error.js';

/** Of the sockets that Nest's two platforms give; neither is a dependency of ours. */
export interface SocketLike {
  /** Of a native WebSocket, whose own `emit` stays in this process. */
  readonly readyState?: unknown;
  send?(text: string): unknown;
  emit?(event: string, payload: unknown): unknown;
}

/** What Nest answers to the sender of a message: an error as `RpcException` would have it. Thrown instead, it would never be answered. */
export function refuseMessage(error: AuthError): Observable<never> {
  return throwError(() => payloadOf(error));
}

/** The event `exception`, as `WsException` has it. */
export function refuseSocket(error: AuthError, client: SocketLike): void {
  const data = payloadOf(error);
  if (typeof client.readyState === 'number') client.send?.(JSON.stringify({ event: 'exception', data }));
  else client.emit?.('exception', data);
}

function payloadOf(error: AuthError) {
  return { status: 'error', code: error.code, message: error.description };
}
