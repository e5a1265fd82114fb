import { Injectable } from '@nestjs/common';
import { AuthContext } from '../../../common/ports/auth-context.js';
import { addressKey } from '../../../common/http/request/client-address.js';
import { RateLimits, type RateLimit } from '../../../common/limits/rate-limits.js';
import { Turns } from '../../../common/limits/turns.js';

const WINDOW_SECONDS = 300;
const BY_CLIENT_AND_ADDRESS: RateLimit = { name: 'client-pair', max: 20, windowSeconds: WINDOW_SECONDS };
/** Wider, since many clients may share one address. */
const BY_ADDRESS: RateLimit = { name: 'client-address', max: 100, windowSeconds: WINDOW_SECONDS };

/** Failing addresses that a process remembers; above that, every short secret is checked against the counters. */
const MAX_ADDRESSES = 10_000;

/**
 * Limits the guessing of client credentials (T081, RFC 6819 4.3.5): failures are counted, and refused with 429 above the limit; successes
 * are not counted. A credential of 256 bits cannot be guessed, so the right one passes however often others at its address have failed; a
 * short secret passes only below the limit, since a guesser could ignore the 429. All processes share the counters; honest clients cost no
 * statement.
 */
@Injectable()
export class ClientGuesses {
  private readonly turns = new Turns();
  /** By address: until when its failures count, in milliseconds of the monotonic clock. Ordered by that time. */
  private readonly failedUntil = new Map<string, number>();
  private manyFailedUntil = 0;

  constructor(private readonly limits: RateLimits) {}

  /** Runs attempts for one client and address one by one: parallel ones would all be checked before the first failure is counted. */
  inTurn<T>(clientId: string | null, attempt: () => Promise<T>): Promise<T> {
    return this.turns.take(pair(clientId, callerAddress()), attempt);
  }

  /** Counts a failure. @throws AuthError 429 above the limit */
  async count(clientId: string | null): Promise<void> {
    const address = callerAddress();
    this.note(address);
    await this.limits.consume(BY_ADDRESS, address);
    await this.limits.consume(BY_CLIENT_AND_ADDRESS, pair(clientId, address));
  }

  /**
   * Called before a correct short secret is accepted. Asks the database only where this process has seen the address fail; a guesser gets
   * one more try for each process that has not.
   * @throws AuthError 429 when a limit is reached
   */
  async check(clientId: string | null): Promise<void> {
    if (this.failedUntil.size === 0 && this.manyFailedUntil === 0) return;
    const address = callerAddress();
    const until = Math.max(this.failedUntil.get(address) ?? 0, this.manyFailedUntil);
    if (until <= performance.now()) return;
    await this.limits.check(BY_ADDRESS, address);
    await this.limits.check(BY_CLIENT_AND_ADDRESS, pair(clientId, address));
  }

  private note(address: string): void {
    const now = performance.now();
    const until = now + 2 * WINDOW_SECONDS * 1000;
    for (const [one, end] of this.failedUntil) {
      if (end > now) break;
      this.failedUntil.delete(one);
    }
    this.failedUntil.delete(address);
    if (this.failedUntil.size < MAX_ADDRESSES) this.failedUntil.set(address, until);
    else this.manyFailedUntil = until;
  }
}

function callerAddress(): string {
  return addressKey(AuthContext.requestContext?.address());
}

function pair(clientId: string | null, address: string): string {
  return `${clientId ?? ''}\0${address}`;
}
