import { normaliseEmail } from '../../common/email.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import type { AccountLinkingSettings } from '../account-linking.options.js';
import type { ExternalIdentity } from '../providers/provider.client.js';
import type { ProviderSettings } from '../providers/provider.options.js';
import type { LinkingFailureCode } from './linking-failure.js';

interface Candidate {
  readonly provider: Pick<ProviderSettings, 'providerId'>;
  readonly identity: Pick<ExternalIdentity, 'profile'>;
}

/**
 * Whether a person from a provider may sign in as the user with the same e-mail address, who did not ask for it: only where both sides have
 * verified the address and the provider is trusted with it (T112).
 * @returns why not, or null
 */
export function mayLinkImplicitly(
  rules: AccountLinkingSettings['linking'],
  { provider, identity }: Candidate,
  user: HostUser,
): LinkingFailureCode | null {
  const isTrusted = rules.trustedProviders.has(provider.providerId);
  const isProven = identity.profile.emailVerified || !rules.requireProviderEmailVerified;
  const isOwned = user.emailVerified || !rules.requireLocalEmailVerified;
  const isAllowed = rules.enabled && !rules.disableImplicitLinking;
  return isAllowed && isTrusted && isProven && isOwned ? null : 'account_not_linked';
}

/**
 * Whether a signed-in user may link this account. They have proven that both are theirs; still the addresses must be the same, and the provider's
 * verified unless the provider is trusted. `allowDifferentEmails` drops both conditions.
 * @returns why not, or null
 */
export function mayLinkExplicitly(
  rules: AccountLinkingSettings['linking'],
  { provider, identity }: Candidate,
  user: HostUser,
): LinkingFailureCode | null {
  if (!rules.enabled) return 'unable_to_link_account';
  if (rules.allowDifferentEmails) return null;
  const email = normaliseEmail(identity.profile.email ?? '');
  if (email === null || email !== normaliseEmail(user.email)) return 'email_does_not_match';
  return identity.profile.emailVerified || rules.trustedProviders.has(provider.providerId)
    ? null
    : 'email_not_verified';
}
