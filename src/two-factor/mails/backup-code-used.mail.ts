import { Injectable } from '@nestjs/common';
import type { ComposedMail, DueMail, MailComposer } from '../../common/mail/mail-composer.js';
import type { MailNotice } from '../../common/mail/mail.js';
import { HostPorts } from '../../common/ports/port.js';
import { text } from '../../common/texts/text.js';

declare module '../../common/mail/mail.js' {
  interface MailContentMap {
    /** A backup code has taken the place of the second factor. */
    'backup-code-used': MailNotice & { readonly codesLeft: number };
  }
}

/** Tells users that one of their backup codes was used, and how many they have left. */
@Injectable()
export class BackupCodeUsedMail implements MailComposer<'backup-code-used'> {
  readonly kind = 'backup-code-used';

  constructor(private readonly ports: HostPorts) {}

  async compose({ subject, facts, orderedAt: at }: DueMail): Promise<ComposedMail<'backup-code-used'> | null> {
    const user = await this.ports.users.get().find(subject);
    if (!user) return null;
    const { ipAddress = null, userAgent = null } = facts;
    const codesLeft = Number(facts['codesLeft']);
    return {
      to: user.email,
      userId: user.id,
      content: { codesLeft, at, ipAddress, userAgent },
      letter: {
        subject: text('mail.backupCode.subject'),
        paragraphs: [text('mail.backupCode.text', { account: user.email, count: codesLeft })],
        close: text('mail.changed.notYou'),
      },
    };
  }
}
