import { hash } from 'node:crypto';
import type { SigningAlgorithm } from '../../common/keys/signing-algorithm.js';
import type { JWTPayload } from 'jose';
import { newId } from '../../common/new-id.js';

/** What goes into an ID token (OIDC Core 2). */
export interface IdTokenFacts {
  readonly issuer: string;
  readonly clientId: string;
  /** The `sub` by which the client knows the user. */
  readonly subject: string;
  readonly authenticatedAt: Date | null;
  readonly nonce: string | null;
  readonly acr: string | null;
  readonly amr: readonly string[];
  readonly sessionId: string | null;
  /** The access token issued with it; null: none (a logout hint). */
  readonly accessToken: string | null;
  /** Claims about the user, and the host's own. */
  readonly userClaims: Readonly<Record<string, unknown>>;
}

/** All claims but `iat` and `exp`. Claims about the user never replace those about the token. */
export function idTokenClaims(facts: IdTokenFacts, algorithm: SigningAlgorithm): JWTPayload {
  return {
    ...facts.userClaims,
    iss: facts.issuer,
    sub: facts.subject,
    aud: facts.clientId,
    jti: newId(),
    ...(facts.authenticatedAt && { auth_time: Math.floor(facts.authenticatedAt.getTime() / 1000) }),
    ...(facts.nonce !== null && { nonce: facts.nonce }),
    ...(facts.acr !== null && { acr: facts.acr }),
    ...(facts.amr.length > 0 && { amr: [...facts.amr] }),
    ...(facts.sessionId !== null && { sid: facts.sessionId }),
    ...(facts.accessToken !== null && { at_hash: tokenHash(facts.accessToken, algorithm) }),
  };
}

/** OIDC Core 3.1.3.6: the left half of the digest that the signature uses; Ed25519 uses SHA-512 (RFC 8032 5.1). */
export function tokenHash(token: string, algorithm: SigningAlgorithm): string {
  const digest = hash(digestOf(algorithm), token, 'buffer');
  return digest.subarray(0, digest.length / 2).toString('base64url');
}

function digestOf(algorithm: SigningAlgorithm): string {
  if (algorithm === 'EdDSA' || algorithm === 'Ed25519') return 'sha512';
  return `sha${algorithm.slice(2)}`;
}
