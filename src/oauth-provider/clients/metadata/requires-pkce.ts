import type { OAuthProviderSettings } from '../../oauth-provider.settings.js';
import type { ClientMetadata, ClientPolicy } from './client-metadata.js';
import { registeredItself, type ClientOrigin } from './registered-client.js';

interface PkceClient {
  readonly metadata: Pick<ClientMetadata, 'token_endpoint_auth_method'>;
  readonly policy: Pick<ClientPolicy, 'requirePkce'>;
  readonly registeredBy: ClientOrigin;
}

/** Whether a client must use PKCE (RFC 9700 2.1.1). A public one always must: nothing else binds its code to it. */
export function requiresPkce(
  { metadata, policy, registeredBy }: PkceClient,
  { pkce }: Pick<OAuthProviderSettings, 'pkce'>,
): boolean {
  if (pkce.everyone || metadata.token_endpoint_auth_method === 'none') return true;
  return policy.requirePkce ?? pkce.byDefault ?? !registeredItself({ registeredBy });
}
