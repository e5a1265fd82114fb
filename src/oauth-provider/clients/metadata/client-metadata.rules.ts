import { DEVICE_CODE_GRANT } from '../../../common/grants/grant.js';
import { isSubset, parseScope } from '../../../common/principal/scopes.js';
import { certificateFault, type OfferedCertificates } from './certificate-rules.js';
import { calledAddressFault, secureAddressFault, webAddressFault } from './address-rules.js';
import { CLIENT_ALGORITHMS, KEY_ALGORITHMS, SECRET_ALGORITHMS } from './client-algorithms.js';
import { SIGNED_ANSWERS } from './answer-algorithm.js';
import { messageProfileFault } from './message-profile-rules.js';
import type { FapiProfile } from './client-rules.js';
import { canVerify, keySetFault } from './client-key-rules.js';
import { withDefaults } from './client-metadata-defaults.js';
import { invalidMetadata, invalidRedirectUri, type ClientMetadataDraft } from './client-metadata-input.js';
import type { ClientMetadata } from './client-metadata.js';
import { redirectUriFault } from './redirect-uri-rules.js';
import { modeNamed } from './response-modes.js';

/** What the server allows in client metadata. */
export interface MetadataRules {
  readonly scopes: ReadonlySet<string>;
  /** Of a client that names none. */
  readonly defaultScopes: readonly string[];
  /** Not for this client, although offered. */
  readonly refusedScopes: ReadonlySet<string>;
  readonly grantTypes: ReadonlySet<string>;
  /** The client is configured in options: it may have no grant, and only introspect, and be its own sector without a web address. */
  readonly isConfigured: boolean;
  /** For all that is signed for clients. */
  readonly signingAlgorithms: readonly string[];
  /** Whether something else than a key may prove it: seen where metadata and policy meet (`proofFault`). */
  readonly mayLackKeys: boolean;
  /** Schemes of applications that are not named after a domain. */
  readonly redirectSchemes: ReadonlySet<string>;
  readonly requestObjects: boolean;
  /** The profile that the client has to keep to; null: none. */
  readonly profile: FapiProfile | null;
  /** Types of `authorization_details`. */
  readonly detailTypes: ReadonlySet<string>;
  /** The names of strengths of sign-in. */
  readonly acrValues: readonly string[];
  readonly allowPrivateNetwork: boolean;
  /** What certificates of clients are good for; null: they are not read. */
  readonly mtls: OfferedCertificates;
}

