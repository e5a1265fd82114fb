import { invalidMetadata } from './client-metadata-input.js';
import type { ClientPolicy } from './client-metadata.js';

/** What clients and owners may not set, in every spelling that servers of this kind use. */
const PRIVILEGED = [
  'skip_consent',
  'skipConsent',
  'remember_consent',
  'rememberConsent',
  'first_party',
  'firstParty',
  'is_first_party',
  'agent',
  'is_agent',
  'isAgent',
  'trusted',
  'policy',
  'client_credentials_scopes',
  'clientCredentialsScopes',
  'resources',
  'access_token_format',
  'accessTokenFormat',
  'profile',
  'client_assertion_audience',
  'clientAssertionAudience',
  'user_id',
  'userId',
  'reference_id',
  'referenceId',
  'owner_id',
  'ownerId',
  'registered_by',
  'registeredBy',
  'disabled',
];

/**
 * Refuses by name what only the server may set (T095). An unchanged value passes, so that a client can send back what it read (RFC 7592
 * 2.2).
 * @param current the client information as last sent; leave it out at registration
 * @throws AuthError 400 `invalid_client_metadata`
 */
export function refusePrivileged(
  input: Readonly<Record<string, unknown>>,
  current: Readonly<Record<string, unknown>> = {},
): void {
  const asksFor = (name: string) =>
    Object.hasOwn(input, name) &&
    ![undefined, null, false].includes(input[name] as null) &&
    JSON.stringify(input[name]) !== JSON.stringify(current[name]);
  const refused = PRIVILEGED.find(asksFor);
  if (refused !== undefined) throw invalidMetadata(`${refused}: only the server sets it`);
}

/**
 * The policy after a change by the client or its owner: they may require PKCE, but not waive it.
 * @param current the client information as last sent; leave it out at registration
 * @throws AuthError 400 `invalid_client_metadata`
 */
export function ownPolicy(
  input: Readonly<Record<string, unknown>>,
  before: Partial<ClientPolicy> = {},
  current: Readonly<Record<string, unknown>> = {},
): Partial<ClientPolicy> {
  const asked = input['require_pkce'];
  if (asked === undefined || asked === null || asked === current['require_pkce']) return before;
  if (asked === true) return { ...before, requirePkce: true };
  throw invalidMetadata('require_pkce: true is all that a client may ask for');
}
