import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.options.js';
import { isCommonPassword } from './common-passwords.js';

/** Which passwords may be set (NIST SP 800-63B-4 3.1.1.2): by their length and by lists of known ones; no rules about kinds of characters. */
@Injectable()
export class PasswordRules {
  constructor(@Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings) {}

  /**
   * @param about what strangers know of the user: their address and name, which are the first guesses
   * @throws AuthError 400 `PASSWORD_TOO_SHORT`, `PASSWORD_TOO_LONG`, or `PASSWORD_COMPROMISED`
   */
  async require(password: string, about: readonly string[]): Promise<void> {
    const { minLength, maxLength, isCompromised } = this.settings.password;
    // In characters as people count them, not in units of UTF-16.
    const { length } = [...password];
    if (length < minLength) throw AuthError.badRequest('PASSWORD_TOO_SHORT', 'Password too short');
    if (length > maxLength) throw AuthError.badRequest('PASSWORD_TOO_LONG', 'Password too long');
    const plain = password.normalize('NFKC').toLowerCase();
    const isKnown = about.some((one) => namesOf(one).includes(plain)) || isCommonPassword(plain);
    if (isKnown || (await isCompromised?.(password)) === true)
      throw AuthError.badRequest('PASSWORD_COMPROMISED', 'This password is known to attackers. Choose another one.');
  }
}

/** An address or a name, and their parts. */
function namesOf(text: string): string[] {
  const plain = text.normalize('NFKC').toLowerCase();
  return [plain, plain.split('@', 1)[0]!, plain.replaceAll(/\s+/g, '')];
}
