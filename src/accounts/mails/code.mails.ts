import { Inject, Injectable } from '@nestjs/common';
import type { ComposedMail, DueMail, MailComposer } from '../../common/mail/mail-composer.js';
import type { MailCode } from '../../common/mail/mail.js';
import { OneTimeSecrets } from '../../common/one-time/one-time-secrets.js';
import type { TextKey } from '../../common/texts/languages/en/index.js';
import { text } from '../../common/texts/text.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { CODE_TYPES, codePurpose, codeSubject, type CodeMailKind, type CodeType } from './code-purpose.js';
import { Mailboxes, type Mailbox } from './mailboxes.js';

declare module '../../common/mail/mail.js' {
  interface MailContentMap {
    /** Signs in. */
    'sign-in-code': MailCode;
    /** Shows that the address is the user's. */
    'email-verification-code': MailCode;
    /** Lets the user choose a new password. */
    'forget-password-code': MailCode;
    /** Makes the address the user's. */
    'change-email-code': MailCode;
  }
}

const WORDS: Readonly<Record<CodeType, readonly [TextKey, TextKey]>> = {
  'sign-in': ['mail.code.signIn', 'mail.code.signInText'],
  'email-verification': ['mail.code.verify', 'mail.code.verifyText'],
  'forget-password': ['mail.code.reset', 'mail.code.resetText'],
  'change-email': ['mail.code.change', 'mail.code.changeText'],
};

/** Writes the codes that somebody types. */
@Injectable()
export class CodeMails {
  /** One for each kind. */
  readonly composers: readonly MailComposer[] = CODE_TYPES.map((type) => ({
    kind: `${type}-code` as const,
    compose: (order) => this.compose(type, order),
  }));

  constructor(
    private readonly mailboxes: Mailboxes,
    private readonly secrets: OneTimeSecrets,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  private async compose(
    type: CodeType,
    { subject: email, facts }: DueMail,
  ): Promise<ComposedMail<CodeMailKind> | null> {
    const { userId = null } = facts;
    const mailbox = await this.mailboxOf(type, email, userId);
    if (!mailbox) return null;
    const purpose = codePurpose(type, this.settings.emailCode);
    const { code, expiresAt } = await this.secrets.makeCode(purpose, codeSubject(email, userId), mailbox.facts);
    const [subject, paragraph] = WORDS[type];
    return {
      to: mailbox.to,
      userId: mailbox.user?.id ?? null,
      content: { code, expiresAt },
      letter: {
        subject: text(subject),
        paragraphs: [text(paragraph, { account: mailbox.to })],
        code,
        close: text('mail.code.notYou'),
      },
    };
  }

  private async mailboxOf(type: CodeType, email: string, userId: string | null): Promise<Mailbox | null> {
    if (type === 'sign-in') return this.mailboxes.ofAnybody(email, this.settings.emailCode);
    if (type !== 'change-email') return this.mailboxes.ofUser(email);
    return userId === null ? null : this.mailboxes.ofNobody(email, userId);
  }
}
