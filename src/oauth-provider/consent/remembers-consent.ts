import { isLoopbackHost } from '../../common/loopback-host.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import type { OAuthProviderSettings } from '../oauth-provider.settings.js';

/**
 * Whether a consent that was given before answers a request of this client (RFC 8252 8.6, OAuth 2.1). Anybody may go by the id of a public
 * client; only an https address that is not on the user's own machine leads nobody else the code.
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
