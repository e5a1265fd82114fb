import type { OAuthProviderSettings } from '../oauth-provider.settings.js';
import type { ClientPolicy } from './metadata/client-metadata.js';
import { registeredItself, type RegisteredClient } from './metadata/registered-client.js';

/** Whether a client must use PKCE (RFC 9700 2.1.1). A public one always must: nothing else binds its code to it. */
export function requiresPkce(
  client: Pick<RegisteredClient, 'isPublic' | 'registeredBy'> & { readonly policy: Pick<ClientPolicy, 'requirePkce'> },
  { pkce }: Pick<OAuthProviderSettings, 'pkce'>,
): boolean {
  if (pkce.everyone || client.isPublic) return true;
  return client.policy.requirePkce ?? pkce.byDefault ?? !registeredItself(client);
}
