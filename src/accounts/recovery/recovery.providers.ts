import type { Provider, Type } from '@nestjs/common';
import { EmailLinkController } from '../verification/email-link.controller.js';
import { EmailVerificationController } from '../verification/email-verification.controller.js';
import { EmailVerifications } from '../verification/email-verifications.js';
import { VerificationPageController } from '../verification/verification-page.controller.js';
import { MailboxPasswords } from './mailbox-passwords.js';
import { PasswordResetController } from './password-reset.controller.js';
import { PasswordResets } from './password-resets.js';
import { RecoveryPageController } from './recovery-page.controller.js';

/** What an address is good for: a new password, and that it is its user's. */
export const recoveryProviders: Provider[] = [MailboxPasswords, PasswordResets, EmailVerifications];

export const recoveryControllers: Type[] = [
  PasswordResetController,
  RecoveryPageController,
  EmailVerificationController,
  EmailLinkController,
  VerificationPageController,
];
