import { Injectable } from '@nestjs/common';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import type { ComposedMail, DueMail, MailComposer } from '../../common/mail/mail-composer.js';
import type { MailNotice } from '../../common/mail/mail.js';
import { HostPorts } from '../../common/ports/port.js';
import { text } from '../../common/texts/text.js';

declare module '../../common/mail/mail.js' {
  interface MailContentMap {
    /** A sign-in from a kind of device that is new for this user. */
    'new-sign-in': MailNotice & {
      /** What people call it, e.g. `Firefox · Windows`; null: not known. */
      readonly device: string | null;
    };
  }
}

/** Tells users of a sign-in from a new device, so that they hear of one that was not theirs. */
@Injectable()
export class NewSignInMail implements MailComposer<'new-sign-in'> {
  readonly kind = 'new-sign-in';

  constructor(
    private readonly ports: HostPorts,
    private readonly routes: AuthRoutes,
  ) {}

  async compose({ subject, facts, orderedAt: at }: DueMail): Promise<ComposedMail<'new-sign-in'> | null> {
    const user = await this.ports.users.get().find(subject);
    if (!user) return null;
    const { ipAddress = null, userAgent = null, device = null } = facts;
    const account = user.email;
    return {
      to: user.email,
      userId: user.id,
      content: { at, ipAddress, userAgent, device },
      letter: {
        subject: text('mail.newSignIn.subject'),
        paragraphs: [
          device === null
            ? text('mail.newSignIn.unknown', { account })
            : text('mail.newSignIn.text', { account, device }),
        ],
        link: { words: text('account.sessions'), url: this.routes.urlOf('/account/sessions') },
        close: text('mail.newSignIn.notYou'),
      },
    };
  }
}
