import type { IncomingMessage } from 'node:http';
import type { PresentedCredential } from '../guards/presented-credential.js';
import { setContext, type EdgeContext, type GuardedRequest } from '../http/request/request-context.js';

/** A connection whose handshake was read. */
export interface SocketConnection {
  /** What hosts find in `handleConnection`. */
  readonly context: EdgeContext;
  /** Absent where the credential came in another place than a header field. */
  readonly rawHeaders: string[] | undefined;
  /** Null: a stranger. */
  readonly presented: PresentedCredential | null;
}

export function edgeContextOf(
  request: IncomingMessage,
  headers: EdgeContext['headers'],
  facts: Pick<EdgeContext, 'address' | 'certificate'>,
): EdgeContext {
  return { headers, request, ...facts, principal: null, ours: false, route: '', fault: null };
}

/** What holds for a connection as long as it is open. */
function factsOf({ address, certificate }: EdgeContext): Pick<EdgeContext, 'address' | 'certificate'> {
  return { address, ...(certificate && { certificate }) };
}

/** Each message is a request of its own: the guard verifies and counts it, from the fields of the handshake. */
export function contextOfMessage({ context, rawHeaders }: SocketConnection, client: object): EdgeContext {
  const { headers, request: handshake } = context;
  const request: GuardedRequest = { headers, ...(rawHeaders && { rawHeaders }) };
  const ofMessage: EdgeContext = { ...edgeContextOf(handshake!, headers, factsOf(context)), call: { client, request } };
  setContext(request, ofMessage);
  return ofMessage;
}
