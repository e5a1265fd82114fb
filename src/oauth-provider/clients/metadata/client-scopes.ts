import { parseScope } from '../../../common/principal/scopes.js';
import type { OAuthProviderSettings } from '../../oauth-provider.settings.js';
import type { ClientMetadata } from './client-metadata.js';
import { registeredItself, type RegisteredClient } from './registered-client.js';

interface Registered {
  readonly metadata: ClientMetadata;
  readonly registeredBy: RegisteredClient['registeredBy'];
}
type Settings = Pick<OAuthProviderSettings, 'scopes' | 'defaultScopes' | 'sensitiveScopes'>;

/**
 * The scopes that users may grant a client: those that were written for it, or the default ones. One that registered itself could have
 * named any, and names what its first request needed (MCP): its users decide, and it gets all but the sensitive ones, also where it had
 * those before they became sensitive (T140).
 */
export function grantableScopes(client: Registered, settings: Settings): string[] {
  if (!registeredItself(client)) return registeredScopes(client, settings);
  return [...settings.scopes].filter((scope) => !settings.sensitiveScopes.has(scope));
}

/** What a request asks for that names none: the scopes that the client registered, as far as users may grant them. */
export function registeredScopes({ metadata, registeredBy }: Registered, settings: Settings): string[] {
  const { defaultScopes, sensitiveScopes } = settings;
  const scopes = metadata.scope === undefined ? [...defaultScopes] : (parseScope(metadata.scope) ?? []);
  return registeredItself({ registeredBy }) ? scopes.filter((scope) => !sensitiveScopes.has(scope)) : scopes;
}
