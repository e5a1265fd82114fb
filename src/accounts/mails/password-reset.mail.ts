import type { ComposedMail, DueMail, MailComposer } from '../../common/mail/mail-composer.js';
import type { MailLink } from '../../common/mail/mail.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { OneTimeSecrets } from '../../common/one-time/one-time-secrets.js';
import { HostPorts } from '../../common/ports/port.js';
import { findByAddress } from '../../common/ports/user-directory.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { text } from '../../common/texts/text.js';
import { Inject, Injectable } from '@nestjs/common';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';

declare module '../../common/mail/mail.js' {
  interface MailContentMap {
    /** Leads to a page where a new password is chosen. */
    'reset-password': MailLink;
  }
}

/** Writes to whoever asked for a new password, if they are a user. */
@Injectable()
export class PasswordResetMail implements MailComposer<'reset-password'> {
  readonly kind = 'reset-password';

  constructor(
    private readonly ports: HostPorts,
    private readonly subjects: SubjectStore,
    private readonly secrets: OneTimeSecrets,
    private readonly routes: AuthRoutes,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  async compose({ subject: email, facts }: DueMail): Promise<ComposedMail<'reset-password'> | null> {
    const user = await findByAddress(this.ports.users.get(), email);
    // Read before the token is made: a change of the password makes the token worthless (see SubjectStore.renew).
    const epoch = user && (await this.subjects.epoch(user.id));
    if (!user || epoch === null) return null;
    const { lifetimeSeconds } = this.settings.passwordReset;
    const { token, expiresAt } = await this.secrets.makeToken({ name: this.kind, lifetimeSeconds }, user.id, {
      epoch,
      email: user.email,
    });
    const url = new URL(this.routes.urlOf(`/reset-password/${token}`));
    url.searchParams.set('callbackURL', facts['redirectTo'] ?? '');
    return {
      to: user.email,
      userId: user.id,
      content: { url: url.href, expiresAt },
      letter: {
        subject: text('mail.reset.subject'),
        paragraphs: [text('mail.reset.text', { account: user.email })],
        link: { words: text('mail.reset.button'), url: url.href },
        close: text('mail.notYou'),
      },
    };
  }
}
