import { AuthError } from '../errors/auth-error.js';
import type { AuthPolicy } from '../http/routes/auth-policy.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';
import type { ImpliedScopes } from '../principal/implied-scopes.js';
import { requireStrength, type StrengthJudge } from './step-up.js';
import type { Authenticator } from './authenticator.js';

/** What requirements are judged by. */
export interface Judging {
  readonly judge: StrengthJudge;
  readonly impliedScopes: ImpliedScopes | null;
}

/** What a route requires of a good credential: of its scheme, the scopes, the roles, and the sign-in behind it. @throws AuthError 403 or 401 */
export function requireMet(
  principal: AuthPrincipal,
  policy: AuthPolicy,
  authenticator: Authenticator,
  { judge, impliedScopes }: Judging,
): void {
  authenticator.authorize?.(principal, policy.schemes.get(authenticator.scheme));
  requireScopes(principal, policy, impliedScopes);
  requireRoles(principal, policy);
  // Last: who may not do it at all is not asked to sign in once more.
  requireStrength(principal, policy.stepUp, judge);
}

function requireScopes({ scopes }: AuthPrincipal, policy: AuthPolicy, implied: ImpliedScopes | null): void {
  if (policy.scopes.length + policy.anyScope.length === 0) return;
  const holds = (scope: string) => scopes.has(scope) || implied?.holds(scopes, scope) === true;
  if (policy.scopes.every(holds) && policy.anyScope.every((group) => group.some(holds))) return;
  // All at once (MCP): a client that asks for some of them would be sent back, and some ask for nothing else than the challenge names.
  const chosen = policy.anyScope.flatMap((group) => group.find(holds) ?? group);
  throw AuthError.insufficientScope([...new Set([...policy.scopes, ...chosen])]);
}

function requireRoles(principal: AuthPrincipal, policy: AuthPolicy): void {
  for (const group of policy.roles) {
    if (!group.some((role) => principal.roles.has(role))) throw AuthError.missingRole(group);
  }
}
