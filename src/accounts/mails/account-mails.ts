import { Injectable, type Provider } from '@nestjs/common';
import type { MailComposer } from '../../common/mail/mail-composer.js';
import { CodeMails } from './code.mails.js';
import { CredentialChangedMail } from './credential-changed.mail.js';
import { DeleteUserMail } from './delete-user.mail.js';
import { ChangeEmailConfirmMail, ChangeEmailVerifyMail, EmailChangeLinks } from './email-change-links.js';
import { EmailChangedMail } from './email-changed.mail.js';
import { MagicLinkMail } from './magic-link.mail.js';
import { Mailboxes } from './mailboxes.js';
import { NewSignInMail } from './new-sign-in.mail.js';
import { OldAddresses } from './old-addresses.js';
import { PasswordResetMail } from './password-reset.mail.js';
import { SignUpTakenMail } from './sign-up-taken.mail.js';
import { VerificationOrders } from './verification-orders.js';
import { VerificationMail } from './verification.mail.js';

/** The writers of all messages of accounts. */
@Injectable()
export class AccountMails {
  readonly composers: readonly MailComposer[];

  constructor(
    reset: PasswordResetMail,
    changed: CredentialChangedMail,
    taken: SignUpTakenMail,
    verification: VerificationMail,
    link: MagicLinkMail,
    codes: CodeMails,
    changeConfirm: ChangeEmailConfirmMail,
    changeVerify: ChangeEmailVerifyMail,
    emailChanged: EmailChangedMail,
    deletion: DeleteUserMail,
    newSignIn: NewSignInMail,
  ) {
    const ofAddresses = [verification, taken, changeConfirm, changeVerify, emailChanged];
    this.composers = [reset, changed, link, ...codes.composers, ...ofAddresses, deletion, newSignIn];
  }
}

export const mailProviders: Provider[] = [
  PasswordResetMail,
  CredentialChangedMail,
  SignUpTakenMail,
  VerificationMail,
  VerificationOrders,
  MagicLinkMail,
  CodeMails,
  Mailboxes,
  EmailChangeLinks,
  ChangeEmailConfirmMail,
  ChangeEmailVerifyMail,
  EmailChangedMail,
  OldAddresses,
  DeleteUserMail,
  NewSignInMail,
  AccountMails,
];
