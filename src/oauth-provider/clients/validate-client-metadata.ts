import { isSubset, parseScope } from '../../common/principal/scopes.js';
import { keySetFault } from './client-key-rules.js';
import { invalidMetadata, invalidRedirectUri, type ClientMetadataDraft } from './client-metadata-input.js';
import type { ClientMetadata } from './client-metadata.js';
import { redirectUriFault, webAddressFault } from './redirect-uri-rules.js';

/** What the server offers to whoever writes the metadata. */
export interface MetadataRules {
  readonly scopes: ReadonlySet<string>;
  readonly grantTypes: ReadonlySet<string>;
  /** Of ID tokens and signed userinfo. */
  readonly signingAlgorithms: readonly string[];
}

/** Of assertions: what our secrets are long enough for. */
const SYMMETRIC = ['HS256'];
/** Of assertions and request objects. `none` is no signature. */
const ASYMMETRIC = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';
/** Shown to users as links. */
const SHOWN = ['client_uri', 'logo_uri', 'policy_uri', 'tos_uri'] as const;
/** Called by us, or by browsers on our behalf. */
const CALLED = [
  'jwks_uri',
  'sector_identifier_uri',
  'initiate_login_uri',
  'backchannel_logout_uri',
  'frontchannel_logout_uri',
] as const;

type Check = (metadata: ClientMetadata, rules: MetadataRules) => string | null;
const CHECKS: readonly Check[] = [
  checkGrants,
  checkResponseTypes,
  checkScope,
  checkKeys,
  checkAuthentication,
  checkAlgorithms,
  checkAddresses,
  checkLogout,
  checkSector,
];

/**
 * Fills in defaults (RFC 7591 2) and checks what the members mean, also together; the same on every write (T094, T095, T097).
 * Fetches nothing: what `sector_identifier_uri` says is SectorIdentifiers' to check.
 * @throws AuthError 400 `invalid_redirect_uri` or `invalid_client_metadata` (RFC 7591 3.2.2); one bad entry refuses all
 */
export function validateClientMetadata(draft: ClientMetadataDraft, rules: MetadataRules): ClientMetadata {
  const metadata = withDefaults(draft);
  for (const uri of metadata.redirect_uris) {
    const fault = redirectUriFault(uri, metadata.application_type);
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

function withDefaults(draft: ClientMetadataDraft): ClientMetadata {
  const grantTypes = [...new Set(draft.grant_types ?? ['authorization_code'])];
  return {
    ...draft,
    redirect_uris: [...new Set(draft.redirect_uris)],
    token_endpoint_auth_method: draft.token_endpoint_auth_method ?? 'client_secret_basic',
    grant_types: grantTypes,
    response_types: [...new Set(draft.response_types ?? (grantTypes.includes('authorization_code') ? ['code'] : []))],
    application_type: draft.application_type ?? 'web',
  } as ClientMetadata;
}

function checkGrants(
  { grant_types: grants, token_endpoint_auth_method: method }: ClientMetadata,
  rules: MetadataRules,
) {
  if (grants.length === 0) return 'grant_types: give one';
  if (!grants.every((grant) => rules.grantTypes.has(grant))) return 'grant_types: one of them is not offered';
  if (
    grants.includes('refresh_token') &&
    !grants.some((grant) => grant === 'authorization_code' || grant === DEVICE_CODE)
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

function checkScope({ scope }: ClientMetadata, rules: MetadataRules) {
  if (scope === undefined) return null;
  const scopes = parseScope(scope);
  return scopes && isSubset(scopes, rules.scopes) ? null : 'scope: malformed, or one of them is not offered';
}

function checkKeys({ jwks, jwks_uri: jwksUri, token_endpoint_auth_method: method }: ClientMetadata) {
  if (jwks && jwksUri !== undefined) return 'jwks: give it, or jwks_uri, not both';
  const fault = jwks ? keySetFault(jwks as unknown as Record<string, unknown>) : null;
  if (fault !== null) return `jwks: ${fault}`;
  return method === 'private_key_jwt' && !jwks && jwksUri === undefined
    ? 'token_endpoint_auth_method: private_key_jwt needs jwks or jwks_uri'
    : null;
}

function checkAuthentication({
  token_endpoint_auth_method: method,
  token_endpoint_auth_signing_alg: alg,
}: ClientMetadata) {
  if (alg === undefined) return null;
  const known = [...ASYMMETRIC, ...SYMMETRIC].includes(alg);
  const fits =
    (method !== 'private_key_jwt' || ASYMMETRIC.includes(alg)) &&
    (method !== 'client_secret_jwt' || SYMMETRIC.includes(alg));
  return known && fits ? null : 'token_endpoint_auth_signing_alg: not offered for this method';
}

function checkAlgorithms(metadata: ClientMetadata, rules: MetadataRules) {
  for (const name of ['id_token_signed_response_alg', 'userinfo_signed_response_alg'] as const) {
    const alg = metadata[name];
    if (alg !== undefined && !rules.signingAlgorithms.includes(alg)) return `${name}: not offered`;
  }
  const alg = metadata.request_object_signing_alg;
  return alg === undefined || ASYMMETRIC.includes(alg) ? null : 'request_object_signing_alg: not offered';
}

function checkAddresses(metadata: ClientMetadata) {
  for (const name of SHOWN) {
    const fault = metadata[name] === undefined ? null : webAddressFault(metadata[name], false);
    if (fault !== null) return `${name}: ${fault}`;
  }
  for (const name of CALLED) {
    const fault = metadata[name] === undefined ? null : webAddressFault(metadata[name], true);
    if (fault !== null) return `${name}: ${fault}`;
  }
  // OIDC Registration 2 knows no exception for development here.
  if (!/^https:/i.test(metadata.initiate_login_uri ?? 'https:')) return 'initiate_login_uri: it is no https address';
  for (const uri of metadata.request_uris ?? []) {
    // OIDC Core 6.2: the fragment may be the digest of what stands there.
    const fault = webAddressFault(uri, true, true);
    if (fault !== null) return `request_uris: ${fault}`;
  }
  return null;
}

function checkLogout(metadata: ClientMetadata) {
  for (const uri of metadata.post_logout_redirect_uris ?? []) {
    const fault = redirectUriFault(uri, metadata.application_type);
    if (fault !== null) return `post_logout_redirect_uris: ${fault}`;
  }
  const { frontchannel_logout_uri: frame } = metadata;
  // OIDC Front-Channel Logout 2.
  const isHome =
    frame === undefined || metadata.redirect_uris.some((uri) => new URL(uri).origin === new URL(frame).origin);
  return isHome ? null : 'frontchannel_logout_uri: it is of no origin of redirect_uris';
}

/** OIDC Core 8.1: who knows users by pairwise identifiers is one host, or names its sector. */
function checkSector(metadata: ClientMetadata) {
  if (metadata.subject_type !== 'pairwise' || metadata.sector_identifier_uri !== undefined) return null;
  const hosts = new Set(metadata.redirect_uris.map((uri) => new URL(uri).host));
  return hosts.size === 1 && !hosts.has('')
    ? null
    : 'subject_type: pairwise needs redirect addresses of one host, or sector_identifier_uri';
}
