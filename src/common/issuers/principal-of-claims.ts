import { AuthError } from '../errors/auth-error.js';
import { customClaimsOf } from '../keys/reserved-claims.js';
import { readActor, type Actor } from '../principal/actor.js';
import { createPrincipal, type AuthPrincipal } from '../principal/auth-principal.js';
import { readConfirmation } from '../principal/confirmation.js';
import { parseScope } from '../principal/scopes.js';
import { strengthClaims } from '../tokens/sign-in-facts.js';
import { textsOf, type TokenClaims } from './claim-path.js';
import type { TrustedIssuerSettings } from './trusted-issuer.options.js';

/** Names of the client: RFC 9068 2.2, OpenID Connect Core 2, Microsoft Entra ID 1.0, Okta. */
const CLIENT_CLAIMS = ['client_id', 'azp', 'appid', 'cid'];

/**
 * The principal of a verified token of an outside issuer, as RFC 9068 2.2 and 2.2.3 have it.
 * @param claims with the `iss` that was proven
 * @throws AuthError 401 when a claim that is needed is missing or of the wrong type
 */
export function principalOfClaims(
  claims: TokenClaims,
  { issuer: listed, rolesOf }: Pick<TrustedIssuerSettings, 'issuer' | 'rolesOf'>,
  credentialType: string,
): AuthPrincipal {
  const { iss, sub, exp, jti, auth_time: authTime } = claims;
  const issuer = textOf(iss) ?? listed;
  const clientId = CLIENT_CLAIMS.map((name) => textOf(claims[name])).find((one) => one !== undefined) ?? null;
  if (textOf(sub) === undefined || (exp !== undefined && !isTime(exp)))
    throw AuthError.invalidToken(`token of ${issuer}: sub or exp is of the wrong type`);
  // An id of theirs must never be taken for one of ours (ASVS 6.8.1, T113): the subject is issuer and `sub` together.
  const subjectId = `${issuer}|${sub as string}`;
  const kind = isOfClient(claims, clientId) ? 'client' : 'user';
  return createPrincipal({
    kind,
    issuer,
    subjectId,
    clientId,
    scheme: 'bearer',
    credentialType,
    credentialId: textOf(jti) ?? subjectId,
    scopes: scopesOf(claims),
    roles: rolesOf(claims),
    audience: textsOf(claims['aud']),
    authenticatedAt: kind === 'user' && isTime(authTime) ? new Date(authTime * 1000) : null,
    expiresAt: exp === undefined ? null : new Date(exp * 1000),
    confirmation: readConfirmation(claims['cnf']),
    actor: foreignActor(claims['act'], issuer),
    // A client for itself has not signed in, whatever its token says.
    claims: { ...customClaimsOf(claims), ...(kind === 'user' && strengthClaims(claims)), iss: issuer, sub },
  });
}

/** An actor without an issuer is one of theirs, and never to be taken for one of ours. */
export function foreignActor(act: unknown, issuer: string): Actor | null {
  const theirs = (one: Actor | null): Actor | null =>
    one && Object.freeze({ ...one, issuer: one.issuer ?? issuer, actor: theirs(one.actor) });
  return theirs(readActor(act));
}

/** RFC 9068 2.2: the client is the subject. Auth0 and Microsoft Entra ID say so by a claim of their own. */
function isOfClient(claims: TokenClaims, clientId: string | null): boolean {
  return (
    (clientId !== null && claims['sub'] === clientId) ||
    claims['gty'] === 'client-credentials' ||
    claims['idtyp'] === 'app'
  );
}

/** `scope` (RFC 9068 2.2.3), or the `scp` of Microsoft Entra ID and others. */
function scopesOf(claims: TokenClaims): readonly string[] {
  const text = textsOf(claims['scope'] ?? claims['scp']).join(' ');
  return (text !== '' && parseScope(text)) || [];
}

/** A number that can be a time in seconds; others would make dates that do not exist. */
export function isTime(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value < 1e12;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
