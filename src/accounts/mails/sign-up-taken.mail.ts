import { Injectable } from '@nestjs/common';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import type { ComposedMail, DueMail, MailComposer } from '../../common/mail/mail-composer.js';
import type { MailNotice } from '../../common/mail/mail.js';
import { HostPorts } from '../../common/ports/port.js';
import { findByAddress } from '../../common/ports/user-directory.js';
import { text } from '../../common/texts/text.js';

declare module '../../common/mail/mail.js' {
  interface MailContentMap {
    /** Somebody has tried to sign up with the address of a user; only the user is told that it is taken (T121). */
    'sign-up-taken': MailNotice;
  }
}

/** Tells the owner of an address that they have an account already. */
@Injectable()
export class SignUpTakenMail implements MailComposer<'sign-up-taken'> {
  readonly kind = 'sign-up-taken';

  constructor(
    private readonly ports: HostPorts,
    private readonly routes: AuthRoutes,
  ) {}

  async compose({ subject, facts, orderedAt: at }: DueMail): Promise<ComposedMail<'sign-up-taken'> | null> {
    const user = await findByAddress(this.ports.users.get(), subject);
    if (!user) return null;
    const { ipAddress = null, userAgent = null } = facts;
    return {
      to: user.email,
      userId: user.id,
      content: { at, ipAddress, userAgent },
      letter: {
        subject: text('mail.taken.subject'),
        paragraphs: [text('mail.taken.text', { account: user.email })],
        link: { words: text('signIn.button'), url: this.routes.urlOf('/sign-in') },
        close: text('mail.taken.notYou'),
      },
    };
  }
}
