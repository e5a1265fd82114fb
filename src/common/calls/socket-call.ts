import type { ExecutionContext } from '@nestjs/common';
import type { EdgeContext, GuardedRequest } from '../http/request/request-context.js';
import { AuthContext } from '../ports/auth-context.js';

/** The request that we made for this message, from the handshake of its socket. */
export function requestOfSocket(context: ExecutionContext): GuardedRequest | null {
  const call = (AuthContext.requestContext as EdgeContext | undefined)?.call;
  return call && call.client === context.getArgByIndex<unknown>(0) ? call.request : null;
}
