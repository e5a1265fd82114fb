import type { ExecutionContext } from '@nestjs/common';
import type { GuardedRequest } from '../http/request/request-context.js';
import type { CallReader } from './call-reader.js';
import { requestOfResolver } from './graphql-call.js';
import { requestOfHttp } from './http-call.js';
import { requestOfMessage } from './message-call.js';
import { requestOfSocket } from './socket-call.js';

/** One for each kind of call that Nest makes. */
const READERS: Readonly<Record<string, CallReader>> = {
  http: requestOfHttp,
  graphql: requestOfResolver,
  rpc: requestOfMessage,
  ws: requestOfSocket,
};

/** The request of a guard or a decorator, whatever brought the call here; null where we can read none. */
export function requestOf(context: ExecutionContext): GuardedRequest | null {
  return READERS[context.getType<string>()]?.(context) ?? null;
}
