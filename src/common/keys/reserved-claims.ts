/**
 * Claims that say who issued a token, about whom, for whom, how the user proved who they are and what the token allows. Only the server
 * sets them, never custom claims (RFC 7519 4.1, RFC 8693 4, RFC 9068 2.2, OIDC Core 2, T049).
 */
export const RESERVED_CLAIMS: ReadonlySet<string> = new Set([
  'iss',
  'sub',
  'aud',
  'exp',
  'nbf',
  'iat',
  'jti',
  'scope',
  'scp',
  'client_id',
  // Ours alone: when a client's own token ends (ADR 15).
  'client_epoch',
  'azp',
  'sid',
  'auth_time',
  'acr',
  'amr',
  'cnf',
  'act',
  'may_act',
  'typ',
  'token_use',
  'nonce',
  'at_hash',
  'c_hash',
  's_hash',
  'sub_jwk',
  'sub_id',
  'events',
  'toe',
  'txn',
  'authorization_details',
  'token_introspection',
]);

/** Claims beyond the registered ones. */
export function customClaimsOf(payload: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(payload).filter(([name]) => !RESERVED_CLAIMS.has(name)));
}
