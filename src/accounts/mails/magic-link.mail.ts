import { Inject, Injectable } from '@nestjs/common';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import type { ComposedMail, DueMail, MailComposer } from '../../common/mail/mail-composer.js';
import type { MailLink } from '../../common/mail/mail.js';
import { OneTimeSecrets } from '../../common/one-time/one-time-secrets.js';
import { text } from '../../common/texts/text.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { Mailboxes } from './mailboxes.js';

declare module '../../common/mail/mail.js' {
  interface MailContentMap {
    /** Signs in. */
    'magic-link': MailLink & {
      /** What the asking page has sent along: anybody's words. */
      readonly metadata: Readonly<Record<string, unknown>> | null;
    };
  }
}

/** Parameters of the link that say where the browser goes on. */
const ADDRESSES = ['callbackURL', 'newUserCallbackURL', 'errorCallbackURL'] as const;

/** Writes the link by which somebody signs in. */
@Injectable()
export class MagicLinkMail implements MailComposer<'magic-link'> {
  readonly kind = 'magic-link';

  constructor(
    private readonly mailboxes: Mailboxes,
    private readonly secrets: OneTimeSecrets,
    private readonly routes: AuthRoutes,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  async compose({ subject: email, facts }: DueMail): Promise<ComposedMail<'magic-link'> | null> {
    const { lifetimeSeconds, ...rules } = this.settings.magicLink;
    const mailbox = await this.mailboxes.ofAnybody(email, rules);
    if (!mailbox) return null;
    const { browser = null, name = null, metadata = null } = facts;
    const purpose = { name: this.kind, lifetimeSeconds };
    const { token, expiresAt } = await this.secrets.makeToken(purpose, email, { ...mailbox.facts, browser, name });
    const url = new URL(this.routes.urlOf('/magic-link/verify'));
    url.searchParams.set('token', token);
    for (const address of ADDRESSES) if (facts[address]) url.searchParams.set(address, facts[address]);
    return {
      to: mailbox.to,
      userId: mailbox.user?.id ?? null,
      content: {
        url: url.href,
        expiresAt,
        metadata: metadata === null ? null : (JSON.parse(metadata) as Readonly<Record<string, unknown>>),
      },
      letter: {
        subject: text('mail.magicLink.subject'),
        paragraphs: [text('mail.magicLink.text', { account: mailbox.to })],
        link: { words: text('mail.magicLink.button'), url: url.href },
        close: text('mail.notYou'),
      },
    };
  }
}
