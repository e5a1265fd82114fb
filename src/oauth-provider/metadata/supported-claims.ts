import { claimsOfScopes } from '../../common/ports/standard-claims.js';

/** Claims about the token itself (OIDC Core 2). */
const OF_TOKENS = ['sub', 'iss', 'aud', 'exp', 'iat', 'auth_time', 'nonce', 'acr', 'amr', 'sid', 'at_hash'];

/** Claims that there may be where these scopes are. */
export function supportedClaims(scopes: ReadonlySet<string>): string[] {
  return [...OF_TOKENS, ...claimsOfScopes(scopes)];
}
