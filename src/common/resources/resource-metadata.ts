import type { ResourceSettings } from './resource.settings.js';

/** What the documents of all resources of an application say alike. */
export interface ResourceFacts {
  /** Issuers whose tokens they take. */
  readonly authorizationServers: readonly string[];
  /** Algorithms of DPoP proofs; empty: tokens that are bound to a key are not taken. */
  readonly dpopAlgorithms: readonly string[];
  /** Tokens that are bound to a certificate are taken (RFC 8705 3). */
  readonly takesCertificates: boolean;
}

export const RESOURCE_FACTS = Symbol('nest-authority:resource-facts');

/**
 * The metadata of a protected resource (RFC 9728 2). Only what is so: members without a value are left out (3.2), and so are
 * `jwks_uri` and `resource_signing_alg_values_supported`, which are of resources that sign their answers.
 */
export function resourceMetadata(resource: ResourceSettings, facts: ResourceFacts): Record<string, unknown> {
  const { name, documentation, policyUri, tosUri, advertisedScopes, isDpopRequired } = resource;
  const { authorizationServers, dpopAlgorithms, takesCertificates } = facts;
  return {
    resource: resource.resource,
    ...(authorizationServers.length > 0 && { authorization_servers: authorizationServers }),
    ...(advertisedScopes.length > 0 && { scopes_supported: advertisedScopes }),
    bearer_methods_supported: ['header'],
    ...(name !== null && { resource_name: name }),
    ...(documentation !== null && { resource_documentation: documentation }),
    ...(policyUri !== null && { resource_policy_uri: policyUri }),
    ...(tosUri !== null && { resource_tos_uri: tosUri }),
    ...(takesCertificates && { tls_client_certificate_bound_access_tokens: true }),
    ...(dpopAlgorithms.length > 0 && { dpop_signing_alg_values_supported: dpopAlgorithms }),
    ...(isDpopRequired && { dpop_bound_access_tokens_required: true }),
  };
}
