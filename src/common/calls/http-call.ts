import type { ExecutionContext } from '@nestjs/common';
import { isKnown, type GuardedRequest } from '../http/request/request-context.js';

/** The request that the adapter has passed. */
export function requestOfHttp(context: ExecutionContext): GuardedRequest | null {
  return knownRequest(context.getArgByIndex<unknown>(0));
}

/** Only a request that came in through the edge counts: what a library passes in place of one is data of its sender. */
export function knownRequest(candidate: unknown): GuardedRequest | null {
  if (typeof candidate !== 'object' || candidate === null) return null;
  return isKnown(candidate as GuardedRequest) ? (candidate as GuardedRequest) : null;
}
