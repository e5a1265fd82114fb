import { Injectable } from '@nestjs/common';
import type { MailComposer } from '../../common/mail/mail-composer.js';
import { DeleteUserMail } from './delete-user.mail.js';
import { ChangeEmailConfirmMail, ChangeEmailVerifyMail } from './email-change-links.js';
import { EmailChangedMail } from './email-changed.mail.js';
import { NewSignInMail } from './new-sign-in.mail.js';

/** The writers of messages about what users change themselves. */
@Injectable()
export class OwnAccountMails {
  readonly all: readonly MailComposer[];

  constructor(
    confirm: ChangeEmailConfirmMail,
    verify: ChangeEmailVerifyMail,
    changed: EmailChangedMail,
    remove: DeleteUserMail,
    newSignIn: NewSignInMail,
  ) {
    this.all = [confirm, verify, changed, remove, newSignIn];
  }
}
