import { isAboutUsers } from '../../../../oauth-provider/oauth-provider.settings.js';
import { readClientMetadata } from '../../../../oauth-provider/clients/metadata/client-metadata-input.js';
import {
  NO_POLICY,
  type ClientMetadata,
  type ClientPolicy,
} from '../../../../oauth-provider/clients/metadata/client-metadata.js';
import { UNKNOWN_ACR } from '../../../../common/principal/acr-ladder.js';
import { validateClientMetadata } from '../../../../oauth-provider/clients/metadata/client-metadata.rules.js';
import { DEVICE_CODE_GRANT } from '../../../../common/grants/grant.js';
import { asFlag, asObject, asText, asTexts, fromJson, type SourceRow } from '../source-values.js';

const GRANTS = new Set(['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE_GRANT]);
/** Members whose values stay, by their columns. */
const SAME = {
  client_name: 'name',
  client_uri: 'uri',
  logo_uri: 'icon',
  tos_uri: 'tos',
  policy_uri: 'policy',
  software_id: 'softwareId',
  software_version: 'softwareVersion',
  software_statement: 'softwareStatement',
  jwks_uri: 'jwksUri',
  backchannel_logout_uri: 'backchannelLogoutUri',
} as const;

/** What the client registered, by the rules for every client here. @throws AuthError, UnreadableValue */
export function clientMetadataOf(row: SourceRow, hasSecret: boolean): ClientMetadata {
  const redirects = asTexts('redirectUris', row['redirectUris']) ?? [];
  const logouts = asTexts('postLogoutRedirectUris', row['postLogoutRedirectUris']);
  const scopes = asTexts('scopes', row['scopes']);
  const grants = grantsOf(row);
  const free = asObject('metadata', row['metadata']);
  const draft = readClientMetadata({
    ...Object.fromEntries(Object.entries(SAME).map(([member, column]) => [member, asText(row[column])])),
    redirect_uris: redirects,
    grant_types: grants,
    response_types: grants.includes('authorization_code') ? ['code'] : [],
    token_endpoint_auth_method: methodOf(row, hasSecret),
    application_type: applicationTypeOf(row),
    contacts: asTexts('contacts', row['contacts']),
    jwks: keySetOf(row['jwks']),
    post_logout_redirect_uris: logouts,
    backchannel_logout_session_required: asFlag(row['backchannelLogoutSessionRequired']),
    ...(scopes && { scope: scopes.join(' ') }),
    ...(free && Object.keys(free).length > 0 && { metadata: free }),
  });
  return validateClientMetadata(draft, {
    scopes: new Set(scopes ?? []),
    defaultScopes: [],
    refusedScopes: new Set<string>(),
    grantTypes: GRANTS,
    isConfigured: true,
    signingAlgorithms: [],
    mayLackKeys: false,
    // What it could use there it may use here: these schemes have to be in the options of a host that checks them again.
    redirectSchemes: ownSchemesOf([...redirects, ...(logouts ?? [])]),
    requestObjects: false,
    profile: null,
    detailTypes: new Set(),
    acrValues: [UNKNOWN_ACR],
    allowPrivateNetwork: true,
    mtls: null,
  });
}

/** What only the host may set. */
export function clientPolicyOf(row: SourceRow, metadata: ClientMetadata): ClientPolicy {
  const own = asTexts('clientCredentialsScopes', row['clientCredentialsScopes']);
  const isItself = metadata.grant_types.includes('client_credentials');
  const scopes = metadata.scope?.split(' ').filter((scope) => scope !== '' && !isAboutUsers(scope)) ?? [];
  return {
    ...NO_POLICY,
    requirePkce: asFlag(row['requirePKCE']),
    skipConsent: asFlag(row['skipConsent']) ?? false,
    ownScopes: own ?? (isItself ? scopes : []),
  };
}

/** There a client that may have codes may always refresh. */
function grantsOf(row: SourceRow): string[] {
  const given = asTexts('grantTypes', row['grantTypes']) ?? [];
  const grants = given.length > 0 ? given : ['authorization_code'];
  return [...new Set(grants.includes('authorization_code') ? [...grants, 'refresh_token'] : grants)];
}

function methodOf(row: SourceRow, hasSecret: boolean): string {
  const method = asText(row['tokenEndpointAuthMethod']);
  if (method !== null) return method;
  return hasSecret && row['public'] !== true ? 'client_secret_basic' : 'none';
}

function applicationTypeOf(row: SourceRow): string | null {
  const type = asText(row['applicationType']) ?? asText(row['type']);
  return type === 'native' || type === 'web' ? type : null;
}

/** RFC 7517 5; older rows have the keys alone. */
function keySetOf(value: unknown): unknown {
  const parsed = fromJson('jwks', value) ?? null;
  return Array.isArray(parsed) ? { keys: parsed } : parsed;
}

function ownSchemesOf(uris: readonly string[]): Set<string> {
  const schemes = uris.flatMap((uri) => (URL.canParse(uri) ? [new URL(uri).protocol.slice(0, -1)] : []));
  return new Set(
    schemes.filter((scheme) => !['http', 'https', 'javascript', 'data', 'file', 'blob', 'vbscript'].includes(scheme)),
  );
}
