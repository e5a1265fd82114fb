import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import type { OAuthProviderSettings } from '../oauth-provider.settings.js';

/** Whether users of this client are never asked, so that it may have tokens without a consent. */
export function skipsConsent(
  { policy, isFirstParty }: RegisteredClient,
  { skipConsentForFirstParty }: Pick<OAuthProviderSettings, 'skipConsentForFirstParty'>,
): boolean {
  return policy.skipConsent || (isFirstParty && skipConsentForFirstParty);
}
