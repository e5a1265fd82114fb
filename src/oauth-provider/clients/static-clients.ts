import { digestToBytes, sha256 } from '../../common/crypto.js';
import { AGENT_PREFIX } from '../../common/principal/actor.js';
import type { SecretBox } from '../../common/secrets/secret-box.js';
import { isAboutUsers, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { furtherMethods, NO_POLICY, type ClientMetadata, type ClientPolicy } from './metadata/client-metadata.js';
import { clientSecretContext } from './client-secret.js';
import type { ClientRow } from './client.store.js';
import type { StaticClientOptions } from '../static-client.options.js';
import { identitiesFault, proofFault } from './metadata/federated-identities.js';
import { securityProfileFault } from './metadata/security-profile-rules.js';
import { optionName, staticMetadata } from './metadata/static-metadata.js';

const BOOT = new Date();
/**
 * The rows that static clients would have, by client id. A repeated id is refused: the last entry would silently win.
 * @throws Error with option and remedy; stops the boot
 */
export function staticClientRows(settings: OAuthProviderSettings, box: SecretBox): ReadonlyMap<string, ClientRow> {
  const rows = new Map<string, ClientRow>();
  for (const options of settings.clients) {
    const { clientId } = options;
    if (!clientId) throw new Error('oauthProvider.clients: one has no clientId. Give each its own.');
    if (clientId.startsWith(AGENT_PREFIX))
      throw new Error(
        `oauthProvider.clients: ${JSON.stringify(clientId)} reads like the id of an agent. Give it another id.`,
      );
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
  const policy = policyOf(options, metadata, settings);
  const wrong =
    identitiesFault(policy.federatedIdentities, settings.workloadIssuers) ?? proofFault({ metadata, policy });
  if (wrong !== null) throw new Error(`${optionName(options)}: ${wrong}. Correct it, or leave it out.`);
  const fault = securityProfileFault({ metadata, policy }, settings.profile);
  if (fault !== null) throw new Error(`${optionName(options)}: ${fault}. Correct it, or leave the profile out.`);
  return {
    client_id: options.clientId,
    registered_by: 'options',
    owner_id: null,
    metadata,
    policy,
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
    epoch: 0,
    created_at: BOOT,
    updated_at: BOOT,
  };
}

function policyOf(
  options: StaticClientOptions,
  metadata: ClientMetadata,
  { resources }: OAuthProviderSettings,
): ClientPolicy {
  return {
    ...NO_POLICY,
    requirePkce: options.requirePkce ?? null,
    skipConsent: options.skipConsent ?? false,
    rememberConsent: options.rememberConsent ?? null,
    isFirstParty: options.firstParty ?? false,
    isAgent: options.agent ?? false,
    ownScopes: ownScopesOf(options),
    resources: resources.asSpelled(options.resources ?? null),
    ...furtherMethods(metadata, options.tokenEndpointAuthMethod !== undefined),
    accessTokenFormat: options.accessTokenFormat ?? null,
    profile: options.profile ?? null,
    clientAssertionAudience: options.clientAssertionAudience ?? null,
    federatedIdentities: options.federatedIdentities ?? [],
  };
}

/** Default with the grant client_credentials: those of its scopes that are not about users. */
function ownScopesOf({ clientCredentialsScopes, grantTypes, scopes }: StaticClientOptions): readonly string[] {
  const isItself = grantTypes?.includes('client_credentials') === true;
  return clientCredentialsScopes ?? (isItself ? (scopes ?? []).filter((scope) => !isAboutUsers(scope)) : []);
}
