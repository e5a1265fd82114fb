import { isTime } from '../../common/issuers/principal-of-claims.js';
import type { TokenClaims } from '../../common/issuers/claim-path.js';
import type { AssertionIssuerSettings } from './assertion-issuer.options.js';

/** For issuers whose clocks differ from ours. */
export const LEEWAY_SECONDS = 60;
/** OIDC Core 2 has 255 for `sub`. */
const MAX_SUBJECT_LENGTH = 255;

/** `typ` of identity assertions (ID-JAG 3). */
const ID_JAG_TYPE = 'oauth-id-jag+jwt';
/** RFC 7523 names none: what says nothing of its use, and then must not look as if it had another. */
const PLAIN_TYPES: ReadonlySet<unknown> = new Set([undefined, 'JWT', 'jwt']);
/**
 * Claims of ID tokens (OIDC Core 2, 3.3.2.11), of logout tokens (RFC 8417 2.2) and of access tokens without `typ` (RFC 9068 2.2, Microsoft
 * Entra ID, Cognito): an issuer may give those for this server as well, and their holder was never meant to buy more by them.
 */
const OF_OTHER_TOKENS = [
  ...['nonce', 'at_hash', 'c_hash', 's_hash', 'azp', 'sid', 'events'],
  ...['client_id', 'cid', 'appid', 'scope', 'scp', 'token_use'],
];

/** What an assertion is compared with. */
export interface ExpectedAssertion {
  readonly issuer: AssertionIssuerSettings;
  readonly clientId: string;
  /** Of this server. */
  readonly ownIssuer: string;
  /** Addresses of its token endpoint. */
  readonly endpoints: readonly string[];
  /** Seconds since 1970. */
  readonly now: number;
}

/**
 * What is wrong with the header of an assertion (RFC 8725 3.11, ID-JAG 4.4.1).
 * @returns null: nothing
 */
export function faultOfHeader(
  { typ, crit }: Readonly<Record<string, unknown>>,
  { type }: Pick<AssertionIssuerSettings, 'type'>,
): string | null {
  // Nothing that must be understood is (RFC 7515 4.1.11).
  if (crit !== undefined) return 'crit names what is not understood';
  const fits = type === 'id-jag' ? typ === ID_JAG_TYPE : PLAIN_TYPES.has(typ);
  return fits ? null : 'typ is that of another kind of JWT';
}

/**
 * What is wrong with the claims of an assertion whose signature, `iss`, `exp` and `nbf` are right (RFC 7523 3, ID-JAG 3 and 4.4.1).
 * @returns null: nothing
 */
export function faultOfClaims(claims: TokenClaims, expected: ExpectedAssertion): string | null {
  const { issuer, clientId } = expected;
  const { type, reuse } = issuer;
  if (!isSubject(claims['sub'])) return 'sub is not a text of 1 to 255 characters';
  const isOfJag = type === 'id-jag';
  const audiences = isOfJag ? [expected.ownIssuer] : [expected.ownIssuer, ...expected.endpoints];
  const named = [claims['aud']].flat();
  // Another server that it is meant for could present it here.
  if (named.length === 0 || !named.every((one) => audiences.includes(one as string)))
    return 'aud does not name this server, or others as well';
  if (isOfJag && named.length !== 1) return 'aud has several values';
  if (isOfJag && claims['client_id'] !== clientId) return 'client_id is another client';
  const other = isOfJag ? undefined : OF_OTHER_TOKENS.find((name) => name in claims);
  if (other !== undefined) return `it has ${other}, as other kinds of token`;
  const { jti } = claims;
  const needsId = isOfJag || !reuse;
  if ((needsId || jti !== undefined) && (typeof jti !== 'string' || jti === '')) return 'jti is missing or not a text';
  // What would limit the scopes must not be passed over.
  if ('authorization_details' in claims) return 'authorization_details are not understood';
  return faultOfTimes(claims, expected) ?? faultOfTenant(claims['tenant'], issuer);
}

function faultOfTimes({ exp, iat }: TokenClaims, { issuer, now }: ExpectedAssertion): string | null {
  if (!isTime(exp)) return 'exp is not a time';
  if (iat === undefined && issuer.type === 'id-jag') return 'iat is missing';
  if (iat !== undefined && !isTime(iat)) return 'iat is not a time';
  const begin = iat ?? now;
  if (begin > now + LEEWAY_SECONDS) return 'iat is in the future';
  if (iat !== undefined && exp <= iat) return 'exp is before iat';
  const { maxLifetimeSeconds } = issuer;
  return exp - begin > maxLifetimeSeconds || exp > now + maxLifetimeSeconds + LEEWAY_SECONDS
    ? `it is good for longer than ${maxLifetimeSeconds} seconds`
    : null;
}

function faultOfTenant(tenant: unknown, { tenants }: AssertionIssuerSettings): string | null {
  if (tenants === null) return tenant === undefined ? null : 'it names a tenant, and no tenants are listed';
  return typeof tenant === 'string' && tenants.includes(tenant) ? null : 'its tenant is not among tenants';
}

/** Whether it can be the id of somebody: PostgreSQL takes no NUL, and half a character is none. */
export function isSubject(value: unknown): value is string {
  if (typeof value !== 'string' || value === '' || value.length > MAX_SUBJECT_LENGTH) return false;
  return !value.includes('\0') && value.isWellFormed();
}
