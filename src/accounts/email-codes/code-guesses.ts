import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/database/transaction.js';
import { normaliseEmail } from '../../common/email.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import { addressKey } from '../../common/http/request/client-address.js';
import { RateLimits, type RateLimit } from '../../common/limits/rate-limits.js';
import type { SecretFacts } from '../../common/one-time/one-time-secret.store.js';
import { OneTimeSecrets } from '../../common/one-time/one-time-secrets.js';
import type { Caller } from '../../common/ports/caller.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { codePurpose, codeSubject, type CodeType } from '../mails/code-purpose.js';

/** A code that somebody has typed. */
export interface CodeGuess {
  readonly type: CodeType;
  /** As it was typed. */
  readonly email: string;
  readonly otp: string;
  readonly caller: Caller;
  /** Of a new address: who wants it. */
  readonly userId?: string;
}

/** A guess that was right. */
export interface RightCode {
  /** Normalised. */
  readonly email: string;
  readonly facts: SecretFacts;
  /** @throws AuthError 400 `INVALID_OTP` when it was spent meanwhile */
  spend(tx: Transaction): Promise<void>;
}

/** Wrong guesses for one address, at all codes that are ever sent to it: who asks for another code gets no further guesses. */
const WRONG_BY_EMAIL: RateLimit = { name: 'email-code-guess', max: 5, windowSeconds: 900, boundsGuesses: true };
const BY_ADDRESS: RateLimit = { name: 'email-code-address', max: 60, windowSeconds: 60 };

/** Compares codes. One code and one text for whatever is wrong; none of it tells whether somebody has the address. */
@Injectable()
export class CodeGuesses {
  constructor(
    private readonly secrets: OneTimeSecrets,
    private readonly limits: RateLimits,
    private readonly events: AuthEvents,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  /** @throws AuthError 400 `INVALID_OTP`; 403 `TOO_MANY_ATTEMPTS`, for right ones too; 429 */
  async require({ type, email: given, otp, caller, userId }: CodeGuess): Promise<RightCode> {
    await this.limits.consume(BY_ADDRESS, addressKey(caller.address));
    const email = normaliseEmail(given);
    if (email === null) throw AuthError.badRequest('INVALID_EMAIL', 'Invalid email');
    // Counted before it is compared: parallel guesses would all pass a check that counts afterwards.
    const hit = await this.limits.consumeForNow(WRONG_BY_EMAIL, email).catch(tooMany);
    const purpose = codePurpose(type, this.settings.emailCode);
    const found = await this.secrets.guessCode(purpose, codeSubject(email, userId ?? null), otp.replaceAll(/\s/g, ''));
    if (!found) {
      // Whose it would have been is not looked up: wrong guesses take the same time for every address.
      if (type === 'sign-in')
        this.events.emit('sign-in.failed', { subjectId: null, ipAddress: caller.address, reason: 'wrong code' });
      throw invalidCode();
    }
    if (hit) await this.limits.takeBack(hit);
    return {
      email,
      facts: found.facts,
      spend: async (tx) => {
        if (!(await this.secrets.spendCode(tx, found.id))) throw invalidCode();
      },
    };
  }
}

export function invalidCode(): AuthError {
  return AuthError.badRequest('INVALID_OTP', 'Invalid OTP');
}

/** better-auth's words for a limit of guesses. */
function tooMany(error: unknown): never {
  if (!(error instanceof AuthError) || error.retryAfterSeconds === undefined || error.status !== 429) throw error;
  const { retryAfterSeconds } = error;
  throw new AuthError({ status: 403, code: 'TOO_MANY_ATTEMPTS', description: 'Too many attempts', retryAfterSeconds });
}
