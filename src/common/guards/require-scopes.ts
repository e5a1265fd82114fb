import { AuthError } from '../errors/auth-error.js';
import { isSubset } from '../principal/scopes.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';
import type { AuthPolicy } from '../http/routes/auth-policy.js';

/** @throws AuthError 403 `insufficient_scope` */
export function requireScopes(principal: AuthPrincipal, policy: AuthPolicy): void {
  if (!isSubset(policy.scopes, principal.scopes)) throw AuthError.insufficientScope(policy.scopes);
  for (const group of policy.anyScope) {
    if (!group.some((scope) => principal.scopes.has(scope))) throw AuthError.insufficientScope(group);
  }
}
