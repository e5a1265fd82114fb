import { AuthError } from '../errors/auth-error.js';
import type { PresentedCredential } from '../guards/presented-credential.js';
import { requireMet, type Judging } from '../guards/requirements.js';
import { isFirstParty } from '../guards/session-auth.js';
import type { AuthPolicy } from '../http/routes/auth-policy.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';

/** What a connection must show before its gateways hear of it. */
export interface ConnectionNeeds {
  /** A gateway takes credentials, so a bad one is refused. */
  readonly reads: boolean;
  /** Of the gateways whose class is guarded; each must be met. */
  readonly policies: readonly AuthPolicy[];
  /** One of them takes users in person only (`@SessionAuth()`). */
  readonly inPerson: boolean;
}

/** What the decorators of the classes require; `allows` of the host is asked for each message. @throws AuthError 401, 403 */
export function requireNeeds(
  principal: AuthPrincipal | null,
  presented: PresentedCredential | null,
  { policies, inPerson }: ConnectionNeeds,
  judging: Judging,
): void {
  for (const policy of policies) {
    if (!principal || !presented) throw AuthError.unauthenticated();
    const { authenticator } = presented;
    const { scheme, carrier } = authenticator;
    if (!policy.schemes.has(scheme))
      throw carrier === 'cookie'
        ? AuthError.unauthenticated()
        : AuthError.invalidToken(`no gateway here takes ${scheme}`);
    requireMet(principal, policy, authenticator, judging);
  }
  if (inPerson && !isFirstParty(principal))
    throw AuthError.invalidToken('this gateway is for the user in person, not for a client that acts for them');
}
