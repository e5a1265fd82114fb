import type { ExecutionContext } from '@nestjs/common';
import type { GuardedRequest } from '../http/request/request-context.js';
import { knownRequest } from './http-call.js';

/** The request that is in the context of a resolver, the third argument. */
export function requestOfResolver(context: ExecutionContext): GuardedRequest | null {
  return knownRequest(context.getArgByIndex<{ req?: unknown } | null>(2)?.req);
}
