import { isSubset } from '../../common/principal/scopes.js';
import { isAboutUsers, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { invalidMetadata } from './client-metadata-input.js';
import type { ClientMetadata, ClientPolicy } from './client-metadata.js';

/** What administration and the host's code say of a client. What is left out stays as it is. */
export interface ClientPolicyInput {
  /** Null: the server's rule. */
  readonly requirePkce?: boolean | null;
  /** Never asks the user. */
  readonly skipConsent?: boolean;
  /** Whether what a user has granted it is asked again; null: the server's rule. */
  readonly rememberConsent?: boolean | null;
  /** Of the same house: see `skipConsentForFirstParty`. */
  readonly firstParty?: boolean;
  /** Scopes it has as itself. */
  readonly clientCredentialsScopes?: readonly string[];
  /** Resources it may ask tokens for; null: every configured one. */
  readonly resources?: readonly string[] | null;
  /** Null: the server's rule. */
  readonly accessTokenFormat?: 'opaque' | 'jwt' | null;
}

/**
 * The policy after a change.
 * @throws AuthError 400 `invalid_client_metadata` for scopes and resources that there are not
 */
export function mergePolicy(
  before: Partial<ClientPolicy>,
  input: ClientPolicyInput,
  metadata: ClientMetadata,
  settings: OAuthProviderSettings,
): Partial<ClientPolicy> {
  const policy: Partial<ClientPolicy> = {
    ...before,
    ...(input.requirePkce !== undefined && { requirePkce: input.requirePkce }),
    ...(input.skipConsent !== undefined && { skipConsent: input.skipConsent }),
    ...(input.rememberConsent !== undefined && { rememberConsent: input.rememberConsent }),
    ...(input.firstParty !== undefined && { isFirstParty: input.firstParty }),
    ...(input.clientCredentialsScopes !== undefined && { ownScopes: [...new Set(input.clientCredentialsScopes)] }),
    ...(input.resources !== undefined && { resources: input.resources }),
    ...(input.accessTokenFormat !== undefined && { accessTokenFormat: input.accessTokenFormat }),
  };
  const fault = policyFault(policy, metadata, settings);
  if (fault !== null) throw invalidMetadata(fault);
  return policy;
}

function policyFault(
  { ownScopes = [], resources }: Partial<ClientPolicy>,
  metadata: ClientMetadata,
  settings: OAuthProviderSettings,
): string | null {
  if (!isSubset(ownScopes, settings.scopes)) return 'clientCredentialsScopes: one of them is not offered';
  // T106: a client as itself is no user, and has none to tell of.
  if (ownScopes.some(isAboutUsers)) return 'clientCredentialsScopes: those of OpenID Connect are of users';
  if (ownScopes.length > 0 && metadata.token_endpoint_auth_method === 'none')
    return 'clientCredentialsScopes: they are for clients that prove themselves';
  if (resources && !resources.every((one) => settings.resources.has(one)))
    return 'resources: one of them is not configured';
  return null;
}
