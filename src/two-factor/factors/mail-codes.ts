import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/database/transaction.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { RateLimits, type RateLimit } from '../../common/limits/rate-limits.js';
import { Outbox } from '../../common/mail/outbox.js';
import { OneTimeSecrets, type CodePurpose } from '../../common/one-time/one-time-secrets.js';
import { codeExpired } from '../two-factor.errors.js';
import { TWO_FACTOR_SETTINGS, type TwoFactorSettings } from '../two-factor.options.js';
import type { FactorState } from './two-factors.js';

const MAX_ATTEMPTS = 5;
/** Whoever knows the password can ask again and again: a mailbox must not fill. */
const BY_ACCOUNT: RateLimit = { name: 'two-factor-mail', max: 10, windowSeconds: 3_600, boundsGuesses: true };

/** Codes by mail, for users who have chosen them. */
@Injectable()
export class MailCodes {
  constructor(
    private readonly outbox: Outbox,
    private readonly secrets: OneTimeSecrets,
    private readonly limits: RateLimits,
    @Inject(TWO_FACTOR_SETTINGS) private readonly settings: TwoFactorSettings,
  ) {}

  /** Whether users may choose them: the host sends mail, and wants it. */
  get isOn(): boolean {
    return this.settings.mailCodes && this.outbox.isOn;
  }

  get areDelayed(): boolean {
    return this.outbox.isDelayed;
  }

  /** Whether this user gets them. */
  areFor(state: FactorState): boolean {
    return this.isOn && state.mailCodes;
  }

  /** @param key what the code is for: one sign-in, or one user who is signed in. @throws AuthError 429 */
  async send(subject: string, key: string): Promise<void> {
    await this.limits.consume(BY_ACCOUNT, subject);
    const usefulSeconds = this.settings.mailCodeLifetimeSeconds;
    await this.outbox.order({ kind: 'second-factor-code', subject, facts: { key }, usefulSeconds });
  }

  make(key: string): Promise<{ readonly code: string; readonly expiresAt: Date }> {
    return this.secrets.makeCode(this.purpose, key);
  }

  /** @returns the code that this is; null for a wrong one. @throws AuthError 400 `OTP_HAS_EXPIRED` when there is none to guess */
  async fitting(key: string, typed: string): Promise<string | null> {
    const found = await this.secrets.guessCode(this.purpose, key, typed.replaceAll(/\s/g, ''));
    if (!found && !(await this.secrets.hasCode(this.purpose, key))) throw codeExpired();
    return found?.id ?? null;
  }

  /** @returns false when another request has spent it meanwhile */
  async use(tx: Transaction, codeId: string): Promise<boolean> {
    return this.secrets.spendCode(tx, codeId);
  }

  /** @throws AuthError 403 `EMAIL_NOT_VERIFIED`: whoever mistyped their address would lock themselves out */
  requireVerified(user: { readonly emailVerified: boolean }): void {
    if (!user.emailVerified) throw AuthError.forbidden('EMAIL_NOT_VERIFIED', 'Email not verified');
  }

  private get purpose(): CodePurpose {
    const { mailCodeLifetimeSeconds: lifetimeSeconds } = this.settings;
    return { name: 'second-factor-code', lifetimeSeconds, maxAttempts: MAX_ATTEMPTS };
  }
}
