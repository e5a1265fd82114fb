import { parseScope } from '../../../common/principal/scopes.js';
import type { OAuthProviderSettings } from '../../oauth-provider.settings.js';
import type { ClientMetadata } from './client-metadata.js';
import { registeredItself, type RegisteredClient } from './registered-client.js';

/**
 * The scopes that users may grant a client: those it registered, or the default ones; without the sensitive ones if it registered itself, also
 * where it had them before they became sensitive (T140).
 */
export function grantableScopes(
  {
    metadata,
    registeredBy,
  }: { readonly metadata: ClientMetadata; readonly registeredBy: RegisteredClient['registeredBy'] },
  { defaultScopes, sensitiveScopes }: Pick<OAuthProviderSettings, 'defaultScopes' | 'sensitiveScopes'>,
): string[] {
  const scopes = metadata.scope === undefined ? [...defaultScopes] : (parseScope(metadata.scope) ?? []);
  return registeredItself({ registeredBy }) ? scopes.filter((scope) => !sensitiveScopes.has(scope)) : scopes;
}
