import { formatScope } from '../../common/principal/scopes.js';
import type { OAuthProviderSettings } from '../oauth-provider.settings.js';
import type { ClientPolicyInput } from './metadata/client-policy-rules.js';
import { secretKindOf } from './client.secrets.js';
import { NO_POLICY, type ClientMetadata } from './metadata/client-metadata.js';
import type { ClientRow } from './client.store.js';
import { registeredScopes } from './metadata/client-scopes.js';
import { clientRules } from './metadata/client-rules.js';
import type { ClientOrigin } from './metadata/registered-client.js';

/** Secrets that are shown once, when they are made. */
export interface FreshSecrets {
  readonly secret?: string;
  readonly registrationToken?: string;
}

/**
 * A client as RFC 7591 3.2.1 returns it, with better-auth's members and their older camelCase names. Holds a secret only when it is new.
 */
export interface ClientInformation extends Partial<Omit<ClientMetadata, 'scope'>> {
  readonly client_id: string;
  /** Seconds since 1970. */
  readonly client_id_issued_at: number;
  readonly client_secret?: string;
  /** Seconds since 1970; 0: never. Absent without a secret. */
  readonly client_secret_expires_at?: number;
  readonly registration_access_token?: string;
  readonly registration_client_uri?: string;
  readonly scope: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  readonly redirectURLs: readonly string[];
  readonly name: string;
  readonly icon?: string;
  readonly user_id?: string;
  /** Whether it must use PKCE, by its own wish or by the server's rule. */
  readonly require_pkce: boolean;
  readonly skip_consent: boolean;
  /** Every client may end sessions (OIDC RP-Initiated Logout). */
  readonly enable_end_session: true;
  readonly authenticationScheme: string;
  readonly disabled: boolean;
  readonly userId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Client information with what only administration sees and sets. */
export interface OAuthClientView extends ClientInformation {
  readonly registeredBy: ClientOrigin;
  readonly policy: Required<ClientPolicyInput>;
  readonly client_credentials_scopes: readonly string[];
}

export function clientInformation(
  row: ClientRow,
  settings: OAuthProviderSettings,
  { secret, registrationToken }: FreshSecrets = {},
  registrationUri?: string,
): ClientInformation {
  const { metadata } = row;
  const policy = { ...NO_POLICY, ...row.policy };
  const hasSecret = row.secret_hash !== null || row.secret_box !== null;
  return {
    client_id: row.client_id,
    client_id_issued_at: seconds(row.created_at),
    ...(secret !== undefined && { client_secret: secret }),
    ...(hasSecret && { client_secret_expires_at: row.secret_expires_at ? seconds(row.secret_expires_at) : 0 }),
    ...(registrationToken !== undefined && { registration_access_token: registrationToken }),
    ...(registrationUri !== undefined && { registration_client_uri: registrationUri }),
    ...metadata,
    scope: formatScope(registeredScopes({ metadata, registeredBy: row.registered_by }, settings)),
    clientId: row.client_id,
    ...(secret !== undefined && { clientSecret: secret }),
    redirectURLs: metadata.redirect_uris,
    name: metadata.client_name ?? row.client_id,
    ...(metadata.logo_uri !== undefined && { icon: metadata.logo_uri }),
    ...(row.owner_id !== null && { user_id: row.owner_id }),
    require_pkce: clientRules({ metadata, policy, registeredBy: row.registered_by }, settings).requiresPkce,
    skip_consent: row.policy.skipConsent ?? false,
    enable_end_session: true,
    authenticationScheme:
      secretKindOf(metadata.token_endpoint_auth_method) === 'none'
        ? metadata.token_endpoint_auth_method
        : 'client_secret',
    disabled: row.disabled,
    userId: row.owner_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function clientView(row: ClientRow, settings: OAuthProviderSettings, fresh: FreshSecrets = {}): OAuthClientView {
  const policy = { ...NO_POLICY, ...row.policy };
  return {
    ...clientInformation(row, settings, fresh),
    registeredBy: row.registered_by,
    client_credentials_scopes: policy.ownScopes,
    policy: {
      requirePkce: policy.requirePkce,
      skipConsent: policy.skipConsent,
      rememberConsent: policy.rememberConsent,
      firstParty: policy.isFirstParty,
      agent: policy.isAgent,
      clientCredentialsScopes: policy.ownScopes,
      resources: policy.resources,
      accessTokenFormat: policy.accessTokenFormat,
      profile: policy.profile,
      clientAssertionAudience: policy.clientAssertionAudience,
      federatedIdentities: policy.federatedIdentities,
    },
  };
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
