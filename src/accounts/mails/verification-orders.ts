import { Inject, Injectable } from '@nestjs/common';
import { RateLimits, type RateLimit } from '../../common/limits/rate-limits.js';
import { Outbox } from '../../common/mail/outbox.js';
import { HostPorts } from '../../common/ports/port.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';

/** Keeps strangers from filling a mailbox; counts alike for addresses that are nobody's. */
const BY_EMAIL: RateLimit = { name: 'verification-email', max: 3, windowSeconds: 3_600 };
/**
 * Sign-ups have a counter of their own: whoever asks for links to an address that nobody has must not keep the first one from its owner. Of a
 * free address the first sign-up takes it, so nobody can fill this one before.
 */
const SIGN_UPS_BY_EMAIL: RateLimit = { name: 'sign-up-email', max: 3, windowSeconds: 3_600 };

/** Orders mail that shows whose an address is. */
@Injectable()
export class VerificationOrders {
  constructor(
    private readonly ports: HostPorts,
    private readonly outbox: Outbox,
    private readonly limits: RateLimits,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  /** Whether links can be had: somebody sends mail, and addresses are verified here. */
  get isOn(): boolean {
    return this.outbox.isOn && this.ports.users.get().markVerified !== undefined;
  }

  /** Mail cannot be sent at present. */
  get areDelayed(): boolean {
    return this.outbox.isDelayed;
  }

  get atSignUp(): boolean {
    const { emailVerification, requireEmailVerification } = this.settings;
    return this.isOn && (emailVerification.sendOnSignUp ?? requireEmailVerification);
  }

  get atSignIn(): boolean {
    return this.isOn && this.settings.emailVerification.sendOnSignIn;
  }

  /**
   * Who has the address is looked up when the message is written. Too many are not told: it would show that somebody else has asked.
   * @param browser digest of what the browser keeps that may be signed in by the link; null: none
   */
  async order(email: string, callbackUrl: string | null, browser: string | null): Promise<void> {
    if (this.isOn && (await this.limits.allows(BY_EMAIL, email))) await this.write(email, callbackUrl, browser);
  }

  /** The same for a user who has just signed up. */
  async orderAtSignUp(email: string, callbackUrl: string | null, browser: string | null): Promise<void> {
    if (await this.allowsAtSignUp(email)) await this.write(email, callbackUrl, browser);
  }

  /** Counts a sign-up, whether or not the address was free. @returns false: no more mail for this address */
  allowsAtSignUp(email: string): Promise<boolean> {
    return this.limits.allows(SIGN_UPS_BY_EMAIL, email);
  }

  private async write(email: string, callbackUrl: string | null, browser: string | null): Promise<void> {
    await this.outbox.order({
      kind: 'verify-email',
      subject: email,
      facts: { callbackUrl, browser },
      usefulSeconds: this.settings.emailVerification.lifetimeSeconds,
    });
  }
}
