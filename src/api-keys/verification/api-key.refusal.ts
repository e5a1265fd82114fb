import { AuthError } from '../../common/errors/auth-error.js';
import type { AuthErrorInit } from '../../common/errors/auth-error.init.js';
import { LACKING_PERMISSIONS } from '../../common/principal/permissions.js';
import type { ApiKeyRefusal } from '../api-keys.events.js';
import type { LimitState } from './api-key-limits.store.js';

type PublicError = Pick<AuthErrorInit, 'status' | 'code' | 'description'>;

const INVALID: PublicError = { status: 401, code: 'INVALID_API_KEY', description: 'Invalid API key' };

/** What `verify` tells callers who may know the reason. */
const DISTINCT: Readonly<Record<ApiKeyRefusal, PublicError>> = {
  malformed: INVALID,
  unknown: INVALID,
  wrong_configuration: INVALID,
  disabled: { status: 401, code: 'KEY_DISABLED', description: 'API Key is disabled' },
  expired: { status: 401, code: 'KEY_EXPIRED', description: 'API Key has expired' },
  revoked: { status: 401, code: 'KEY_REVOKED', description: 'API Key is revoked' },
  address: { status: 401, code: 'IP_ADDRESS_NOT_ALLOWED', description: 'API Key may not be used from this address' },
  permissions: LACKING_PERMISSIONS,
  scopes: LACKING_PERMISSIONS,
};

/** A key that was refused, and why. The reason is for the log, the event and `verify`. */
export interface Refused {
  readonly reason: ApiKeyRefusal;
  readonly keyId: string | null;
}

/** The error with the code of its reason. */
export function distinctRefusal(reason: ApiKeyRefusal): AuthError {
  return new AuthError({ ...DISTINCT[reason], error: 'invalid_token', detail: reason });
}

/** One error for all reasons: a stranger must not learn whether a key is unknown, disabled, expired or revoked. */
export function refusalForStrangers({ reason, keyId }: Refused): AuthError {
  return new AuthError({ ...INVALID, error: 'invalid_token', detail: `${reason}${keyId ? `, key ${keyId}` : ''}` });
}

/** 429 with the headers that say when to try again (RFC 9110 10.2.3, draft-ietf-httpapi-ratelimit-headers). */
export function rateLimited(state: LimitState): AuthError {
  const resetMilliseconds = Math.max(1, Math.ceil(state.reset_ms ?? 0));
  const resetSeconds = Math.ceil(resetMilliseconds / 1000);
  const max = String(state.max ?? 0);
  return new AuthError({
    status: 429,
    code: 'RATE_LIMITED',
    description: 'Rate limit exceeded',
    retryAfterSeconds: resetSeconds,
    details: { tryAgainIn: resetMilliseconds },
    headers: {
      RateLimit: `"key";r=0;t=${resetSeconds}`,
      'RateLimit-Policy': `"key";q=${max};w=${Math.ceil((state.window_ms ?? 0) / 1000)}`,
      'X-RateLimit-Limit': max,
      'X-RateLimit-Remaining': '0',
      'X-RateLimit-Reset': String(resetSeconds),
    },
  });
}

/** The quota is used up. `Retry-After` only where there is a refill. */
export function usageExceeded(state: LimitState): AuthError {
  const refillMilliseconds = state.refill_in_ms === null ? null : Math.max(1, Math.ceil(state.refill_in_ms));
  return new AuthError({
    status: 429,
    code: 'USAGE_EXCEEDED',
    description: 'API Key has reached its usage limit',
    details: { remaining: 0, ...(refillMilliseconds !== null && { tryAgainIn: refillMilliseconds }) },
    ...(refillMilliseconds !== null && { retryAfterSeconds: Math.ceil(refillMilliseconds / 1000) }),
  });
}
