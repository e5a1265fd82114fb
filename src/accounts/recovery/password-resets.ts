import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/database/transaction.js';
import { normaliseEmail } from '../../common/email.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { addressKey } from '../../common/http/request/client-address.js';
import { RateLimits, type RateLimit } from '../../common/limits/rate-limits.js';
import { Outbox } from '../../common/mail/outbox.js';
import { OneTimeSecrets, type SecretPurpose } from '../../common/one-time/one-time-secrets.js';
import type { Caller } from '../../common/ports/caller.js';
import { HostPorts } from '../../common/ports/port.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { PasswordRules } from '../passwords/password-rules.js';
import { MailboxPasswords } from './mailbox-passwords.js';

/** All three count alike for addresses that are nobody's: no limit tells whose there are. */
const BY_ADDRESS: RateLimit = { name: 'reset-request-address', max: 30, windowSeconds: 3_600 };
const BY_EMAIL: RateLimit = { name: 'reset-request-email', max: 3, windowSeconds: 3_600 };
const RESETS_BY_ADDRESS: RateLimit = { name: 'reset-address', max: 60, windowSeconds: 60 };

/** A new password for those who do not know theirs any more, by a link to their address. */
@Injectable()
export class PasswordResets {
  constructor(
    private readonly ports: HostPorts,
    private readonly outbox: Outbox,
    private readonly secrets: OneTimeSecrets,
    private readonly limits: RateLimits,
    private readonly rules: PasswordRules,
    private readonly passwords: MailboxPasswords,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  /** Whether links can be had: somebody sends mail, and passwords are changed here. */
  get isOn(): boolean {
    return this.outbox.isOn && this.ports.users.get().preparePassword !== undefined;
  }

  /** Mail cannot be sent at present: what was ordered comes later. */
  get areDelayed(): boolean {
    return this.outbox.isDelayed;
  }

  /** Whether the user is signed out everywhere. */
  get endsSessions(): boolean {
    return this.settings.passwordReset.endSessions;
  }

  get minPasswordLength(): number {
    return this.settings.password.minLength;
  }

  /**
   * Orders a link. The same work whether or not somebody has the address: who has it is looked up when the message is written.
   * @param redirectTo the host's page for the new password, checked; null: ours
   * @throws AuthError 400 `RESET_PASSWORD_DISABLED`, 429
   */
  async request(address: string, redirectTo: string | null, caller: Caller): Promise<void> {
    if (!this.isOn) throw AuthError.badRequest('RESET_PASSWORD_DISABLED', "Reset password isn't enabled");
    await this.limits.consume(BY_ADDRESS, addressKey(caller.address));
    const email = normaliseEmail(address);
    // Too many for one address are not told either: whoever sees it would know that somebody else has asked.
    if (email === null || !(await this.limits.allows(BY_EMAIL, email))) return;
    const usefulSeconds = this.settings.passwordReset.lifetimeSeconds;
    await this.outbox.order({ kind: 'reset-password', subject: email, facts: { redirectTo }, usefulSeconds });
  }

  /** Whether a link is still good; it stays so. */
  async isGood(token: string): Promise<boolean> {
    const found = await this.secrets.readToken(this.purpose, token);
    return found !== null && !found.used && !found.expired;
  }

  /**
   * Sets the password. The link has shown that the address is the user's, so it counts as verified.
   * @throws AuthError 400 `INVALID_TOKEN`, or what is wrong with the password: then the link stays good
   */
  async reset(token: string, password: string, caller: Caller): Promise<void> {
    await this.limits.consume(RESETS_BY_ADDRESS, addressKey(caller.address));
    this.rules.requireLength(password);
    const found = await this.secrets.readToken(this.purpose, token);
    const user = found && !found.used && !found.expired ? await this.ports.users.get().find(found.subject) : null;
    if (!found || !user || user.email !== found.facts['email']) throw invalidToken();
    // Only now: a service of the host's is not asked about the passwords of strangers.
    await this.rules.require(password, [user.email, user.name]);
    const spend = async (tx: Transaction) => {
      if (!(await this.secrets.takeToken(tx, this.purpose, token))) throw invalidToken();
    };
    const proof = { epoch: Number(found.facts['epoch']), caller, spend };
    await this.passwords.set(user, password, proof).catch((error: unknown) => {
      // Disabled, or a credential changed since the link was made: to whoever has the link it is one that is no longer good.
      throw error instanceof AuthError && error.status === 401 ? invalidToken() : error;
    });
  }

  private get purpose(): SecretPurpose {
    return { name: 'reset-password', lifetimeSeconds: this.settings.passwordReset.lifetimeSeconds };
  }
}

function invalidToken(): AuthError {
  return AuthError.badRequest('INVALID_TOKEN', 'Invalid token');
}
