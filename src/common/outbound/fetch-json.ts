import type { GuardedRequestInit } from './guarded-fetch.js';

const HEADERS = { accept: 'application/json, application/jwk-set+json' };

/** `GuardedFetch`, or a wrapper of it. */
export interface Fetcher {
  fetch(address: string, init: Limits & Pick<GuardedRequestInit, 'headers'>): Promise<Response>;
}

type Limits = Pick<GuardedRequestInit, 'timeoutMilliseconds' | 'maxBytes'>;

/** An answer with another status than 200. */
export class UnexpectedStatus extends Error {
  override readonly name = 'UnexpectedStatus';

  constructor(
    address: string,
    readonly status: number,
  ) {
    super(`${address} answered ${status}`);
  }
}

/**
 * Fetches a JSON object; no redirect is followed.
 * @param limits default: those of `GuardedFetch`
 * @throws Error when the fetch fails, the status is not 200 or the body is not a JSON object
 */
export async function fetchJson(
  outbound: Fetcher,
  address: string,
  limits: Limits = {},
): Promise<Record<string, unknown>> {
  const response = await outbound.fetch(address, { headers: HEADERS, ...limits });
  if (response.status !== 200) throw new UnexpectedStatus(address, response.status);
  const document: unknown = await response.json();
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw new Error(`the body of ${address} is not a JSON object`);
  return document as Record<string, unknown>;
}
