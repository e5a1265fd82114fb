import { Injectable } from '@nestjs/common';
import type { ComposedMail, DueMail, MailComposer } from '../../common/mail/mail-composer.js';
import type { MailCode } from '../../common/mail/mail.js';
import { HostPorts } from '../../common/ports/port.js';
import { text } from '../../common/texts/text.js';
import { MailCodes } from '../factors/mail-codes.js';
import { TwoFactors } from '../factors/two-factors.js';

declare module '../../common/mail/mail.js' {
  interface MailContentMap {
    /** The second factor of a sign-in: the first one was right. */
    'second-factor-code': MailCode;
  }
}

/** Sends the code that a user types as their second factor. */
@Injectable()
export class SecondFactorCodeMail implements MailComposer<'second-factor-code'> {
  readonly kind = 'second-factor-code';

  constructor(
    private readonly ports: HostPorts,
    private readonly factors: TwoFactors,
    private readonly codes: MailCodes,
  ) {}

  async compose({ subject, facts }: DueMail): Promise<ComposedMail<'second-factor-code'> | null> {
    const user = await this.ports.users.get().find(subject);
    if (!user || !this.codes.areFor(await this.factors.of(subject))) return null;
    const { code, expiresAt } = await this.codes.make(facts['key']!);
    return {
      to: user.email,
      userId: user.id,
      content: { code, expiresAt },
      letter: {
        subject: text('mail.factor.subject'),
        paragraphs: [text('mail.factor.text', { account: user.email })],
        code,
        close: text('mail.factor.notYou'),
      },
    };
  }
}
