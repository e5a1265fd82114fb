import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/database/transaction.js';
import { normaliseEmail } from '../../common/email.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { addressKey } from '../../common/http/request/client-address.js';
import { RateLimits, type RateLimit } from '../../common/limits/rate-limits.js';
import { Outbox } from '../../common/mail/outbox.js';
import type { Caller } from '../../common/ports/caller.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import type { CodeType } from '../mails/code-purpose.js';

/** All count alike for addresses that are nobody's. */
const BY_ADDRESS: RateLimit = { name: 'email-code-request', max: 30, windowSeconds: 3_600 };
/** Keeps strangers from filling a mailbox, and from voiding the codes that the owner has just got. */
const BY_EMAIL: RateLimit = { name: 'email-code-email', max: 5, windowSeconds: 900 };

/** Orders codes. Who has an address is looked up when the message is written; a code lives from when it is sent. */
@Injectable()
export class CodeOrders {
  constructor(
    private readonly outbox: Outbox,
    private readonly limits: RateLimits,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  get isOn(): boolean {
    return this.settings.emailCode.enabled && this.outbox.isOn;
  }

  /** Mail cannot be sent at present: what was ordered comes later. */
  get areDelayed(): boolean {
    return this.outbox.isDelayed;
  }

  /** @throws AuthError 404 where codes are off */
  requireOn(): void {
    if (!this.isOn) throw AuthError.notFound();
  }

  /** The same work and answer for every address. @throws AuthError 400 `INVALID_EMAIL`, 429 */
  async order(type: Exclude<CodeType, 'change-email'>, given: string, caller: Caller): Promise<void> {
    const email = await this.counted(given, caller);
    if (await this.limits.allows(BY_EMAIL, email)) await this.put(type, email, null);
  }

  /** For a user who wants this address. @param email normalised */
  async orderForNew(tx: Transaction, email: string, userId: string): Promise<void> {
    await this.put('change-email', email, userId, tx);
  }

  /** Whether another code may be sent to an address. Counts. */
  async allows(email: string, caller: Caller): Promise<boolean> {
    return this.limits.allows(BY_EMAIL, await this.counted(email, caller));
  }

  private async counted(given: string, caller: Caller): Promise<string> {
    await this.limits.consume(BY_ADDRESS, addressKey(caller.address));
    const email = normaliseEmail(given);
    if (email === null) throw AuthError.badRequest('INVALID_EMAIL', 'Invalid email');
    return email;
  }

  private async put(type: CodeType, email: string, userId: string | null, tx?: Transaction): Promise<void> {
    const usefulSeconds = this.settings.emailCode.lifetimeSeconds;
    await this.outbox.order({ kind: `${type}-code`, subject: email, facts: { userId }, usefulSeconds }, tx);
  }
}
