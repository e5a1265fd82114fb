/** Claims about the token itself (OIDC Core 2). */
const OF_TOKENS = ['sub', 'iss', 'aud', 'exp', 'iat', 'auth_time', 'nonce', 'acr', 'amr', 'sid', 'at_hash'];

/** Claims that a scope opens (OIDC Core 5.4). */
const OF_SCOPES: Readonly<Record<string, readonly string[]>> = {
  profile: [
    'name',
    'given_name',
    'family_name',
    'middle_name',
    'nickname',
    'preferred_username',
    'profile',
    'picture',
    'website',
    'gender',
    'birthdate',
    'zoneinfo',
    'locale',
    'updated_at',
  ],
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
};

/** Claims that there may be of these scopes. */
export function claimsOfScopes(scopes: ReadonlySet<string>): string[] {
  return [...OF_TOKENS, ...Object.entries(OF_SCOPES).flatMap(([scope, claims]) => (scopes.has(scope) ? claims : []))];
}
