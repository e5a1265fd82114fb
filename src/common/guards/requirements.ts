import { AuthError } from '../errors/auth-error.js';
import type { AuthPolicy } from '../http/routes/auth-policy.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';
import { isSubset } from '../principal/scopes.js';
import type { Authenticator } from './authenticator.js';

/** What a route requires of a good credential: of its scheme, and the scopes. @throws AuthError 403 or 401 */
export function requireMet(principal: AuthPrincipal, policy: AuthPolicy, authenticator: Authenticator): void {
  authenticator.authorize?.(principal, policy.schemes.get(authenticator.scheme));
  requireScopes(principal, policy);
}

/** @throws AuthError 403 `insufficient_scope` */
export function requireScopes(principal: AuthPrincipal, policy: AuthPolicy): void {
  if (!isSubset(policy.scopes, principal.scopes)) throw AuthError.insufficientScope(policy.scopes);
  for (const group of policy.anyScope) {
    if (!group.some((scope) => principal.scopes.has(scope))) throw AuthError.insufficientScope(group);
  }
}
