import { requireKnownKeys } from '../../common/options/known-keys.js';
import { digestToBytes, sha256 } from '../../common/crypto.js';
import { MIN_SYMMETRIC_BYTES } from '../../common/keys/signing-algorithm.js';
import type { SecretBox } from '../../common/secrets/secret-box.js';
import { isAboutUsers, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import type { StaticClientOptions } from '../oauth-provider.options.js';
import { NO_POLICY, type ClientMetadata } from './client-metadata.js';
import { clientSecretContext } from './client-secret.js';
import type { ClientRow } from './client.store.js';
import { requireKinds } from '../../common/options/option-kinds.js';
import { CLIENT_KINDS } from '../oauth-provider.kinds.js';

const BOOT = new Date();
const OPTION_NAMES = [
  'clientId',
  'clientSecret',
  'name',
  'redirectUris',
  'scopes',
  'grantTypes',
  'tokenEndpointAuthMethod',
  'firstParty',
  'skipConsent',
  'requirePkce',
  'clientCredentialsScopes',
  'resources',
  'accessTokenFormat',
  'metadata',
] as const satisfies readonly (keyof StaticClientOptions)[];

/**
 * The rows that clients of the options would have, by their ids. Of two with one id the last would count, whatever the first forbids.
 * @throws Error with option and remedy; stops the boot
 */
export function staticClientRows(settings: OAuthProviderSettings, box: SecretBox): ReadonlyMap<string, ClientRow> {
  const rows = new Map<string, ClientRow>();
  for (const [index, options] of settings.clients.entries()) {
    requireKinds(`oauthProvider.clients[${index}]`, options, CLIENT_KINDS);
    const { clientId } = options;
    if (!clientId) throw new Error('oauthProvider.clients: one has no clientId. Give each its own.');
    if (rows.has(clientId))
      throw new Error(`oauthProvider.clients: ${JSON.stringify(clientId)} is listed twice. Remove one.`);
    rows.set(clientId, staticClientRow(options, settings, box));
  }
  return rows;
}

/** @throws Error with option and remedy; stops the boot */
export function staticClientRow(
  options: StaticClientOptions,
  settings: OAuthProviderSettings,
  box: SecretBox,
): ClientRow {
  const { clientSecret } = options;
  const metadata = staticMetadata(options, settings);
  checkProof(options, metadata);
  checkAlgorithms(options, metadata, settings);
  return {
    client_id: options.clientId,
    registered_by: 'options',
    owner_id: null,
    metadata,
    policy: {
      ...NO_POLICY,
      requirePkce: options.requirePkce ?? null,
      skipConsent: options.skipConsent ?? false,
      isFirstParty: options.firstParty ?? false,
      ownScopes: ownScopesOf(options),
      resources: options.resources ?? null,
      // Who names no method may send the secret either way.
      furtherAuthMethods:
        clientSecret !== undefined && options.tokenEndpointAuthMethod === undefined ? ['client_secret_post'] : [],
      accessTokenFormat: options.accessTokenFormat ?? null,
    },
    secret_hash: clientSecret === undefined ? null : digestToBytes(sha256(clientSecret)),
    secret_box:
      clientSecret === undefined || metadata.token_endpoint_auth_method !== 'client_secret_jwt'
        ? null
        : box.seal(clientSecret, clientSecretContext(options.clientId)),
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

/** What a client of the options would have registered. */
export function staticMetadata(options: StaticClientOptions, settings: OAuthProviderSettings): ClientMetadata {
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

/** With the grant client_credentials, unless it is told: what it may have that is about no user. */
function ownScopesOf({ clientCredentialsScopes, grantTypes, scopes }: StaticClientOptions): readonly string[] {
  const isItself = grantTypes?.includes('client_credentials') === true;
  return clientCredentialsScopes ?? (isItself ? (scopes ?? []).filter((scope) => !isAboutUsers(scope)) : []);
}

/** Whether it can prove itself in the way that it is to. */
function checkProof(options: StaticClientOptions, metadata: ClientMetadata): void {
  const { clientId, clientSecret } = options;
  const name = `oauthProvider.clients: ${JSON.stringify(clientId)}`;
  requireKnownKeys(name, options, OPTION_NAMES);
  // A secret that was to come from the environment and did not must not leave a client that proves nothing.
  if ('clientSecret' in options && !clientSecret && options.tokenEndpointAuthMethod === undefined)
    throw new Error(
      `${name}: clientSecret has no value. Is a variable of the environment missing? Leave it out, or give tokenEndpointAuthMethod 'none', for a public client.`,
    );
  const { token_endpoint_auth_method: method, jwks, jwks_uri: address } = metadata;
  if (method.startsWith('client_secret_') && !clientSecret)
    throw new Error(`${name} has no clientSecret for ${method}. Give it one, or another tokenEndpointAuthMethod.`);
  if (method === 'client_secret_jwt' && Buffer.byteLength(clientSecret!) < MIN_SYMMETRIC_BYTES)
    throw new Error(`${name}: a secret that signs has ${MIN_SYMMETRIC_BYTES} bytes or more (RFC 7518 3.2).`);
  if (method === 'private_key_jwt' && !jwks === !address)
    throw new Error(`${name} needs either metadata.jwks or metadata.jwks_uri for private_key_jwt.`);
  if (method === 'none' && clientSecret !== undefined)
    throw new Error(`${name} has a clientSecret and the method none. Leave one of them out.`);
}

/** Whether there will be a key for what is signed for it. */
function checkAlgorithms(
  { clientId }: StaticClientOptions,
  metadata: ClientMetadata,
  { idTokenAlgorithms: offered }: OAuthProviderSettings,
): void {
  for (const name of ['id_token_signed_response_alg', 'userinfo_signed_response_alg'] as const) {
    const algorithm = metadata[name];
    if (algorithm === undefined || offered.includes(algorithm)) continue;
    throw new Error(
      `oauthProvider.clients: ${JSON.stringify(clientId)} has ${name} ${algorithm}, for which no key is kept. Add it to oauthProvider.idTokenAlgorithms, or give one of ${offered.join(', ')}.`,
    );
  }
}
