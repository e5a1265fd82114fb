import { Injectable } from '@nestjs/common';
import type { ComposedMail, DueMail, MailComposer } from '../../common/mail/mail-composer.js';
import type { MailNotice } from '../../common/mail/mail.js';
import { HostPorts } from '../../common/ports/port.js';
import { text } from '../../common/texts/text.js';

declare module '../../common/mail/mail.js' {
  interface MailContentMap {
    /** A sign-in by what seems to be a copy of a passkey was refused. */
    'passkey-copied': MailNotice & { readonly name: string | null };
  }
}

/** Tells users that somebody may have a copy of their passkey. */
@Injectable()
export class PasskeyCopiedMail implements MailComposer<'passkey-copied'> {
  readonly kind = 'passkey-copied';

  constructor(private readonly ports: HostPorts) {}

  async compose({ subject, facts, orderedAt: at }: DueMail): Promise<ComposedMail<'passkey-copied'> | null> {
    const user = await this.ports.users.get().find(subject);
    if (!user) return null;
    const { name = null, ipAddress = null, userAgent = null } = facts;
    return {
      to: user.email,
      userId: user.id,
      content: { at, name, ipAddress, userAgent },
      letter: {
        subject: text('mail.passkeyCopied.subject'),
        paragraphs: [
          text('mail.passkeyCopied.text', { account: user.email, passkey: name ?? text('passkeys.unnamed') }),
          text('mail.passkeyCopied.do'),
        ],
      },
    };
  }
}
