import { AuthError } from '../../common/errors/auth-error.js';
import type { TokenClaims } from '../../common/issuers/claim-path.js';
import type { AuthorizationServer, Client } from '../../common/ports/authorization-server.js';
import { parseScope } from '../../common/principal/scopes.js';
import type { Resources } from '../../common/resources/resources.js';
import type { AssertionIssuerSettings } from '../issuers/assertion-issuer.options.js';
import type { Assertion } from '../issuers/assertions.js';

/** Of scopes that are no permissions of an API: there is no ID token and no refresh token for an assertion (RFC 7521 4.1). */
const NOT_GIVEN: ReadonlySet<string> = new Set(['openid', 'offline_access']);

/** What a token for an assertion is for. */
export interface AssertionTarget {
  readonly resources: readonly string[];
  readonly scopes: readonly string[];
}

interface Asked {
  readonly scope: string | undefined;
  readonly resources: readonly string[];
}

/**
 * Resources and scopes, narrowed by everybody who has a say: the request, the assertion, the options of its issuer, the client, the resource
 * (ID-JAG 4.4.1, EMA 5.1 and 7.2.1). The answer says what is left.
 * @throws AuthError 400 `invalid_target`, `invalid_scope`; `invalid_grant` for a resource in the assertion that is none of ours
 */
export function targetOf(
  { issuer, claims }: Assertion,
  asked: Asked,
  client: Client,
  server: Pick<AuthorizationServer, 'resourcesFor'>,
  known: Resources,
): AssertionTarget {
  const resources = resourcesOf(issuer, claims, asked.resources, known);
  const allowed = server.resourcesFor(client, resources);
  return { resources: allowed, scopes: scopesOf(issuer, claims['scope'], asked.scope, client, allowed, known) };
}

function resourcesOf(
  issuer: AssertionIssuerSettings,
  { resource }: TokenClaims,
  asked: readonly string[],
  known: Resources,
): readonly string[] {
  const wanted = asked.map((one) => known.find(one)?.resource ?? one);
  const allowed = (one: string) => issuer.resources === null || issuer.resources.has(one);
  if (resource === undefined) {
    const chosen = wanted.length > 0 ? wanted : defaultsOf(issuer, known);
    if (!chosen.every(allowed)) throw invalidTarget('A resource is not for assertions of this issuer');
    return chosen;
  }
  const named = [resource].flat().map((one) => (typeof one === 'string' ? known.find(one)?.resource : undefined));
  // EMA 7.6.2.
  if (named.length === 0 || !named.every((one) => one !== undefined && allowed(one)))
    throw AuthError.invalidGrant('assertion: its resource is none of ours, or not for its issuer');
  if (!wanted.every((one) => named.includes(one))) throw invalidTarget('The assertion does not name this resource');
  return (wanted.length > 0 ? wanted : named) as readonly string[];
}

/** Neither the request nor the assertion names a resource. Of an identity assertion the token is for one API and never for any. */
function defaultsOf({ type, resources }: AssertionIssuerSettings, known: Resources): readonly string[] {
  const list = resources === null ? known.all.map((one) => one.resource) : [...resources];
  if (type === 'jwt' && resources === null) return [];
  if (list.length > 1) throw invalidTarget('Neither the request nor the assertion says for which resource');
  return list;
}

function scopesOf(
  issuer: AssertionIssuerSettings,
  claimed: unknown,
  asked: string | undefined,
  client: Client,
  resources: readonly string[],
  known: Resources,
): readonly string[] {
  const ofAssertion = claimed === undefined ? undefined : typeof claimed === 'string' ? parseScope(claimed) : null;
  if (ofAssertion === null) throw AuthError.invalidGrant('assertion: its scope is malformed');
  const ofRequest = asked === undefined ? undefined : parseScope(asked);
  if (ofRequest === null) throw AuthError.oauth('invalid_scope', 'The scope is malformed');
  const taken = resources.map((one) => known.find(one)?.scopes ?? null);
  const scopes = (ofRequest ?? ofAssertion ?? [...client.scopes]).filter(
    (one) =>
      !NOT_GIVEN.has(one) &&
      (ofAssertion === undefined || ofAssertion.includes(one)) &&
      (issuer.scopes === null || issuer.scopes.has(one)) &&
      client.scopes.has(one) &&
      (taken.length === 0 || taken.some((some) => some === null || some.has(one))),
  );
  if (scopes.length > 0) return scopes;
  throw AuthError.oauth('invalid_scope', 'None of the scopes may be granted for this assertion');
}

function invalidTarget(description: string): AuthError {
  return AuthError.oauth('invalid_target', description);
}
