import { Inject, Injectable } from '@nestjs/common';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import type { ComposedMail, DueMail, MailComposer } from '../../common/mail/mail-composer.js';
import type { MailNotice } from '../../common/mail/mail.js';
import { OneTimeSecrets } from '../../common/one-time/one-time-secrets.js';
import { HostPorts } from '../../common/ports/port.js';
import { text } from '../../common/texts/text.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { emailChangePurpose, undoSubjectOf } from './email-change.purposes.js';

declare module '../../common/mail/mail.js' {
  interface MailContentMap {
    /** To the old address: the account has another one now. */
    'email-changed': MailNotice & {
      readonly newEmail: string;
      /** Takes the change back, once. It holds a secret. Null: an older address has such a link, and it is the one that counts. */
      readonly url: string | null;
      readonly expiresAt: Date | null;
    };
  }
}

/** Writes to the address that a user had, where it was verified: its owner takes back what they did not do. */
@Injectable()
export class EmailChangedMail implements MailComposer<'email-changed'> {
  readonly kind = 'email-changed';

  constructor(
    private readonly ports: HostPorts,
    private readonly secrets: OneTimeSecrets,
    private readonly routes: AuthRoutes,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  async compose({ subject, facts, orderedAt: at }: DueMail): Promise<ComposedMail<'email-changed'> | null> {
    const user = await this.ports.users.get().find(subject);
    const { from, to, undo, ipAddress = null, userAgent = null } = facts;
    // Taken back meanwhile.
    if (!user || !from || !to || user.email === from) return null;
    const link = undo === 'yes' ? await this.link(user.id, from) : null;
    return {
      to: from,
      userId: user.id,
      content: { at, ipAddress, userAgent, newEmail: to, url: link?.url ?? null, expiresAt: link?.expiresAt ?? null },
      letter: {
        subject: text('mail.changed.email'),
        paragraphs: [text('mail.emailChanged.text', { account: from, email: to })],
        ...(link && { link: { words: text('mail.emailChanged.button'), url: link.url } }),
        close: text(link ? 'mail.emailChanged.notYou' : 'mail.changed.notYou'),
      },
    };
  }

  private async link(userId: string, email: string): Promise<{ url: string; expiresAt: Date }> {
    const purpose = emailChangePurpose(this.settings, 'undo-email-change');
    const { token, expiresAt } = await this.secrets.makeToken(purpose, undoSubjectOf(userId), { userId, email });
    const url = new URL(this.routes.urlOf('/undo-email-change'));
    url.searchParams.set('token', token);
    return { url: url.href, expiresAt };
  }
}
