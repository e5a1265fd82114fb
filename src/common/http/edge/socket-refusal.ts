import type { AuthError } from '../../errors/auth-error.js';
import { renderException, type ExceptionAnswer } from '../../errors/render-exception.js';

/** The sockets of Nest's two platforms; neither is a dependency of ours. */
export interface SocketLike {
  /** On a native WebSocket, whose own `emit` does not leave this process. */
  readonly readyState?: unknown;
  send?(text: string): unknown;
  emit?(event: string, payload: unknown): unknown;
}

/**
 * Sends the event `exception`, as Nest does for `WsException`. A sender who waits for an acknowledgement gets it too: Nest leaves them waiting.
 * @param args of the message: the socket, the data and, from socket.io, the acknowledgement
 */
export function refuseSocket(error: AuthError, [client, , acknowledge]: readonly unknown[]): void {
  const data = renderException(error);
  sendException(client as SocketLike, data);
  if (typeof acknowledge === 'function') acknowledge(data);
}

export function sendException(client: SocketLike, data: ExceptionAnswer): void {
  if (typeof client.readyState === 'number') client.send?.(JSON.stringify({ event: 'exception', data }));
  else client.emit?.('exception', data);
}
