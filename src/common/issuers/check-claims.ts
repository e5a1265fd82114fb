import { AuthError } from '../errors/auth-error.js';
import { textsOf, type TokenClaims } from './claim-path.js';
import { isOfTenants, tenantOf } from './tenant-issuer.js';
import type { TrustedIssuerSettings } from './trusted-issuer.options.js';

/** Claims that no access token has: OpenID Connect Core 3.1.3.6 and 3.3.2.11, RFC 8417 2.2. */
const OF_OTHER_TOKENS = ['at_hash', 'c_hash', 'events'];
/** What Cognito's `token_use` and Keycloak's `typ` call tokens that give no access. */
const OTHER_USES = new Set(['id', 'ID', 'Refresh', 'Offline', 'Logout']);

/**
 * What a token of an issuer must say beyond its signature and its times, whoever has vouched for it: the key set or the issuer's
 * introspection endpoint.
 * @param claims with the `iss` that was proven
 * @throws AuthError 401 with the reason in `detail`
 */
export function checkClaims(claims: TokenClaims, settings: TrustedIssuerSettings): void {
  const fault = faultOf(claims, settings);
  if (fault !== null) throw AuthError.invalidToken(`token of ${settings.issuer}: ${fault}`);
}

function faultOf(claims: TokenClaims, { audienceClaim, audiences, claims: required, ...rest }: TrustedIssuerSettings) {
  if (!textsOf(claims[audienceClaim]).some((one) => audiences.includes(one)))
    return `its ${audienceClaim} does not name this server`;
  const other = OF_OTHER_TOKENS.find((name) => name in claims);
  const uses = [...textsOf(claims['token_use']), ...textsOf(claims['typ'])];
  if (other !== undefined || uses.some((use) => OTHER_USES.has(use))) return 'it is no access token';
  // What it is bound to is read with the rest, and the guard asks for it (RFC 8705 3, RFC 9449 7.1).
  if (claims['cnf'] === null) return 'its cnf names nothing';
  for (const [name, values] of required)
    if (!textsOf(claims[name]).some((one) => values.includes(one))) return `its ${name} is not ${values.join(' or ')}`;
  return faultOfTenant(claims, rest);
}

function faultOfTenant(
  claims: TokenClaims,
  { issuer, tenants }: Pick<TrustedIssuerSettings, 'issuer' | 'tenants'>,
): string | null {
  if (!isOfTenants(issuer)) return null;
  const tenant = tenantOf(issuer, String(claims['iss']));
  if (tenant === undefined || claims['tid'] !== tenant) return 'its tid is not the tenant of its iss';
  return tenants === 'any' || tenants?.includes(tenant) ? null : 'its tenant is not among tenants';
}
