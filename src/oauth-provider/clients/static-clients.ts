import { digestToBytes, sha256 } from '../../common/crypto.js';
import type { OAuthProviderSettings } from '../oauth-provider.settings.js';
import type { StaticClientOptions } from '../oauth-provider.options.js';
import { NO_POLICY, type ClientMetadata } from './client-metadata.js';
import type { ClientRow } from './client.store.js';

const BOOT = new Date();

/** The rows that clients of the options would have. */
export function staticClientRow(options: StaticClientOptions, settings: OAuthProviderSettings): ClientRow {
  const { clientSecret } = options;
  return {
    client_id: options.clientId,
    registered_by: 'options',
    owner_id: null,
    metadata: metadataOf(options, settings),
    policy: {
      ...NO_POLICY,
      requirePkce: options.requirePkce ?? null,
      skipConsent: options.skipConsent ?? false,
      isFirstParty: options.firstParty ?? false,
      ownScopes: options.clientCredentialsScopes ?? [],
      resources: options.resources ?? null,
      // Who names no method may send the secret either way.
      furtherAuthMethods:
        clientSecret !== undefined && options.tokenEndpointAuthMethod === undefined ? ['client_secret_post'] : [],
      accessTokenFormat: options.accessTokenFormat ?? null,
    },
    secret_hash: clientSecret === undefined ? null : digestToBytes(sha256(clientSecret)),
    secret_box: null,
    secret_expires_at: null,
    previous_secret_hash: null,
    previous_secret_box: null,
    secret_live: true,
    previous_secret_live: false,
    disabled: false,
    created_at: BOOT,
    updated_at: BOOT,
  };
}

function metadataOf(options: StaticClientOptions, settings: OAuthProviderSettings): ClientMetadata {
  const scopes = options.scopes ?? settings.defaultScopes;
  const codeGrants = scopes.includes('offline_access')
    ? ['authorization_code', 'refresh_token']
    : ['authorization_code'];
  const ownGrants = options.clientCredentialsScopes?.length ? ['client_credentials'] : [];
  const redirectUris = options.redirectUris ?? [];
  return {
    application_type: 'web',
    ...options.metadata,
    ...(options.name !== undefined && { client_name: options.name }),
    redirect_uris: redirectUris,
    token_endpoint_auth_method:
      options.tokenEndpointAuthMethod ?? (options.clientSecret === undefined ? 'none' : 'client_secret_basic'),
    grant_types: options.grantTypes ?? [...(redirectUris.length > 0 ? codeGrants : []), ...ownGrants],
    response_types: redirectUris.length > 0 ? ['code'] : [],
    scope: scopes.join(' '),
  };
}
