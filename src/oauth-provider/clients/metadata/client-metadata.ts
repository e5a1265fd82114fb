import type { JWK } from 'jose';
import type { ClientAuthMethod } from '../../../common/ports/authorization-server.js';
import type { FederatedIdentityOptions } from '../../workload.options.js';
import type { FapiProfile } from './client-rules.js';
import type { SigningAlgorithm } from '../../../common/keys/signing-algorithm.js';

/** What a client registers (RFC 7591 2, OIDC Registration 2, OIDC logout), validated and with its defaults filled in. */
export interface ClientMetadata {
  readonly redirect_uris: readonly string[];
  readonly token_endpoint_auth_method: ClientAuthMethod;
  /** Algorithm of its assertions; absent: any that its method allows. */
  readonly token_endpoint_auth_signing_alg?: string;
  readonly grant_types: readonly string[];
  readonly response_types: readonly string[];
  readonly application_type: 'web' | 'native';
  readonly client_name?: string;
  readonly client_uri?: string;
  readonly logo_uri?: string;
  readonly policy_uri?: string;
  readonly tos_uri?: string;
  readonly contacts?: readonly string[];
  /** Space-separated; absent: the server's default scopes. */
  readonly scope?: string;
  readonly jwks_uri?: string;
  readonly jwks?: { readonly keys: readonly JWK[] };
  readonly software_id?: string;
  readonly software_version?: string;
  readonly software_statement?: string;
  readonly subject_type?: 'public' | 'pairwise';
  readonly sector_identifier_uri?: string;
  readonly id_token_signed_response_alg?: SigningAlgorithm;
  /** Our own: which claims about the user ID tokens carry. Absent: the server's rule. */
  readonly id_token_claims?: 'requested' | 'scope';
  /** Absent: userinfo is plain JSON. */
  readonly userinfo_signed_response_alg?: SigningAlgorithm;
  /** Of signed authorization responses (JARM 3). */
  readonly authorization_signed_response_alg?: SigningAlgorithm;
  /** Of signed answers of introspection (RFC 9701 6). */
  readonly introspection_signed_response_alg?: SigningAlgorithm;
  /** The only response modes that it may ask for; absent: every one (FAPI 2.0 Message Signing 5.3). */
  readonly response_modes?: readonly string[];
  readonly request_object_signing_alg?: string;
  readonly request_uris?: readonly string[];
  readonly require_signed_request_object?: boolean;
  /** RFC 9126 6. */
  readonly require_pushed_authorization_requests?: boolean;
  /** RFC 9449 5.2. */
  readonly dpop_bound_access_tokens?: boolean;
  /** RFC 8705 3.4. */
  readonly tls_client_certificate_bound_access_tokens?: boolean;
  /** RFC 8705 2.1.2: one of these with `tls_client_auth`. The name of the subject is written as in RFC 4514. */
  readonly tls_client_auth_subject_dn?: string;
  readonly tls_client_auth_san_dns?: string;
  readonly tls_client_auth_san_uri?: string;
  readonly tls_client_auth_san_ip?: string;
  readonly tls_client_auth_san_email?: string;
  /** The only types of `authorization_details` that it asks for (RFC 9396 10). */
  readonly authorization_details_types?: readonly string[];
  /** Seconds. */
  readonly default_max_age?: number;
  readonly require_auth_time?: boolean;
  readonly default_acr_values?: readonly string[];
  readonly initiate_login_uri?: string;
  readonly post_logout_redirect_uris?: readonly string[];
  readonly backchannel_logout_uri?: string;
  readonly backchannel_logout_session_required?: boolean;
  readonly frontchannel_logout_uri?: string;
  readonly frontchannel_logout_session_required?: boolean;
  /** The client's own free members (better-auth's `metadata`). */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** What only options, administration or the host's code may set for a client, never the client itself (T095). */
export interface ClientPolicy {
  /** Null: the server's rule. */
  readonly requirePkce: boolean | null;
  readonly skipConsent: boolean;
  /** Null: the server's rule. */
  readonly rememberConsent: boolean | null;
  readonly isFirstParty: boolean;
  /** Whoever runs this server says that it is one: a program that acts for users without asking them each time. */
  readonly isAgent: boolean;
  /** Scopes of the client credentials grant (RFC 6749 4.4). */
  readonly ownScopes: readonly string[];
  /** Resources it may ask tokens for (RFC 8707); null: every configured one. */
  readonly resources: readonly string[] | null;
  /** Authentication methods accepted besides the registered one. */
  readonly furtherAuthMethods: readonly ClientAuthMethod[];
  /** Null: the server's rule. */
  readonly accessTokenFormat: 'opaque' | 'jwt' | null;
  /** A profile of FAPI 2.0 that it must keep to; null: the server's. */
  readonly profile: FapiProfile | null;
  /** What the `aud` of its assertions may be; null: the server's rule. */
  readonly clientAssertionAudience: 'any' | 'issuer' | null;
  /** Workloads that may present themselves as it. */
  readonly federatedIdentities: readonly FederatedIdentityOptions[];
}

/** Origins of a public client's scripts: those of its web redirect URIs, since an app's own scheme has no origin. */
export function scriptOriginsOf({ redirect_uris: uris, token_endpoint_auth_method: method }: ClientMetadata): string[] {
  if (method !== 'none') return [];
  return [...new Set(uris.filter((uri) => /^https?:/i.test(uri)).map((uri) => new URL(uri).origin))];
}

/** RFC 7591 2: a client that names no method has the default, and may send the secret either way. @param isNamed whether it named one */
export function furtherMethods(
  { token_endpoint_auth_method: method }: ClientMetadata,
  isNamed: boolean,
): Pick<ClientPolicy, 'furtherAuthMethods'> {
  return { furtherAuthMethods: isNamed || method !== 'client_secret_basic' ? [] : ['client_secret_post'] };
}

export const NO_POLICY: ClientPolicy = Object.freeze({
  requirePkce: null,
  skipConsent: false,
  rememberConsent: null,
  isFirstParty: false,
  isAgent: false,
  ownScopes: Object.freeze([]),
  resources: null,
  furtherAuthMethods: Object.freeze([]),
  accessTokenFormat: null,
  profile: null,
  clientAssertionAudience: null,
  federatedIdentities: Object.freeze([]),
});
