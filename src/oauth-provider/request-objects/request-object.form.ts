import type { JWTPayload } from 'jose';
import { readForm, type OAuthForm } from '../../common/grants/oauth-form.js';

/** Claims about the JWT itself (RFC 7519 4.1), not parameters. */
const OF_THE_JWT = new Set(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti']);

/**
 * The parameters in a verified request object. It holds numbers as JSON numbers and `claims` as a JSON object (RFC 9101 4, OIDC Core 6.1):
 * they become the texts that a query would hold. Any other list or object becomes its JSON text, which the later checks refuse.
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
