import type { AuthPrincipal } from '../principal/auth-principal.js';
import { LoadingCache } from './loading-cache.js';

/** A credential that was verified, with everything that can end it. */
export interface VerifiedCredential {
  readonly principal: AuthPrincipal;
  /** Dropping one of these ends it: `subject:…`, `session:…`, `family:…`, `token:…`, `key:…`, `client:…`. */
  readonly tags: readonly string[];
  /** Milliseconds until it expires by the database's clock; `Infinity` when it does not. */
  readonly remainingMilliseconds: number;
  /** Kept for the verifier that made it, e.g. the row's limits. */
  readonly state?: unknown;
}

/**
 * Verified credentials in memory, by the digest of the secret. One cache for all verifiers, so that one size limit and one
 * notification cover them all.
 */
export class CredentialCache extends LoadingCache<VerifiedCredential> {
  constructor(ttlMilliseconds: number, max: number) {
    super({
      max,
      ttlMilliseconds,
      remainingMillisecondsOf: ({ remainingMilliseconds }) => remainingMilliseconds,
      tagsOf: ({ tags }) => tags,
    });
  }
}
