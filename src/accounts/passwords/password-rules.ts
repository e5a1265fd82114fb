import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { isCommonPassword } from './common-passwords.js';

/** A request waits for the host's answer no longer. */
const ANSWER_MILLISECONDS = 10_000;

/** Which passwords may be set (NIST SP 800-63B-4 3.1.1.2): by their length and by lists of known ones; no rules about kinds of characters. */
@Injectable()
export class PasswordRules {
  constructor(@Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings) {}

  /**
   * @param about what strangers know of the user: their address and name, which are the first guesses
   * @throws AuthError as `requireLength`; 400 `PASSWORD_COMPROMISED`; 503 when the host's service does not say whether it is known
   */
  async require(password: string, about: readonly string[]): Promise<void> {
    this.requireLength(password);
    const plain = password.normalize('NFKC').toLowerCase();
    const isKnown = about.some((one) => namesOf(one).includes(plain)) || isCommonPassword(plain);
    if (isKnown || (await this.isCompromised(password)))
      throw AuthError.badRequest('PASSWORD_COMPROMISED', 'This password is known to attackers. Choose another one.');
  }

  /** @throws AuthError 400 `PASSWORD_TOO_SHORT`, `PASSWORD_TOO_LONG` */
  requireLength(password: string): void {
    if (lengthOf(password) < this.settings.password.minLength)
      throw AuthError.badRequest('PASSWORD_TOO_SHORT', 'Password too short');
    if (this.isTooLong(password)) throw AuthError.badRequest('PASSWORD_TOO_LONG', 'Password too long');
  }

  /** Nobody has such a password. */
  isTooLong(password: string): boolean {
    return lengthOf(password) > this.settings.password.maxLength;
  }

  /** @throws AuthError 503 where there is no answer: a password that nobody could check is not set */
  private async isCompromised(password: string): Promise<boolean> {
    const { isCompromised } = this.settings.password;
    if (!isCompromised) return false;
    const patience = new AbortController();
    const late = sleep(ANSWER_MILLISECONDS, null, { signal: patience.signal });
    late.catch(() => undefined);
    try {
      const answer = await Promise.race([isCompromised(password), late]);
      if (typeof answer === 'boolean') return answer;
      throw new TypeError('it has not said true or false');
    } catch (error) {
      if (error instanceof AuthError) throw error;
      // Without its stack, which would repeat what the service quotes.
      throw AuthError.unavailable(`accounts.password.isCompromised: ${String(error).replaceAll(password, '…')}`);
    } finally {
      patience.abort();
    }
  }
}

/** In characters as people count them, not in units of UTF-16; of the form that is hashed. */
function lengthOf(password: string): number {
  return [...password.normalize('NFKC')].length;
}

/** An address or a name, and their parts. */
function namesOf(text: string): string[] {
  const plain = text.normalize('NFKC').toLowerCase();
  return [plain, plain.split('@', 1)[0]!, plain.replaceAll(/\s+/g, '')];
}
