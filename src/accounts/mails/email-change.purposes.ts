import type { SecretPurpose } from '../../common/one-time/one-time-secrets.js';
import type { AccountsSettings } from '../accounts.settings.js';

/** The link to the present address, the one to the new address, and the one that takes the change back. */
export type EmailChangeStep = 'change-email-confirm' | 'change-email-verify' | 'undo-email-change';

/** What the links of a change of address are good for. */
export function emailChangePurpose({ changeEmail }: AccountsSettings, name: EmailChangeStep): SecretPurpose {
  const { lifetimeSeconds, undoLifetimeSeconds } = changeEmail;
  return { name, lifetimeSeconds: name === 'undo-email-change' ? undoLifetimeSeconds : lifetimeSeconds };
}

/**
 * Under which subject the link is kept that takes a change back. Not under the user's own id: whoever has taken an account over, and changes
 * the password next, must not void it by that.
 */
export function undoSubjectOf(userId: string): string {
  return `undo ${userId}`;
}
