import { Inject, Injectable } from '@nestjs/common';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import type { ComposedMail, DueMail, MailComposer } from '../../common/mail/mail-composer.js';
import type { MailLink } from '../../common/mail/mail.js';
import { OneTimeSecrets } from '../../common/one-time/one-time-secrets.js';
import { HostPorts } from '../../common/ports/port.js';
import { findByAddress, type HostUser } from '../../common/ports/user-directory.js';
import { text } from '../../common/texts/text.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { emailChangePurpose, type EmailChangeStep } from './email-change.purposes.js';

declare module '../../common/mail/mail.js' {
  interface MailContentMap {
    /** To the present address: whether it may be changed to another one. */
    'change-email-confirm': MailLink & { readonly newEmail: string };
    /** To the new address: whoever opens it, signed in, has read mail there. */
    'change-email-verify': MailLink;
  }
}

/** Where both links lead that name no other page. */
export const EMAIL_CHANGE_PAGE = '/email-change';

/** Makes the links of a change of address, as long as the account is as it was when the change was asked for. */
@Injectable()
export class EmailChangeLinks {
  constructor(
    private readonly ports: HostPorts,
    private readonly secrets: OneTimeSecrets,
    private readonly routes: AuthRoutes,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  /** @returns the user who asked; null: their address is another one meanwhile */
  async asker({ subject, facts }: DueMail): Promise<HostUser | null> {
    const user = await this.ports.users.get().find(subject);
    return user?.email === facts['from'] ? user : null;
  }

  /** Whether somebody else has the new address: then nobody is written to, and the asker does not learn of it. */
  async isTaken(email: string, userId: string): Promise<boolean> {
    const other = await findByAddress(this.ports.users.get(), email);
    return other !== null && other.id !== userId;
  }

  async make(step: EmailChangeStep, { subject, facts }: DueMail): Promise<MailLink> {
    const { from = null, to = null, callbackUrl = null, epoch = null } = facts;
    const purpose = emailChangePurpose(this.settings, step);
    const { token, expiresAt } = await this.secrets.makeToken(purpose, subject, { from, to, callbackUrl, epoch });
    const url = new URL(this.routes.urlOf('/verify-email'));
    const done = step === 'change-email-confirm' ? 'confirmed' : 'changed';
    url.searchParams.set('token', token);
    url.searchParams.set('callbackURL', callbackUrl ?? `${this.routes.publicPathOf(EMAIL_CHANGE_PAGE)}?done=${done}`);
    return { url: url.href, expiresAt };
  }
}

/** Asks at the present address. */
@Injectable()
export class ChangeEmailConfirmMail implements MailComposer<'change-email-confirm'> {
  readonly kind = 'change-email-confirm';

  constructor(private readonly links: EmailChangeLinks) {}

  async compose(order: DueMail): Promise<ComposedMail<'change-email-confirm'> | null> {
    const user = await this.links.asker(order);
    if (!user) return null;
    const link = await this.links.make(this.kind, order);
    const newEmail = order.facts['to'] ?? '';
    return {
      to: user.email,
      userId: user.id,
      content: { ...link, newEmail },
      letter: {
        subject: text('mail.changeEmail.confirmSubject'),
        paragraphs: [text('mail.changeEmail.confirmText', { account: user.email, email: newEmail })],
        link: { words: text('mail.changeEmail.confirmButton'), url: link.url },
        close: text('mail.changeEmail.notYou'),
      },
    };
  }
}

/** Asks at the new address. */
@Injectable()
export class ChangeEmailVerifyMail implements MailComposer<'change-email-verify'> {
  readonly kind = 'change-email-verify';

  constructor(private readonly links: EmailChangeLinks) {}

  async compose(order: DueMail): Promise<ComposedMail<'change-email-verify'> | null> {
    const user = await this.links.asker(order);
    const newEmail = order.facts['to'] ?? '';
    if (!user || (await this.links.isTaken(newEmail, user.id))) return null;
    const link = await this.links.make(this.kind, order);
    return {
      to: newEmail,
      userId: user.id,
      content: link,
      letter: {
        subject: text('mail.changeEmail.verifySubject'),
        paragraphs: [text('mail.changeEmail.verifyText', { email: newEmail })],
        link: { words: text('mail.changeEmail.verifyButton'), url: link.url },
        close: text('mail.notYou'),
      },
    };
  }
}
