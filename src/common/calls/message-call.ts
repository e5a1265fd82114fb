import type { ExecutionContext } from '@nestjs/common';
import type { GuardedRequest } from '../http/request/request-context.js';
import { messageRequest } from './message-request.js';

/** Made of the header fields of the message's transport, or found when the edge has made it before. */
export function requestOfMessage(context: ExecutionContext): GuardedRequest | null {
  return messageRequest(context.getArgs<unknown[]>());
}
