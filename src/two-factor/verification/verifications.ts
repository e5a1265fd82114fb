import { Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import { addressKey } from '../../common/http/request/client-address.js';
import { RateLimits, type RateLimit } from '../../common/limits/rate-limits.js';
import { Outbox } from '../../common/mail/outbox.js';
import type { Caller } from '../../common/ports/caller.js';
import { Challenges } from '../challenge/challenges.js';
import { TwoFactorStore } from '../factors/two-factor.store.js';
import { MailCodes } from '../factors/mail-codes.js';
import { TwoFactors } from '../factors/two-factors.js';
import {
  accountLocked,
  noChallenge,
  otpNotConfigured,
  tooManyAttempts,
  twoFactorNotEnabled,
} from '../two-factor.errors.js';
import type { Claimant } from './claimants.js';
import { CodeProofs, type CodeKind } from './code-proofs.js';
import { ProvenSignIns, type ProofWish, type Proven } from './proven-sign-ins.js';

declare module '../../common/events/auth-events.js' {
  interface AuthEventMap {
    /** A wrong code, after a right first factor or with a session: somebody may know the password. */
    'two-factor.failed': { subjectId: string; kind: CodeKind; ipAddress: string | null };
    /** So many in a row that codes of apps and of mails are refused for a while. */
    'two-factor.locked': { subjectId: string; ipAddress: string | null };
  }
}

/** Wrong codes from one address, which many users may share. */
const BY_ADDRESS: RateLimit = { name: 'two-factor-address', max: 60, windowSeconds: 600 };
const NOTICE_SECONDS = 86_400;
const REFUSALS: ReadonlySet<string> = new Set(['INVALID_CODE', 'INVALID_BACKUP_CODE', 'OTP_HAS_EXPIRED']);

/** Takes codes, counts them, and hands on what they have proven. */
@Injectable()
export class Verifications {
  constructor(
    private readonly factors: TwoFactors,
    private readonly store: TwoFactorStore,
    private readonly challenges: Challenges,
    private readonly mailCodes: MailCodes,
    private readonly proofs: CodeProofs,
    private readonly proven: ProvenSignIns,
    private readonly outbox: Outbox,
    private readonly limits: RateLimits,
    private readonly events: AuthEvents,
  ) {}

  /**
   * One counter of the account stands before codes of all kinds, with a session too. Backup codes are looked at while it is full: nobody guesses
   * 58 bits, and who has one must not be locked out by whoever knows the password.
   * @throws AuthError 401 `INVALID_CODE`, `INVALID_BACKUP_CODE`; 400 `TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE`; 429 `ACCOUNT_TEMPORARILY_LOCKED`
   */
  async verify(kind: CodeKind, code: string, claimant: Claimant, wish: ProofWish, caller: Caller): Promise<Proven> {
    const { user, challenge } = claimant;
    const state = await this.factors.of(user.id);
    this.proofs.requireOffered(kind, state);
    const hit = await this.limits.consumeForNow(BY_ADDRESS, addressKey(caller.address));
    if (challenge && !(await this.challenges.attempt(challenge))) throw await this.overOrExhausted(challenge.hash);
    const counted = await this.store.count(user.id);
    if (!counted && kind !== 'backup') throw await this.locked(user.id);
    try {
      const proof = await this.proofs.of(kind, code, state, claimant, caller);
      const proven = await this.proven.accept(proof, claimant, wish, caller);
      if (hit) await this.limits.takeBack(hit);
      return proven;
    } catch (error) {
      if (!(error instanceof AuthError) || !REFUSALS.has(error.code)) throw error;
      await this.tell(user.id, kind, caller, counted);
      throw counted ? error : await this.locked(user.id);
    }
  }

  /** Sends a code by mail. @throws AuthError 400 `OTP_NOT_CONFIGURED`, 429 */
  async send({ user, challenge, key }: Claimant): Promise<void> {
    const state = await this.factors.of(user.id);
    if (!state.isOn) throw this.mailCodes.isOn ? twoFactorNotEnabled() : otpNotConfigured();
    if (!this.mailCodes.areFor(state)) throw otpNotConfigured();
    if (challenge && !(await this.challenges.send(challenge)))
      throw AuthError.tooManyRequests(60, 'TOO_MANY_REQUESTS', 'No further code is sent for this sign-in');
    await this.mailCodes.send(user.id, key);
  }

  private async overOrExhausted(hash: Buffer): Promise<AuthError> {
    return (await this.challenges.isExhausted(hash)) ? tooManyAttempts() : noChallenge();
  }

  private async locked(subject: string): Promise<AuthError> {
    return accountLocked(Math.max(1, (await this.store.lockedSeconds(subject)) ?? 1));
  }

  private async tell(subject: string, kind: CodeKind, { address, userAgent }: Caller, counted: boolean): Promise<void> {
    const by = { subjectId: subject, ipAddress: address };
    this.events.emit('two-factor.failed', { ...by, kind });
    if (!counted || (await this.store.lockedSeconds(subject)) === null) return;
    this.events.emit('two-factor.locked', by);
    const facts = { ipAddress: address, userAgent };
    await this.outbox.order({ kind: 'second-factor-locked', subject, facts, usefulSeconds: NOTICE_SECONDS });
  }
}
