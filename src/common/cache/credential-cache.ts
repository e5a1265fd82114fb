import type { AuthPrincipal } from '../principal/auth-principal.js';
import { LoadingCache } from './loading-cache.js';

/** A credential that was verified, with everything that can end it. */
export interface VerifiedCredential {
  readonly principal: AuthPrincipal;
  /** Dropping one of these ends it: `subject:…`, `session:…`, `family:…`, `token:…`, `key:…`, `client:…`. */
  readonly tags: readonly string[];
  /** Milliseconds until it expires by the database's clock; `Infinity` when it does not. */
  readonly remainingMilliseconds: number;
  /** How long it counts without being verified again, where nothing tells that it has ended before it expires. Default: until it expires. */
  readonly maxCacheMilliseconds?: number;
  /** Kept for the verifier that made it, e.g. the row's limits. */
  readonly state?: unknown;
}

/** What ends the credential that a principal was read from. */
export interface CredentialRecord {
  readonly tags: readonly string[];
  /** When it expires, by `performance.now()`. */
  readonly deadline: number;
  /** Until when it counts without being verified again, by `performance.now()`; `Infinity`: until it ends. */
  readonly verifyBy: number;
}

/**
 * Verified credentials in memory, by the digest of the secret. One cache for all verifiers, so that one size limit and one
 * notification cover them all.
 */
export class CredentialCache extends LoadingCache<VerifiedCredential> {
  /** Outlives the entries: a connection stays open while its principal is long out of memory. */
  private readonly records = new WeakMap<AuthPrincipal, CredentialRecord>();

  constructor(ttlMilliseconds: number, max: number) {
    super({
      max,
      ttlMilliseconds,
      remainingMillisecondsOf: ({ remainingMilliseconds, maxCacheMilliseconds = Number.POSITIVE_INFINITY }) =>
        Math.min(remainingMilliseconds, maxCacheMilliseconds),
      tagsOf: ({ tags }) => tags,
    });
  }

  override reload(key: string, load: () => Promise<VerifiedCredential | null>): Promise<VerifiedCredential | null> {
    return super.reload(key, async () => {
      const found = await load();
      if (found) {
        const { principal, tags, remainingMilliseconds, maxCacheMilliseconds = Number.POSITIVE_INFINITY } = found;
        const now = performance.now();
        const verifyBy = now + maxCacheMilliseconds;
        this.records.set(principal, { tags, deadline: now + remainingMilliseconds, verifyBy });
      }
      return found;
    });
  }

  /** @returns undefined for a principal that was not read through this cache */
  recordOf(principal: AuthPrincipal): CredentialRecord | undefined {
    return this.records.get(principal);
  }
}
