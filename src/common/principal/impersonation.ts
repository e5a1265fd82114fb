import { AuthError } from '../errors/auth-error.js';
import type { AuthPrincipal } from './auth-principal.js';

/** Who acts as the user (`act`, RFC 8693 4.1): an administrator, a client or an agent, by their id; null: the user in person. */
export function actorOf({ actor }: Pick<AuthPrincipal, 'actor'>): string | null {
  return actor?.subjectId ?? null;
}

/**
 * For what only the user decides: credentials, factors, addresses, keys, consent.
 * @throws AuthError 403 `IMPERSONATED` for whoever acts as the user
 */
export function requireInPerson(principal: Pick<AuthPrincipal, 'actor'>): void {
  const actor = actorOf(principal);
  if (actor !== null) throw impersonated(`${actor} acts as the user`);
}

export function impersonated(detail: string): AuthError {
  return AuthError.forbidden('IMPERSONATED', 'Only the user may do this, not somebody who acts as them', detail);
}
