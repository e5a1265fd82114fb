import { AuthError } from '../common/errors/auth-error.js';
import type { TokenClaims } from '../common/issuers/claim-path.js';
import { principalOfClaims } from '../common/issuers/principal-of-claims.js';
import { createPrincipal, type AuthPrincipal, type AuthPrincipalInit } from '../common/principal/auth-principal.js';
import type { VerifiedClaims } from './verified-claims.js';

/** What a host may say of a principal; the rest follows from the token. */
export type ResolvedPrincipal = Partial<
  Pick<AuthPrincipalInit, 'kind' | 'subjectId' | 'clientId' | 'scopes' | 'roles' | 'claims'>
>;

/**
 * Maps the claims of a verified token to the host's own subject, scopes, roles and claims.
 * @param context.issuer the `iss` that was proven
 * @param context.principal what is made of the claims without this hook
 * @returns the members that differ; null refuses the token
 */
export type ResolvePrincipal = (
  claims: TokenClaims,
  context: { readonly issuer: string; readonly principal: AuthPrincipal },
) => ResolvedPrincipal | null | Promise<ResolvedPrincipal | null>;

/** @throws AuthError 401 when the host refuses the token */
export async function resolvedPrincipal(
  { claims, issuer, type }: VerifiedClaims,
  resolve: ResolvePrincipal | null,
): Promise<AuthPrincipal> {
  const principal = principalOfClaims(claims, issuer, type);
  if (!resolve) return principal;
  const resolved = await resolve(claims, { issuer: principal.issuer!, principal });
  if (!resolved) throw AuthError.invalidToken(`resolvePrincipal refused a token of ${principal.issuer}`);
  const { kind, subjectId, clientId, scopes, roles, claims: own } = resolved;
  if (subjectId !== undefined && (typeof subjectId !== 'string' || subjectId === ''))
    throw new Error('resolvePrincipal: subjectId is no text, or empty. Return null to refuse a token.');
  // A text is iterable too, letter by letter, so its type does not tell.
  if (typeof scopes === 'string' || typeof roles === 'string')
    throw new Error('resolvePrincipal: scopes and roles are lists. Give [role] for one.');
  // Only these: a hook must not give a token another issuer, audience or end than it has.
  return createPrincipal({
    ...principal,
    ...withoutAbsent({ kind, subjectId, clientId, scopes, roles, claims: own }),
  });
}

function withoutAbsent(members: ResolvedPrincipal): ResolvedPrincipal {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
