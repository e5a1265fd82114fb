import type { GuardedFetch, GuardedRequestInit } from './guarded-fetch.js';

const HEADERS = { accept: 'application/json, application/jwk-set+json' };

/**
 * Fetches a JSON object; no redirect is followed.
 * @param limits default: those of `GuardedFetch`
 * @throws Error for whatever goes wrong
 */
export async function fetchJson(
  outbound: GuardedFetch,
  address: string,
  limits: Pick<GuardedRequestInit, 'timeoutMilliseconds' | 'maxBytes'> = {},
): Promise<Record<string, unknown>> {
  const response = await outbound.fetch(address, { headers: HEADERS, ...limits });
  if (response.status !== 200) throw new Error(`${address} answered ${response.status}`);
  const document: unknown = await response.json();
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw new Error(`${address} answered no JSON object`);
  return document as Record<string, unknown>;
}
