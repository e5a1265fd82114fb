import { textsOf } from '../issuers/claim-path.js';
import { actClaim, readActor, type ActClaim } from '../principal/actor.js';
import type { AuthPrincipalInit } from '../principal/auth-principal.js';

/** What tokens tell of the sign-in that they were made from; kept with their family. */
export interface SignInFacts {
  /** RFC 8176. */
  readonly amr?: readonly string[];
  /** OIDC Core 2. */
  readonly acr?: string;
  /** What `@Roles` asks for. */
  readonly roles?: readonly string[];
  /** Who acts as the user (RFC 8693 4.1). */
  readonly act?: ActClaim;
}

/** Only what there is: most families keep nothing. */
export function signInFacts(given: {
  readonly methods: readonly string[];
  readonly acr: string | null;
  readonly roles: readonly string[];
  /** Default: nobody. */
  readonly actor?: string | null;
}): SignInFacts {
  const { methods, acr, roles, actor = null } = given;
  return {
    ...(methods.length > 0 && { amr: [...methods] }),
    ...(acr !== null && { acr }),
    ...(roles.length > 0 && { roles: [...roles] }),
    ...(actor !== null && { act: { sub: actor } }),
  };
}

/** As a principal has them. @param facts the context of a family, or the claims of a JWT of ours, whose `roles` the host may have set */
export function principalFacts(facts: object | null): Pick<AuthPrincipalInit, 'roles' | 'actor' | 'claims'> {
  const own = textsOf(facts && 'roles' in facts ? facts.roles : null);
  const claims = strengthClaims(facts);
  const actor = readActor(claims.act);
  return {
    ...(own.length > 0 && { roles: own }),
    ...(actor && { actor }),
    ...(Object.keys(claims).length > 0 && { claims }),
  };
}

/** How strong a sign-in was, as claims tell it; what is of the wrong type tells nothing. */
export function strengthClaims(claims: object | null): Pick<SignInFacts, 'amr' | 'acr' | 'act'> {
  const { amr, acr, act } = (claims ?? {}) as Record<keyof SignInFacts, unknown>;
  const methods = textsOf(amr);
  const actor = readActor(act);
  return {
    ...(methods.length > 0 && { amr: Object.freeze(methods) }),
    ...(typeof acr === 'string' && { acr }),
    ...(actor && { act: Object.freeze(actClaim(actor)) }),
  };
}
