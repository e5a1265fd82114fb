import type { AuthError } from '../../errors/auth-error.js';

/** The sockets of Nest's two platforms; neither is a dependency of ours. */
export interface SocketLike {
  /** On a native WebSocket, whose own `emit` does not leave this process. */
  readonly readyState?: unknown;
  send?(text: string): unknown;
  emit?(event: string, payload: unknown): unknown;
}

/** Sends the event `exception`, as `WsException` does. */
export function refuseSocket(error: AuthError, client: SocketLike): void {
  const data = payloadOf(error);
  if (typeof client.readyState === 'number') client.send?.(JSON.stringify({ event: 'exception', data }));
  else client.emit?.('exception', data);
}

function payloadOf(error: AuthError) {
  return { status: 'error', code: error.code, message: error.description };
}
