import { parseScope } from '../../../common/principal/scopes.js';
import type { ClientMetadataDraft } from './client-metadata-input.js';
import type { ClientMetadata } from './client-metadata.js';
import { applicationTypeOf } from './redirect-uri-rules.js';

type Defaults = Pick<ClientMetadata, 'grant_types' | 'response_types' | 'application_type'>;

/** Members that are derived from others unless given. */
const FOLLOWING = ['grant_types', 'response_types', 'application_type'] as const;

/**
 * Fills in defaults (RFC 7591 2). A client that may ask for `offline_access` gets refresh tokens: otherwise users would grant a scope
 * without effect (F40, OIDC Core 11).
 * @param defaultScopes of a client that names none
 */
export function withDefaults(draft: ClientMetadataDraft, defaultScopes: readonly string[]): ClientMetadata {
  return {
    ...draft,
    redirect_uris: [...new Set(draft.redirect_uris)],
    token_endpoint_auth_method: draft.token_endpoint_auth_method ?? 'client_secret_basic',
    ...defaultsOf(draft, defaultScopes),
  } as ClientMetadata;
}

/**
 * Stored metadata with a change applied. Members that had their derived value are derived again; those given stay.
 * @returns input for `readClientMetadata`
 */
export function changedMetadata(
  before: ClientMetadata,
  patch: Readonly<Record<string, unknown>>,
  defaultScopes: readonly string[],
): Record<string, unknown> {
  const { grant_types: _grants, response_types: _responses, application_type: _type, ...said } = before;
  const defaults = defaultsOf(said as unknown as ClientMetadataDraft, defaultScopes);
  const named = FOLLOWING.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(defaults[name]));
  return { ...said, ...Object.fromEntries(named.map((name) => [name, before[name]])), ...patch };
}

function defaultsOf(draft: ClientMetadataDraft, defaultScopes: readonly string[]): Defaults {
  const scopes = draft.scope === undefined ? defaultScopes : (parseScope(draft.scope) ?? []);
  const codeGrants = ['authorization_code', ...(scopes.includes('offline_access') ? ['refresh_token'] : [])];
  const grants = [...new Set(draft.grant_types ?? codeGrants)];
  return {
    grant_types: grants,
    response_types: [...new Set(draft.response_types ?? (grants.includes('authorization_code') ? ['code'] : []))],
    application_type:
      draft.application_type ?? applicationTypeOf(draft.redirect_uris ?? [], draft.post_logout_redirect_uris ?? []),
  };
}
