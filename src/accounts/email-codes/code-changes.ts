import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import { sqlState } from '../../common/database/database-errors.js';
import { normaliseEmail } from '../../common/email.js';
import { AuthError } from '../../common/errors/auth-error.js';
import type { Caller } from '../../common/ports/caller.js';
import { HostPorts } from '../../common/ports/port.js';
import { findByAddress, type HostUser } from '../../common/ports/user-directory.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { OldAddresses } from '../mails/old-addresses.js';
import { CredentialChanges } from '../own-account/credential-changes.js';
import { PasswordRules } from '../passwords/password-rules.js';
import { MailboxPasswords } from '../recovery/mailbox-passwords.js';
import { CodeGuesses, invalidCode, type CodeGuess } from './code-guesses.js';
import { CodeOrders } from './code-orders.js';

const UNIQUE_VIOLATION = '23505';

/** A new password or another address, by codes. */
@Injectable()
export class CodeChanges {
  constructor(
    private readonly database: Database,
    private readonly ports: HostPorts,
    private readonly guesses: CodeGuesses,
    private readonly orders: CodeOrders,
    private readonly rules: PasswordRules,
    private readonly passwords: MailboxPasswords,
    private readonly oldAddresses: OldAddresses,
    private readonly changes: CredentialChanges,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  /** @throws AuthError 400 `RESET_PASSWORD_DISABLED` */
  requirePasswords(): void {
    if (!this.ports.users.get().preparePassword)
      throw AuthError.badRequest('RESET_PASSWORD_DISABLED', "Reset password isn't enabled");
  }

  /**
   * Sets the password, which also verifies the address.
   * @throws AuthError 400 `INVALID_OTP`, or what is wrong with the password: then the code stays good
   */
  async resetPassword(typed: Omit<CodeGuess, 'type' | 'userId'>, password: string): Promise<void> {
    const { email, facts, spend } = await this.guesses.require({ type: 'forget-password', ...typed });
    const user = await findByAddress(this.ports.users.get(), email);
    if (!user || user.id !== facts['userId']) throw invalidCode();
    await this.rules.require(password, [user.email, user.name]);
    const proof = { epoch: Number(facts['epoch']), caller: typed.caller, spend };
    await this.passwords.set(user, password, proof).catch(asInvalidCode);
  }

  /**
   * Sends a code to the address to be. The present one, if it is verified, must have been proven by a code as well.
   * @throws AuthError 400 `INVALID_EMAIL`, `EMAIL_IS_THE_SAME`, `OTP_REQUIRED`, `INVALID_OTP`
   */
  async requestEmailChange(user: HostUser, newEmail: string, otp: string | undefined, caller: Caller): Promise<void> {
    this.requireAddresses();
    const email = this.requireOther(user, newEmail);
    if (user.emailVerified && otp === undefined)
      throw AuthError.badRequest('OTP_REQUIRED', 'OTP is required to verify current email');
    const present = user.emailVerified
      ? await this.guesses.require({ type: 'email-verification', email: user.email, otp: otp!, caller })
      : null;
    if (present && present.facts['userId'] !== user.id) throw invalidCode();
    const isAllowed = await this.orders.allows(email, caller);
    await this.database.transaction(async (tx) => {
      await present?.spend(tx);
      if (isAllowed) await this.orders.orderForNew(tx, email, user.id);
    });
  }

  /** @throws AuthError 400 `INVALID_OTP`, `EMAIL_ALREADY_IN_USE`: only whoever has a right code hears of it */
  async changeEmail(user: HostUser, newEmail: string, otp: string, caller: Caller): Promise<void> {
    this.requireAddresses();
    const email = this.requireOther(user, newEmail);
    const guess = { type: 'change-email', email, otp, caller, userId: user.id } as const;
    const { facts, spend } = await this.guesses.require(guess);
    await this.changes
      .make({
        subjectId: user.id,
        change: 'email',
        epoch: Number(facts['epoch']),
        endSessions: false,
        caller,
        write: async (tx) => {
          await spend(tx);
          if (!(await this.ports.users.get().changeEmail!(tx, user.id, email))) throw inUse();
          await this.oldAddresses.tell(tx, user, { to: email, caller });
        },
      })
      .catch((error: unknown) => {
        // Somebody has taken it at the same moment.
        if (sqlState(error) === UNIQUE_VIOLATION) throw inUse();
        return asInvalidCode(error);
      });
  }

  private requireAddresses(): void {
    if (!this.settings.changeEmail.enabled || !this.ports.users.get().changeEmail)
      throw AuthError.badRequest('CHANGE_EMAIL_DISABLED', 'Change email is disabled');
  }

  private requireOther(user: HostUser, newEmail: string): string {
    const email = normaliseEmail(newEmail);
    if (email === null) throw AuthError.badRequest('INVALID_EMAIL', 'Invalid email');
    if (email === user.email) throw AuthError.badRequest('EMAIL_IS_THE_SAME', 'Email is the same');
    return email;
  }
}

function inUse(): AuthError {
  return AuthError.badRequest('EMAIL_ALREADY_IN_USE', 'Email already in use');
}

/** Disabled, or a credential has changed since the code was sent: to whoever has it, it is one that is no longer good. */
function asInvalidCode(error: unknown): never {
  throw error instanceof AuthError && error.status === 401 ? invalidCode() : error;
}