/** Shown to users as links. */
const SHOWN = ['client_uri', 'logo_uri', 'policy_uri', 'tos_uri'] as const;
/** We send browsers there. */
const OPENED = ['initiate_login_uri', 'frontchannel_logout_uri'] as const;
/** We call them. */
const CALLED = ['jwks_uri', 'sector_identifier_uri', 'backchannel_logout_uri'] as const;
const URI_FRAGMENT = /^[A-Za-z0-9\-._~:/?@!$&'()*+,;=%]*$/;

type Check = (metadata: ClientMetadata, rules: MetadataRules) => string | null;
const CHECKS: readonly Check[] = [
  checkGrants,
  checkResponseTypes,
  checkResponseModes,
  checkScope,
  checkKeys,
  (metadata, { mtls }) => certificateFault(metadata, mtls),
  checkAuthentication,
  checkAlgorithms,
  checkRequests,
  checkProfile,
  checkDetailTypes,
  checkAddresses,
  checkLogout,
  checkSector,
];

/**
 * Fills in defaults (RFC 7591 2) and checks each member and how they fit together; the same on every write (T094, T095, T097). Fetches
 * nothing: SectorIdentifiers checks what `sector_identifier_uri` says.
 * @throws AuthError 400 `invalid_redirect_uri` or `invalid_client_metadata` (RFC 7591 3.2.2); one bad entry refuses all
 */
export function validateClientMetadata(draft: ClientMetadataDraft, rules: MetadataRules): ClientMetadata {
  const metadata = withDefaults(draft, rules.defaultScopes);
  for (const uri of metadata.redirect_uris) {
    const fault = redirectUriFault(uri, metadata.application_type, rules.redirectSchemes);
    if (fault !== null) throw invalidRedirectUri(`redirect_uris: an address cannot be taken: ${fault}`);
  }
  if (metadata.redirect_uris.length === 0 && metadata.grant_types.includes('authorization_code'))
    throw invalidRedirectUri('redirect_uris: the grant authorization_code needs one');
  for (const check of CHECKS) {
    const fault = check(metadata, rules);
    if (fault !== null) throw invalidMetadata(fault);
  }
  return metadata;
}

function checkGrants(
  { grant_types: grants, token_endpoint_auth_method: method }: ClientMetadata,
  rules: MetadataRules,
) {
  if (grants.length === 0) return rules.isConfigured ? null : 'grant_types: give one';
  if (!grants.every((grant) => rules.grantTypes.has(grant))) return 'grant_types: one of them is not offered';
  if (
    grants.includes('refresh_token') &&
    !grants.some((grant) => grant === 'authorization_code' || grant === DEVICE_CODE_GRANT)
  )
    return 'grant_types: refresh_token needs a grant that gives refresh tokens';
  if (grants.includes('client_credentials') && method === 'none')
    return 'grant_types: client_credentials is for clients that prove themselves';
  return null;
}

/** RFC 7591 2.1: response types and grants belong together. */
function checkResponseTypes({ response_types: types, grant_types: grants }: ClientMetadata) {
  if (!types.every((type) => type === 'code')) return 'response_types: only code is offered';
  return types.length > 0 === grants.includes('authorization_code')
    ? null
    : 'response_types: code and the grant authorization_code belong together';
}

function checkResponseModes({ response_modes: modes }: ClientMetadata) {
  if (modes === undefined) return null;
  if (modes.length === 0) return 'response_modes: give one, or leave it out';
  return modes.every((mode) => modeNamed(mode) !== null) ? null : 'response_modes: one of them is not offered';
}

function checkScope({ scope }: ClientMetadata, rules: MetadataRules) {
  if (scope === undefined) return null;
  const scopes = parseScope(scope);
  const refused = scopes?.filter((one) => rules.refusedScopes.has(one)) ?? [];
  if (refused.length > 0) return `scope: not for clients that register themselves: ${refused.join(' ')}`;
  return scopes && isSubset(scopes, rules.scopes) ? null : 'scope: malformed, or one of them is not offered';
}

function checkKeys(
  { jwks, jwks_uri: jwksUri, token_endpoint_auth_method: method }: ClientMetadata,
  { mayLackKeys }: MetadataRules,
) {
  if (jwks && jwksUri !== undefined) return 'jwks: give it, or jwks_uri, not both';
  const fault = jwks ? keySetFault(jwks as unknown as Record<string, unknown>) : null;
  if (fault !== null) return `jwks: ${fault}`;
  if (method !== 'private_key_jwt' || jwksUri !== undefined) return null;
  if (!jwks) return mayLackKeys ? null : 'token_endpoint_auth_method: private_key_jwt needs jwks or jwks_uri';
  return canVerify(jwks) ? null : 'jwks: private_key_jwt needs a key that signs';
}

function checkAuthentication({
  token_endpoint_auth_method: method,
  token_endpoint_auth_signing_alg: alg,
  jwks,
}: ClientMetadata) {
  if (alg === undefined) return null;
  if (method === 'private_key_jwt' && jwks && !canVerify(jwks, alg))
    return 'token_endpoint_auth_signing_alg: no key of jwks fits it';
  const known = CLIENT_ALGORITHMS.includes(alg);
  const fits =
    (method !== 'private_key_jwt' || KEY_ALGORITHMS.includes(alg)) &&
    (method !== 'client_secret_jwt' || SECRET_ALGORITHMS.includes(alg));
  return known && fits ? null : 'token_endpoint_auth_signing_alg: not offered for this method';
}

function checkAlgorithms(metadata: ClientMetadata, rules: MetadataRules) {
  for (const name of SIGNED_ANSWERS) {
    const alg = metadata[name];
    if (alg !== undefined && !rules.signingAlgorithms.includes(alg)) return `${name}: not offered`;
  }
  return null;
}

/** RFC 9101: what a client says about its request objects; it has an effect only where they are offered. */
function checkRequests(metadata: ClientMetadata, { requestObjects, acrValues, allowPrivateNetwork }: MetadataRules) {
  const { request_object_signing_alg: alg, jwks, require_signed_request_object: isRequired } = metadata;
  if (isRequired === true && !requestObjects) return 'require_signed_request_object: request objects are not offered';
  if (alg !== undefined && (!KEY_ALGORITHMS.includes(alg) || (jwks && !canVerify(jwks, alg))))
    return 'request_object_signing_alg: not offered, or no key of jwks fits it';
  for (const uri of metadata.request_uris ?? []) {
    // OIDC Core 6.2: the fragment may be the digest of the document.
    const [address = '', fragment = ''] = uri.split(/#(.*)/s, 2);
    const fault = calledAddressFault(address, allowPrivateNetwork);
    if (fault !== null) return `request_uris: ${fault}`;
    if (!URI_FRAGMENT.test(fragment)) return 'request_uris: a fragment has characters that an address cannot have';
  }
  const unknown = (metadata.default_acr_values ?? []).find((value) => !acrValues.includes(value));
  return unknown === undefined ? null : `default_acr_values: only ${acrValues.join(', ')} can be had`;
}

function checkProfile(metadata: ClientMetadata, rules: MetadataRules) {
  return messageProfileFault(metadata, rules.profile, rules);
}

function checkDetailTypes({ authorization_details_types: types = [] }: ClientMetadata, { detailTypes }: MetadataRules) {
  return types.every((type) => detailTypes.has(type))
    ? null
    : 'authorization_details_types: one of them is not offered';
}

function checkAddresses(metadata: ClientMetadata, { allowPrivateNetwork }: MetadataRules) {
  const faults = [
    ...SHOWN.map((name) => [name, webAddressFault] as const),
    ...OPENED.map((name) => [name, secureAddressFault] as const),
    ...CALLED.map((name) => [name, (uri: string) => calledAddressFault(uri, allowPrivateNetwork)] as const),
  ];
  for (const [name, faultOf] of faults) {
    const fault = metadata[name] === undefined ? null : faultOf(metadata[name]);
    if (fault !== null) return `${name}: ${fault}`;
  }
  // OIDC Registration 2 requires https here, without an exception for development.
  return /^https:/.test(metadata.initiate_login_uri ?? 'https:') ? null : 'initiate_login_uri: it is no https address';
}

function checkLogout(metadata: ClientMetadata, { redirectSchemes }: MetadataRules) {
  for (const uri of metadata.post_logout_redirect_uris ?? []) {
    const fault = redirectUriFault(uri, metadata.application_type, redirectSchemes);
    if (fault !== null) return `post_logout_redirect_uris: ${fault}`;
  }
  const { frontchannel_logout_uri: frame } = metadata;
  // OIDC Front-Channel Logout 2.
  const isHome =
    frame === undefined || metadata.redirect_uris.some((uri) => new URL(uri).origin === new URL(frame).origin);
  return isHome ? null : 'frontchannel_logout_uri: it is of no origin of redirect_uris';
}

/** OIDC Core 8.1: a client with pairwise identifiers has redirect URIs on one host, or names its sector. */
function checkSector(metadata: ClientMetadata, { isConfigured }: MetadataRules) {
  if (isConfigured || metadata.subject_type !== 'pairwise' || metadata.sector_identifier_uri !== undefined) return null;
  const hosts = new Set(metadata.redirect_uris.map((uri) => new URL(uri).host));
  return hosts.size === 1 && !hosts.has('')
    ? null
    : 'subject_type: pairwise needs redirect addresses of one host, or sector_identifier_uri';
}
