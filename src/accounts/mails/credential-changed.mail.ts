import { Injectable } from '@nestjs/common';
import type { ComposedMail, DueMail, MailComposer } from '../../common/mail/mail-composer.js';
import type { MailNotice } from '../../common/mail/mail.js';
import type { CredentialChange, FactorChange } from '../../common/ports/credential-change.js';
import { HostPorts } from '../../common/ports/port.js';
import { text } from '../../common/texts/text.js';
import type { TextKey } from '../../common/texts/languages/en/index.js';

declare module '../../common/mail/mail.js' {
  interface MailContentMap {
    /** A password, an address or a second factor is another one. */
    'credential-changed': MailNotice & {
      readonly change: CredentialChange;
      /** Of a `factor`; null: of something else. */
      readonly factor: FactorChange | null;
    };
  }
}

const SUBJECTS: Readonly<Record<CredentialChange, TextKey>> = {
  password: 'mail.changed.password',
  email: 'mail.changed.email',
  factor: 'mail.changed.factor',
  owner: 'mail.changed.owner',
};

const FACTOR_SUBJECTS: Readonly<Record<FactorChange, TextKey>> = {
  'app-added': 'mail.changed.appAdded',
  'mail-codes-added': 'mail.changed.mailCodesAdded',
  'factor-removed': 'mail.changed.factorRemoved',
  'codes-replaced': 'mail.changed.codesReplaced',
  'passkey-added': 'mail.changed.passkeyAdded',
  'passkey-removed': 'mail.changed.passkeyRemoved',
};

/** Tells users what has become another in their account, so that they hear of what they did not do. */
@Injectable()
export class CredentialChangedMail implements MailComposer<'credential-changed'> {
  readonly kind = 'credential-changed';

  constructor(private readonly ports: HostPorts) {}

  async compose({ subject, facts, orderedAt: at }: DueMail): Promise<ComposedMail<'credential-changed'> | null> {
    const user = await this.ports.users.get().find(subject);
    if (!user) return null;
    const change = facts['change'] as CredentialChange;
    const factor = (facts['factor'] ?? null) as FactorChange | null;
    const { ipAddress = null, userAgent = null } = facts;
    return {
      to: user.email,
      userId: user.id,
      content: { change, factor, at, ipAddress, userAgent },
      letter: {
        subject: text(factor === null ? SUBJECTS[change] : FACTOR_SUBJECTS[factor]),
        paragraphs: [text('mail.changed.text', { account: user.email })],
        close: text('mail.changed.notYou'),
      },
    };
  }
}
