import { Inject, Injectable } from '@nestjs/common';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import type { ComposedMail, DueMail, MailComposer } from '../../common/mail/mail-composer.js';
import type { MailLink } from '../../common/mail/mail.js';
import { OneTimeSecrets, type SecretPurpose } from '../../common/one-time/one-time-secrets.js';
import { HostPorts } from '../../common/ports/port.js';
import { text } from '../../common/texts/text.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';

declare module '../../common/mail/mail.js' {
  interface MailContentMap {
    /** Deletes the account, in the user's own session. */
    'delete-user': MailLink;
  }
}

export function deleteUserPurpose({ deleteUser }: AccountsSettings): SecretPurpose {
  return { name: 'delete-user', lifetimeSeconds: deleteUser.lifetimeSeconds };
}

/** Asks at the user's address before their account is deleted. */
@Injectable()
export class DeleteUserMail implements MailComposer<'delete-user'> {
  readonly kind = 'delete-user';

  constructor(
    private readonly ports: HostPorts,
    private readonly secrets: OneTimeSecrets,
    private readonly routes: AuthRoutes,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  async compose({ subject, facts }: DueMail): Promise<ComposedMail<'delete-user'> | null> {
    const user = await this.ports.users.get().find(subject);
    if (!user || user.email !== facts['email']) return null;
    const { token, expiresAt } = await this.secrets.makeToken(deleteUserPurpose(this.settings), subject);
    const url = new URL(this.routes.urlOf('/delete-user/callback'));
    url.searchParams.set('token', token);
    url.searchParams.set('callbackURL', facts['callbackUrl'] ?? this.routes.publicPathOf('/account/deleted'));
    return {
      to: user.email,
      userId: user.id,
      content: { url: url.href, expiresAt },
      letter: {
        subject: text('mail.delete.subject'),
        paragraphs: [text('mail.delete.text', { account: user.email }), text('delete.about')],
        link: { words: text('delete.button'), url: url.href },
        close: text('mail.changeEmail.notYou'),
      },
    };
  }
}
