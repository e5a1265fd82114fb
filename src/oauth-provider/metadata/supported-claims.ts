import { claimsOfScopes } from '../../common/ports/standard-claims.js';

/** Claims about the token itself (OIDC Core 2). */
const OF_TOKENS = ['sub', 'iss', 'aud', 'exp', 'iat', 'auth_time', 'nonce', 'acr', 'amr', 'sid', 'at_hash'];

/** All claims that tokens and userinfo may contain with these scopes. */
export function supportedClaims(scopes: ReadonlySet<string>): string[] {
  return [...OF_TOKENS, ...claimsOfScopes(scopes), ...(scopes.has('roles') ? ['roles'] : [])];
}
