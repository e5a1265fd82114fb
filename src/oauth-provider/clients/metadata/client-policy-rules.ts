import { z } from 'zod';
import { isSubset } from '../../../common/principal/scopes.js';
import { isAboutUsers, type OAuthProviderSettings } from '../../oauth-provider.settings.js';
import type { FederatedIdentityOptions } from '../../workload.options.js';
import { FEDERATED_IDENTITIES, identitiesFault } from './federated-identities.js';
import { FAPI_PROFILES, strictest, type FapiProfile } from './client-rules.js';
import { messageProfileFault } from './message-profile-rules.js';
import { invalidMetadata } from './client-metadata-input.js';
import { furtherMethods, type ClientMetadata, type ClientPolicy } from './client-metadata.js';

const WIRE = z
  .object({
    require_pkce: z.boolean(),
    skip_consent: z.boolean(),
    first_party: z.boolean(),
    agent: z.boolean(),
    client_credentials_scopes: z.array(z.string().max(128)).max(100),
    profile: z.enum(FAPI_PROFILES),
    client_assertion_audience: z.enum(['any', 'issuer']),
    federated_identities: FEDERATED_IDENTITIES,
    enable_end_session: z.literal(true, 'every client may end sessions here; it cannot be taken away'),
  })
  .partial();

/** What administration and the host's code set for a client. Members left out stay as they are. */
export interface ClientPolicyInput {
  /** Null: the server's rule. */
  readonly requirePkce?: boolean | null;
  /** Never asks the user for consent. */
  readonly skipConsent?: boolean;
  /** Whether a user's earlier consent is reused; null: the server's rule. */
  readonly rememberConsent?: boolean | null;
  /** Belongs to the host's own organisation: see `skipConsentForFirstParty`. */
  readonly firstParty?: boolean;
  /** It acts for users without asking them each time, and consent says so. */
  readonly agent?: boolean;
  /** Scopes it may get for itself. */
  readonly clientCredentialsScopes?: readonly string[];
  /** Resources it may request tokens for; null: every configured one. */
  readonly resources?: readonly string[] | null;
  /** Null: the server's rule. */
  readonly accessTokenFormat?: 'opaque' | 'jwt' | null;
  /** A profile of FAPI 2.0 that it must keep to; null: the server's. */
  readonly profile?: FapiProfile | null;
  /** What the `aud` of its assertions may be; null: the server's rule. */
  readonly clientAssertionAudience?: 'any' | 'issuer' | null;
  /** Workloads that may present themselves as it, by tokens of the provider's `workloadIssuers`. */
  readonly federatedIdentities?: readonly FederatedIdentityOptions[];
}

/**
 * The policy after a change.
 * @throws AuthError 400 `invalid_client_metadata` for unknown scopes and resources
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
    ...(input.agent !== undefined && { isAgent: input.agent }),
    ...(input.clientCredentialsScopes !== undefined && { ownScopes: [...new Set(input.clientCredentialsScopes)] }),
    ...(input.resources !== undefined && { resources: settings.resources.asSpelled(input.resources) }),
    ...(input.accessTokenFormat !== undefined && { accessTokenFormat: input.accessTokenFormat }),
    ...(input.profile !== undefined && { profile: input.profile }),
    ...(input.clientAssertionAudience !== undefined && { clientAssertionAudience: input.clientAssertionAudience }),
    ...(input.federatedIdentities !== undefined && { federatedIdentities: input.federatedIdentities }),
  };
  const fault = policyFault(policy, metadata, settings);
  if (fault !== null) throw invalidMetadata(fault);
  return policy;
}

/**
 * The policy that better-auth's wire, a seed or RFC 7591's form carries beside the metadata, for authors who may set it.
 * @throws AuthError 400 `invalid_client_metadata` for a value of the wrong type: ignored, it would be a setting without effect (F48)
 */
export function policyOnTheWire(input: Readonly<Record<string, unknown>>): ClientPolicyInput {
  const given = Object.fromEntries(Object.keys(WIRE.shape).map((name) => [name, input[name] ?? undefined]));
  const result = WIRE.safeParse(given);
  if (!result.success) {
    const { path, message } = result.error.issues[0]!;
    throw invalidMetadata(`${path.join('.')}: ${message}`);
  }
  const { require_pkce, skip_consent, first_party, agent, client_credentials_scopes, profile } = result.data;
  const { client_assertion_audience: audience, federated_identities: identities } = result.data;
  return {
    ...(require_pkce !== undefined && { requirePkce: require_pkce }),
    ...(skip_consent !== undefined && { skipConsent: skip_consent }),
    ...(first_party !== undefined && { firstParty: first_party }),
    ...(agent !== undefined && { agent }),
    ...(client_credentials_scopes !== undefined && { clientCredentialsScopes: client_credentials_scopes }),
    ...(profile !== undefined && { profile }),
    ...(audience !== undefined && { clientAssertionAudience: audience }),
    ...(identities !== undefined && { federatedIdentities: identities }),
  };
}

/** The authentication methods after a patch of the metadata: as before, unless it names the method. */
export function methodsOfPatch(
  after: ClientMetadata,
  patch: Readonly<Record<string, unknown>>,
): Partial<Pick<ClientPolicy, 'furtherAuthMethods'>> {
  const named = patch['token_endpoint_auth_method'];
  return named === undefined ? {} : furtherMethods(after, named !== null && named !== '');
}

/** The same for metadata that replaces the old: a client that sends back what it read changes nothing (RFC 7592 2.2). */
export function methodsAfter(
  before: { readonly metadata: ClientMetadata; readonly policy: Partial<ClientPolicy> },
  after: ClientMetadata,
  named: unknown,
): Pick<ClientPolicy, 'furtherAuthMethods'> {
  const { furtherAuthMethods = [] } = before.policy;
  const isSame = named === before.metadata.token_endpoint_auth_method;
  return isSame ? { furtherAuthMethods } : furtherMethods(after, named !== undefined && named !== null);
}

function policyFault(
  { ownScopes = [], resources, profile = null, federatedIdentities = [] }: Partial<ClientPolicy>,
  metadata: ClientMetadata,
  settings: OAuthProviderSettings,
): string | null {
  if (!isSubset(ownScopes, settings.scopes)) return 'clientCredentialsScopes: one of them is not offered';
  // T106: a client that acts for itself has no user to give claims about.
  if (ownScopes.some(isAboutUsers)) return 'clientCredentialsScopes: those of OpenID Connect are of users';
  if (ownScopes.length > 0 && metadata.token_endpoint_auth_method === 'none')
    return 'clientCredentialsScopes: they are for clients that prove themselves';
  if (resources && !resources.every((one) => settings.resources.find(one)))
    return 'resources: one of them is not configured';
  const fault = identitiesFault(federatedIdentities, settings.workloadIssuers);
  if (fault !== null) return fault;
  const { requestObjects, idTokenAlgorithms: signingAlgorithms } = settings;
  return messageProfileFault(metadata, strictest(settings.profile, profile), { requestObjects, signingAlgorithms });
}
