import { PROMPTS } from '../codes/authorization-parameters.js';
import { offeredMethods } from '../clients/metadata/certificate-rules.js';
import { allowsMethod } from '../clients/metadata/security-profile-rules.js';
import { serverRules, type ClientRules } from '../clients/metadata/client-rules.js';
import { namesOfModes } from '../clients/metadata/response-modes.js';
import type { OAuthProviderSettings } from '../oauth-provider.settings.js';
import { supportedClaims } from './supported-claims.js';

/** What the document depends on besides the settings. */
export interface ProviderFacts {
  /** Absolute address of a route, relative to the prefix. */
  readonly urlOf: (route: string, method?: string) => string;
  /** The `grant_type` of every grant. */
  readonly grantTypes: readonly string[];
  /** Algorithms of DPoP proofs. */
  readonly dpopAlgorithms: readonly string[];
  /** The strengths of sign-in that can be had. */
  readonly acrValues: readonly string[];
}

/**
 * The metadata of this server (OIDC Discovery 3, RFC 8414 2): only what works with its configuration. The same in every process, since it
 * contains nothing of a request (T091).
 */
export function providerMetadata(settings: OAuthProviderSettings, facts: ProviderFacts): Record<string, unknown> {
  const rules = serverRules(settings);
  return {
    issuer: settings.issuer,
    ...endpoints(settings, facts.urlOf),
    scopes_supported: [...settings.scopes],
    grant_types_supported: facts.grantTypes,
    ...clientAuthentication(settings, rules),
    ...(settings.clientDocuments !== null && { client_id_metadata_document_supported: true }),
    ...authorizationRequests(settings, rules, facts.acrValues),
    ...openId(settings, rules),
    ...logout(facts.urlOf),
    dpop_signing_alg_values_supported: facts.dpopAlgorithms,
    ...protectedResources(settings),
  };
}

/** RFC 9728 4. Those alone that the options let everybody know of. */
function protectedResources({ resources }: OAuthProviderSettings) {
  const listed = resources.all.filter(({ isPublic }) => isPublic).map(({ resource }) => resource);
  return listed.length > 0 && { protected_resources: listed };
}

function endpoints(settings: OAuthProviderSettings, urlOf: ProviderFacts['urlOf']) {
  const at = (name: string, method = 'GET') => urlOf(`/oauth2/${name}`, method);
  return {
    authorization_endpoint: at('authorize'),
    token_endpoint: at('token', 'POST'),
    pushed_authorization_request_endpoint: at('par', 'POST'),
    userinfo_endpoint: at('userinfo'),
    jwks_uri: at('jwks'),
    introspection_endpoint: at('introspect', 'POST'),
    revocation_endpoint: at('revoke', 'POST'),
    ...(settings.registration.mode !== 'off' && { registration_endpoint: at('register', 'POST') }),
  };
}

function clientAuthentication(settings: OAuthProviderSettings, rules: ClientRules) {
  const { mtls } = settings;
  const methods = offeredMethods(mtls).filter((method) => allowsMethod(rules.profile, method));
  // RFC 7662 2.1: introspection is for clients that prove themselves.
  return {
    token_endpoint_auth_methods_supported: methods,
    token_endpoint_auth_signing_alg_values_supported: rules.algorithms,
    introspection_endpoint_auth_methods_supported: methods.filter((method) => method !== 'none'),
    introspection_endpoint_auth_signing_alg_values_supported: rules.algorithms,
    introspection_signing_alg_values_supported: signedWith(settings, rules),
    revocation_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_signing_alg_values_supported: rules.algorithms,
    // RFC 8705 3.3.
    ...(mtls && { tls_client_certificate_bound_access_tokens: true }),
  };
}

function authorizationRequests(settings: OAuthProviderSettings, rules: ClientRules, acrValues: readonly string[]) {
  return {
    response_types_supported: ['code'],
    response_modes_supported: namesOfModes(rules.responseModes),
    authorization_signing_alg_values_supported: signedWith(settings, rules),
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    require_pushed_authorization_requests: settings.requires.pushedRequests || settings.profile !== null,
    // RFC 9396 10.
    ...(settings.authorizationDetailTypes.size > 0 && {
      authorization_details_types_supported: [...settings.authorizationDetailTypes.keys()],
    }),
    prompt_values_supported: PROMPTS,
    display_values_supported: ['page'],
    ui_locales_supported: settings.uiLocales,
    acr_values_supported: acrValues,
    claims_parameter_supported: true,
    // Stated even when false: the default of `request_uri_parameter_supported` is true (OIDC Discovery 3).
    request_parameter_supported: settings.requestObjects,
    request_uri_parameter_supported: settings.requestObjects,
    ...(settings.requestObjects && {
      require_request_uri_registration: true,
      require_signed_request_object: rules.requiresSignedRequests,
      request_object_signing_alg_values_supported: rules.algorithms,
    }),
  };
}

function openId(settings: OAuthProviderSettings, rules: ClientRules) {
  return {
    subject_types_supported: ['public', 'pairwise'],
    id_token_signing_alg_values_supported: signedWith(settings, rules),
    userinfo_signing_alg_values_supported: signedWith(settings, rules),
    claim_types_supported: ['normal'],
    claims_supported: supportedClaims(settings.scopes),
  };
}

/** The algorithms that this server signs with for its clients. */
function signedWith({ idTokenAlgorithms }: OAuthProviderSettings, { algorithms }: ClientRules) {
  return idTokenAlgorithms.filter((one) => algorithms.includes(one));
}

function logout(urlOf: ProviderFacts['urlOf']) {
  return {
    end_session_endpoint: urlOf('/oauth2/end-session'),
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
  };
}
