/** A table of better-auth, and what is read of it. */
export interface SourceModel {
  /** Columns by better-auth's names. */
  readonly columns: readonly string[];
  /** Those without which the table is not what it is taken for. */
  readonly required: readonly string[];
  /** Older names of columns. */
  readonly formerly?: Readonly<Record<string, string>>;
}

/** better-auth 1.7.25 with `@better-auth/api-key` and `@better-auth/oauth-provider` 1.7.5. Older versions lack some columns. */
export const SOURCE_MODELS = {
  user: {
    columns: [
      ...['id', 'name', 'email', 'emailVerified', 'image', 'createdAt', 'updatedAt', 'role', 'banned', 'banReason'],
      ...['banExpires', 'twoFactorEnabled'],
    ],
    required: ['id', 'email', 'emailVerified'],
  },
  account: {
    columns: [
      ...['id', 'accountId', 'providerId', 'userId', 'accessToken', 'refreshToken', 'idToken', 'accessTokenExpiresAt'],
      ...['refreshTokenExpiresAt', 'scope', 'password', 'createdAt', 'updatedAt'],
    ],
    required: ['id', 'accountId', 'providerId', 'userId'],
  },
  twoFactor: {
    columns: ['id', 'secret', 'backupCodes', 'userId', 'verified'],
    required: ['id', 'secret', 'backupCodes', 'userId'],
  },
  session: {
    columns: [
      ...['id', 'expiresAt', 'token', 'createdAt', 'updatedAt', 'ipAddress', 'userAgent', 'userId', 'impersonatedBy'],
    ],
    required: ['id', 'token', 'userId', 'expiresAt'],
  },
  apikey: {
    columns: [
      ...['id', 'configId', 'name', 'start', 'referenceId', 'prefix', 'key', 'refillInterval', 'refillAmount'],
      ...['lastRefillAt', 'enabled', 'rateLimitEnabled', 'rateLimitTimeWindow', 'rateLimitMax', 'requestCount'],
      ...['remaining', 'lastRequest', 'expiresAt', 'createdAt', 'updatedAt', 'permissions', 'metadata'],
    ],
    required: ['id', 'key', 'referenceId'],
    formerly: { referenceId: 'userId' },
  },
  oauthClient: {
    columns: [
      ...['id', 'clientId', 'clientSecret', 'clientDiscoveryId', 'disabled', 'skipConsent', 'subjectType', 'scopes'],
      ...['clientCredentialsScopes', 'userId', 'createdAt', 'updatedAt', 'name', 'uri', 'icon', 'contacts', 'tos'],
      ...['policy', 'softwareId', 'softwareVersion', 'softwareStatement', 'redirectUris', 'postLogoutRedirectUris'],
      ...['backchannelLogoutUri', 'backchannelLogoutSessionRequired', 'tokenEndpointAuthMethod', 'applicationType'],
      ...['type', 'public', 'jwks', 'jwksUri', 'grantTypes', 'responseTypes', 'requirePKCE', 'dpopBoundAccessTokens'],
      ...['referenceId', 'metadata'],
    ],
    required: ['id', 'clientId', 'redirectUris'],
  },
  oauthConsent: {
    columns: [
      ...['id', 'clientId', 'userId', 'referenceId', 'resources', 'requestedUserInfoClaims', 'scopes', 'createdAt'],
      'updatedAt',
    ],
    required: ['id', 'clientId', 'userId', 'scopes'],
  },
  oauthRefreshToken: {
    columns: [
      ...['id', 'token', 'clientId', 'userId', 'referenceId', 'resources', 'requestedUserInfoClaims', 'expiresAt'],
      ...['createdAt', 'revoked', 'rotatedAt', 'authTime', 'confirmation', 'scopes'],
    ],
    required: ['id', 'token', 'clientId', 'userId', 'expiresAt', 'scopes'],
  },
} as const satisfies Record<string, SourceModel>;
export type ModelName = keyof typeof SOURCE_MODELS;

/** Tables of which nothing is moved, and what becomes of that. */
export const LEFT_TABLES: Readonly<Record<string, string>> = {
  verification: 'links and codes that are under way; users ask for new ones',
  passkey: 'passkeys; their users sign in otherwise, and add them again',
  jwks: 'signing keys; we sign with our own, and JWTs of theirs are valid until they expire where their keys are known',
  oauthAccessToken: 'access tokens, which live an hour; clients refresh',
  oauthResource: 'resources of the OAuth server; name them in resources',
  oauthClientResource: 'resources of clients; give them by the policy of each client',
  oauthApplication: 'clients of the plug-in that oauth-provider has replaced; move them to it first',
  deviceCode: 'device codes, which live minutes; the device asks for a new one',
  organization: 'organisations; they are tables of your application, which you keep',
  member: 'members of organisations; they are tables of your application, which you keep',
  ssoProvider: 'single sign-on of organisations; configure them in accountLinking.providers',
};
