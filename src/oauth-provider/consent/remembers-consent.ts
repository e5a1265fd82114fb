import { isLoopbackHost } from '../../common/loopback-host.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import type { OAuthProviderSettings } from '../oauth-provider.settings.js';

/**
 * Whether an earlier consent answers a request of this client (RFC 8252 8.6, OAuth 2.1). Any app can use the id of a public client; only an
 * https redirect URI off the user's machine is sure to lead the code to the real one.
 */
export function remembersConsent(
  client: RegisteredClient,
  redirectUri: string,
  { rememberConsent }: Pick<OAuthProviderSettings, 'rememberConsent'>,
): boolean {
  return client.policy.rememberConsent ?? (rememberConsent === 'always' || isProvable(client, redirectUri));
}

function isProvable({ isPublic }: RegisteredClient, redirectUri: string): boolean {
  if (!isPublic) return true;
  const { protocol, hostname } = new URL(redirectUri);
  return protocol === 'https:' && !isLoopbackHost(hostname) && !hostname.endsWith('.localhost');
}
