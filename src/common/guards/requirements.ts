import type { AuthPolicy } from '../http/routes/auth-policy.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';
import type { Authenticator } from './authenticator.js';
import { requireScopes } from './require-scopes.js';

/** What a route requires of a good credential: of its scheme, and the scopes. @throws AuthError 403 or 401 */
export function requireMet(principal: AuthPrincipal, policy: AuthPolicy, authenticator: Authenticator): void {
  authenticator.authorize?.(principal, policy.schemes.get(authenticator.scheme));
  requireScopes(principal, policy);
}
