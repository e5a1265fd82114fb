import type { GuardedFetch } from '../../common/outbound/guarded-fetch.js';

const TIMEOUT_MILLISECONDS = 5_000;
const MAX_BYTES = 256 * 1_024;
const HEADERS = { accept: 'application/json, application/jwk-set+json' };

/**
 * Fetches a JSON object of a trusted issuer: no redirect is followed, the answer has 5 seconds and 256 KiB.
 * @throws Error for whatever goes wrong
 */
export async function fetchJson(outbound: GuardedFetch, address: string): Promise<Record<string, unknown>> {
  const limits = { timeoutMilliseconds: TIMEOUT_MILLISECONDS, maxBytes: MAX_BYTES };
  const response = await outbound.fetch(address, { headers: HEADERS, ...limits });
  if (response.status !== 200) throw new Error(`${address} answered ${response.status}`);
  const document: unknown = await response.json();
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw new Error(`${address} answered no JSON object`);
  return document as Record<string, unknown>;
}
