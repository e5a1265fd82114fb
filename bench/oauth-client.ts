import { createHash } from 'node:crypto';
import type { OAuthProviderOptions } from 'nest-authority';

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
export const REDIRECT_URI = 'https://client.example.com/callback';
export const RESOURCE = 'https://api.example.com';
export const SCOPE = 'read:data';
export const USER_SCOPE = 'openid offline_access';

/** Fixed, since only the server is measured. */
export const VERIFIER = 'a-code-verifier-of-the-bench-that-is-43-or-more-characters-long';
export const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

export const CLIENT = { clientId: 'bench', clientSecret: 'only for measuring 0123456789 abcdefgh' };
export const BASIC = {
  authorization: `Basic ${btoa([CLIENT.clientId, CLIENT.clientSecret].map(encodeURIComponent).join(':'))}`,
};

export const RESOURCES = [{ resource: RESOURCE, accessTokenFormat: 'jwt' }] as const;

/** One confidential client that may do everything, and an API that takes JWTs. */
export const PROVIDER: OAuthProviderOptions = {
  scopes: ['openid', 'offline_access', SCOPE],
  idTokenAlgorithms: ['ES256'],
  clients: [
    {
      ...CLIENT,
      redirectUris: [REDIRECT_URI],
      grantTypes: ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_GRANT],
      scopes: ['openid', 'offline_access', SCOPE],
      clientCredentialsScopes: [SCOPE],
    },
  ],
};
