import { Inject, Injectable } from '@nestjs/common';
import { normaliseEmail } from '../../common/email.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { addressKey } from '../../common/http/request/client-address.js';
import { RateLimits, type RateLimit } from '../../common/limits/rate-limits.js';
import { Outbox } from '../../common/mail/outbox.js';
import type { SecretFacts } from '../../common/one-time/one-time-secret.store.js';
import type { Transaction } from '../../common/database/transaction.js';
import { OneTimeSecrets, type SecretPurpose } from '../../common/one-time/one-time-secrets.js';
import type { Caller } from '../../common/ports/caller.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { MailboxSignIns, type MailboxSignIn } from '../mailbox-sign-in/mailbox-sign-ins.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { VerifyingBrowser } from '../sign-in/verifying-browser.js';
import type { LinkTargets } from './link-addresses.js';

/** What a link is asked for with. */
export interface LinkWish extends LinkTargets {
  readonly email: string;
  /** Of a new user. */
  readonly name: string | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
}

/** A link that is good, as it was sent. */
export interface OpenLink {
  readonly token: string;
  readonly email: string;
  readonly facts: SecretFacts;
}

/** How it is opened, and by whom. */
export interface LinkOpening {
  readonly caller: Caller;
  readonly answersWithBody: boolean;
}

/** All count alike for addresses that are nobody's. */
const BY_ADDRESS: RateLimit = { name: 'magic-link-address', max: 30, windowSeconds: 3_600 };
/** Keeps strangers from filling a mailbox. */
const BY_EMAIL: RateLimit = { name: 'magic-link-email', max: 5, windowSeconds: 900 };
const CLICKS_BY_ADDRESS: RateLimit = { name: 'magic-link-click', max: 60, windowSeconds: 60 };

/** Sign-in by a link that is sent to the user's address. */
@Injectable()
export class MagicLinks {
  constructor(
    private readonly outbox: Outbox,
    private readonly secrets: OneTimeSecrets,
    private readonly sessions: SessionsService,
    private readonly signIns: MailboxSignIns,
    private readonly browser: VerifyingBrowser,
    private readonly limits: RateLimits,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  get isOn(): boolean {
    return this.settings.magicLink.enabled && this.outbox.isOn;
  }

  /** Mail cannot be sent at present: what was ordered comes later. */
  get areDelayed(): boolean {
    return this.outbox.isDelayed;
  }

  /** @throws AuthError 404 where links are off */
  requireOn(): void {
    if (!this.isOn) throw AuthError.notFound();
  }

  /**
   * Orders a link. The same work whether or not somebody has the address.
   * @returns complete `Set-Cookie` lines by which the browser is known again
   * @throws AuthError 400 `INVALID_EMAIL`, 429
   */
  async request({ email: given, metadata, ...facts }: LinkWish, caller: Caller): Promise<readonly string[]> {
    this.requireOn();
    await this.limits.consume(BY_ADDRESS, addressKey(caller.address));
    const email = normaliseEmail(given);
    if (email === null) throw AuthError.badRequest('INVALID_EMAIL', 'Invalid email');
    const mark = this.browser.mark(caller.headers);
    // Too many for one address are not told: whoever sees it would know that somebody else has asked.
    if (await this.limits.allows(BY_EMAIL, email))
      await this.outbox.order({
        kind: 'magic-link',
        subject: email,
        facts: { ...facts, metadata: metadata && JSON.stringify(metadata), browser: mark.digest },
        usefulSeconds: this.settings.magicLink.lifetimeSeconds,
      });
    return mark.cookies;
  }

  /** Looks at a link; it stays as it is. @throws AuthError 401 `INVALID_TOKEN` when it is unknown, spent or expired, 429 */
  async read(token: string, caller: Caller): Promise<OpenLink> {
    this.requireOn();
    await this.limits.consume(CLICKS_BY_ADDRESS, addressKey(caller.address));
    const found = await this.secrets.readToken(this.purpose, token);
    if (!found || found.used || found.expired) throw invalidToken();
    return { token, email: found.subject, facts: found.facts };
  }

  /** Whether the browser has asked for the link, and nobody else is signed in there. */
  async isOfBrowser({ facts }: OpenLink, { headers }: Caller): Promise<boolean> {
    if (this.browser.known(headers) !== facts['browser']) return false;
    const current = await this.sessions.current(headers);
    return current === null || current.user.id === facts['userId'];
  }

  /** Signs in, and spends the link. @throws AuthError 401 `INVALID_TOKEN`, or as `MailboxSignIns.signIn` */
  async open(link: OpenLink, { caller, answersWithBody }: LinkOpening): Promise<MailboxSignIn> {
    const { email, facts } = link;
    // What somebody in another browser has said is not the name of who opens it.
    const isAsker = this.browser.known(caller.headers) === facts['browser'];
    const proof = {
      email,
      facts,
      disableSignUp: this.settings.magicLink.disableSignUp,
      name: isAsker && typeof facts['name'] === 'string' ? facts['name'] : null,
      image: null,
      spend: async (tx: Transaction) => {
        if (!(await this.secrets.takeToken(tx, this.purpose, link.token))) throw invalidToken();
      },
      refused: invalidToken,
    };
    return this.signIns.signIn(proof, { rememberMe: true, answersWithBody, caller });
  }

  private get purpose(): SecretPurpose {
    return { name: 'magic-link', lifetimeSeconds: this.settings.magicLink.lifetimeSeconds };
  }
}

function invalidToken(): AuthError {
  return new AuthError({ status: 401, code: 'INVALID_TOKEN', error: 'unauthorized', description: 'Invalid token' });
}
