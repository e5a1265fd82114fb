import type { AuthPrincipal } from '../principal/auth-principal.js';
import { LoadingCache } from './loading-cache.js';

/** A credential that was found good, with all that can end it. */
export interface VerifiedCredential {
  readonly principal: AuthPrincipal;
  /** What ends it: `subject:…`, `session:…`, `family:…`, `token:…`, `key:…`, `client:…`. */
  readonly tags: readonly string[];
  /** Milliseconds until it expires by the database's clock; `Infinity` when it does not. */
  readonly remainingMilliseconds: number;
  /** What the verifier that made it wants to find again, e.g. the row's limits. */
  readonly state?: unknown;
}

/**
 * Verified credentials in memory, found by the digest of the secret. One for all verifiers, so that one bound and one
 * notification serve them all.
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
