import { AuthError } from '../errors/auth-error.js';
import type { AuthPolicy } from '../http/routes/auth-policy.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';
import { isSubset } from '../principal/scopes.js';
import { requireStrength, type StrengthJudge } from './step-up.js';
import type { Authenticator } from './authenticator.js';

/** What a route requires of a good credential: of its scheme, the scopes, the roles, and the sign-in behind it. @throws AuthError 403 or 401 */
export function requireMet(
  principal: AuthPrincipal,
  policy: AuthPolicy,
  authenticator: Authenticator,
  judge: StrengthJudge,
): void {
  authenticator.authorize?.(principal, policy.schemes.get(authenticator.scheme));
  requireScopes(principal, policy);
  requireRoles(principal, policy);
  // Last: who may not do it at all is not asked to sign in once more.
  requireStrength(principal, policy.stepUp, judge);
}

function requireScopes(principal: AuthPrincipal, policy: AuthPolicy): void {
  if (!isSubset(policy.scopes, principal.scopes)) throw AuthError.insufficientScope(policy.scopes);
  for (const group of policy.anyScope) {
    if (!group.some((scope) => principal.scopes.has(scope))) throw AuthError.insufficientScope(group);
  }
}

function requireRoles(principal: AuthPrincipal, policy: AuthPolicy): void {
  for (const group of policy.roles) {
    if (!group.some((role) => principal.roles.has(role))) throw AuthError.missingRole(group);
  }
}
