import { Injectable } from '@nestjs/common';
import type { ComposedMail, DueMail, MailComposer } from '../../common/mail/mail-composer.js';
import type { MailNotice } from '../../common/mail/mail.js';
import { HostPorts } from '../../common/ports/port.js';
import { text } from '../../common/texts/text.js';

declare module '../../common/mail/mail.js' {
  interface MailContentMap {
    /** Many wrong codes in a row, by somebody who has shown the first factor. */
    'second-factor-locked': MailNotice;
  }
}

/** Tells users that somebody who knows their password tries codes. */
@Injectable()
export class FactorLockedMail implements MailComposer<'second-factor-locked'> {
  readonly kind = 'second-factor-locked';

  constructor(private readonly ports: HostPorts) {}

  async compose({ subject, facts, orderedAt: at }: DueMail): Promise<ComposedMail<'second-factor-locked'> | null> {
    const user = await this.ports.users.get().find(subject);
    if (!user) return null;
    const { ipAddress = null, userAgent = null } = facts;
    return {
      to: user.email,
      userId: user.id,
      content: { at, ipAddress, userAgent },
      letter: {
        subject: text('mail.locked.subject'),
        paragraphs: [text('mail.locked.text', { account: user.email })],
        close: text('mail.factor.notYou'),
      },
    };
  }
}
