import { Inject, Injectable } from '@nestjs/common';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import type { ComposedMail, DueMail, MailComposer } from '../../common/mail/mail-composer.js';
import type { MailLink } from '../../common/mail/mail.js';
import { OneTimeSecrets } from '../../common/one-time/one-time-secrets.js';
import { HostPorts } from '../../common/ports/port.js';
import { findByAddress } from '../../common/ports/user-directory.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { text } from '../../common/texts/text.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';

declare module '../../common/mail/mail.js' {
  interface MailContentMap {
    /** Leads back here: whoever opens it has read mail at this address. */
    'verify-email': MailLink;
  }
}

/** Writes to the address of a user that nobody has verified yet. */
@Injectable()
export class VerificationMail implements MailComposer<'verify-email'> {
  readonly kind = 'verify-email';

  constructor(
    private readonly ports: HostPorts,
    private readonly subjects: SubjectStore,
    private readonly secrets: OneTimeSecrets,
    private readonly routes: AuthRoutes,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  async compose({ subject: email, facts }: DueMail): Promise<ComposedMail<'verify-email'> | null> {
    const user = await findByAddress(this.ports.users.get(), email);
    if (!user || user.emailVerified || (await this.subjects.epoch(user.id)) === null) return null;
    const { lifetimeSeconds } = this.settings.emailVerification;
    const { token, expiresAt } = await this.secrets.makeToken({ name: this.kind, lifetimeSeconds }, user.id, {
      email: user.email,
      browser: facts['browser'] ?? null,
    });
    const url = new URL(this.routes.urlOf('/verify-email'));
    url.searchParams.set('token', token);
    url.searchParams.set('callbackURL', facts['callbackUrl'] ?? this.routes.publicPathOf('/email-verified'));
    return {
      to: user.email,
      userId: user.id,
      content: { url: url.href, expiresAt },
      letter: {
        subject: text('mail.verify.subject'),
        paragraphs: [text('mail.verify.text', { account: user.email })],
        link: { words: text('mail.verify.button'), url: url.href },
        close: text('mail.notYou'),
      },
    };
  }
}
