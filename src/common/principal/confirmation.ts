import { AuthError } from '../errors/auth-error.js';

/**
 * What the holder of a token must prove with each use (RFC 7800 3): the key with this thumbprint (RFC 9449 6), or the certificate with this
 * one (RFC 8705 3.1). Both are SHA-256 in base64url.
 */
export type Confirmation = { readonly jkt: string } | { readonly 'x5t#S256': string };

/** SHA-256 in base64url. */
const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/;

/**
 * The `cnf` of a JWT or of an introspection answer.
 * @returns null for a token that is bound to nothing
 * @throws AuthError 401 for a binding that we cannot check: taken without it, the token would be a bearer token
 */
export function readConfirmation(cnf: unknown): Confirmation | null {
  if (cnf === undefined || cnf === null) return null;
  if (typeof cnf === 'object') {
    const [[name, value] = [], ...others] = Object.entries(cnf);
    if (others.length === 0 && typeof value === 'string' && THUMBPRINT.test(value)) {
      if (name === 'jkt') return { jkt: value };
      if (name === 'x5t#S256') return { 'x5t#S256': value };
    }
  }
  throw AuthError.invalidToken('it is bound in a way that cannot be checked here');
}

export function isSameConfirmation(one: Confirmation | null, other: Confirmation | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** RFC 9449 5, RFC 8705 3: a token that is bound to a certificate is a bearer token to its client. */
export function tokenTypeOf(confirmation: Confirmation | null): 'Bearer' | 'DPoP' {
  return confirmation && 'jkt' in confirmation ? 'DPoP' : 'Bearer';
}
