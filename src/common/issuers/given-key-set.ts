import { createLocalJWKSet, type JSONWebKeySet } from 'jose';

/** A key set (RFC 7517 5) with public keys. */
export interface GivenKeySet {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

/** Members of private and of symmetric keys (RFC 7518 6.2.2, 6.3.2, 6.4.1). */
const SECRET_MEMBERS = ['d', 'k', 'p', 'q', 'dp', 'dq', 'qi', 'oth'];

/** @throws Error when it is no key set, or holds what must stay secret; stops the boot */
export function requireKeySet(option: string, jwks: GivenKeySet): GivenKeySet {
  try {
    createLocalJWKSet(jwks as unknown as JSONWebKeySet);
  } catch (error) {
    throw new Error(`${option}: jwks is not a key set. Give { keys: […] } as the issuer publishes it.`, {
      cause: error,
    });
  }
  if (jwks.keys.length === 0 || jwks.keys.some((key) => SECRET_MEMBERS.some((member) => member in key)))
    throw new Error(`${option}: jwks must have public keys only, and one at least.`);
  return jwks;
}
