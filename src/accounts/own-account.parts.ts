import type { Provider, Type } from '@nestjs/common';
import { ChangeEmailController } from './email-change/change-email.controller.js';
import { EmailChangePageController } from './email-change/email-change-page.controller.js';
import { EmailChanges } from './email-change/email-changes.js';
import { EmailUndo } from './email-change/email-undo.js';
import { DeleteUserMail } from './mails/delete-user.mail.js';
import { ChangeEmailConfirmMail, ChangeEmailVerifyMail, EmailChangeLinks } from './mails/email-change-links.js';
import { EmailChangedMail } from './mails/email-changed.mail.js';
import { NewSignInMail } from './mails/new-sign-in.mail.js';
import { OwnAccountMails } from './mails/own-account-mails.js';
import { AccountDeletions } from './own-account/account-deletions.js';
import { DeleteUserController } from './own-account/delete-user.controller.js';
import { OwnPasswordController } from './own-account/own-password.controller.js';
import { OwnPasswords } from './own-account/own-passwords.js';
import { EmailPageController } from './pages/email-page.controller.js';
import { PasswordPageController } from './pages/password-page.controller.js';
import { ProfilePages } from './pages/profile-pages.js';
import { KnownDevices } from './sessions/known-devices.js';
import { EmailLinkController } from './verification/email-link.controller.js';

/** What users change about themselves, by routes and by pages. */
export const OWN_ACCOUNT_CONTROLLERS: Type[] = [
  OwnPasswordController,
  DeleteUserController,
  ChangeEmailController,
  EmailChangePageController,
  PasswordPageController,
  EmailPageController,
  EmailLinkController,
];

export const OWN_ACCOUNT_PROVIDERS: Provider[] = [
  KnownDevices,
  EmailChangeLinks,
  ChangeEmailConfirmMail,
  ChangeEmailVerifyMail,
  EmailChangedMail,
  EmailChanges,
  EmailUndo,
  DeleteUserMail,
  NewSignInMail,
  OwnAccountMails,
  AccountDeletions,
  OwnPasswords,
  ProfilePages,
];
