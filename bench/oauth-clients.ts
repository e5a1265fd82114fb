import { createHash } from 'node:crypto';
import type { OAuthProviderOptions } from 'nest-authority';

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
export const REDIRECT_URI = 'http://127.0.0.1/callback';
export const SCOPE = 'read:data';

/** Fixed, since only the server is measured. */
export const VERIFIER = 'a-code-verifier-of-the-bench-that-is-43-or-more-characters-long';
export const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

export const SERVICE = { clientId: 'service', clientSecret: 'only for measuring 0123456789 abcdefgh' };
export const APP = 'app';
export const TV = 'tv';

export const PROVIDER: OAuthProviderOptions = {
  scopes: ['openid', 'profile', 'offline_access', SCOPE],
  clients: [
    { ...SERVICE, clientCredentialsScopes: [SCOPE] },
    {
      clientId: APP,
      redirectUris: [REDIRECT_URI],
      scopes: ['openid', 'profile', 'offline_access', SCOPE],
      // Nobody proves a loopback address: without this every request would ask the user.
      rememberConsent: true,
    },
    { clientId: TV, grantTypes: [DEVICE_GRANT], scopes: [SCOPE] },
  ],
};
