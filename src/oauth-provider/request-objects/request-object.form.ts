import type { JWTPayload } from 'jose';
import { readForm, type OAuthForm } from '../../common/grants/oauth-form.js';

/** Claims about the JWT itself (RFC 7519 4.1). They are no parameters. */
const OF_THE_JWT = new Set(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti']);

/**
 * The parameters that a verified request object holds. Numbers stand as numbers in it and `claims` as an object (RFC 9101 4, OIDC Core
 * 6.1): they become the texts that they are in a query. So does what has no business to be a list or an object, which no check then takes.
 * @throws AuthError 400 `invalid_request` for a value that is too long
 */
export function requestObjectForm(claims: JWTPayload): OAuthForm {
  const given = Object.entries(claims)
    .filter(([name]) => !OF_THE_JWT.has(name))
    .map(([name, value]) => [name, name === 'resource' && Array.isArray(value) ? value.map(toText) : toText(value)]);
  return readForm(Object.fromEntries(given), ['resource']);
}

function toText(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}
