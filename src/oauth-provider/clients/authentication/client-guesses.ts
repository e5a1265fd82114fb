import { Injectable } from '@nestjs/common';
import { AuthContext } from '../../../common/ports/auth-context.js';
import { addressKey } from '../../../common/http/request/client-address.js';
import { RateLimits, type RateLimit } from '../../../common/limits/rate-limits.js';
import { Turns } from '../../../common/limits/turns.js';

const WINDOW_SECONDS = 300;
const BY_CLIENT_AND_ADDRESS: RateLimit = { name: 'client-pair', max: 20, windowSeconds: WINDOW_SECONDS };
/** Wider, since many clients may stand behind one address. */
const BY_ADDRESS: RateLimit = { name: 'client-address', max: 100, windowSeconds: WINDOW_SECONDS };

/** Addresses whose failures a process remembers; above it every short secret is checked. */
const MAX_ADDRESSES = 10_000;

/**
 * Bounds the guessing of client credentials (T081, RFC 6819 4.3.5): failures are counted, and refused with 429 above the bound; success never
 * is counted. A credential of 256 bits is not found by guessing, so the right one passes whatever others behind its address have tried; a short
 * secret passes only while the counters have room, or whoever ignores 429 would find it. The counters are shared by all processes; honest
 * clients cost no statement.
 */
@Injectable()
export class ClientGuesses {
  private readonly turns = new Turns();
  /** When the failures of an address end to count, in milliseconds of the monotonic clock. In the order in which they end. */
  private readonly failedUntil = new Map<string, number>();
  private manyFailedUntil = 0;

  constructor(private readonly limits: RateLimits) {}

  /** Guesses of one secret one by one: many at once would all be looked at before the first of them is counted. */
  inTurn<T>(clientId: string | null, attempt: () => Promise<T>): Promise<T> {
    return this.turns.take(pair(clientId, callerAddress()), attempt);
  }

  /** Counts a failure. @throws AuthError 429 when it is one too many */
  async count(clientId: string | null): Promise<void> {
    const address = callerAddress();
    this.note(address);
    await this.limits.consume(BY_ADDRESS, address);
    await this.limits.consume(BY_CLIENT_AND_ADDRESS, pair(clientId, address));
  }

  /**
   * Before a short secret that is right is taken. Asks the database where this process has seen the address fail; a guesser has one try
   * more for each process that has not.
   * @throws AuthError 429 when the counters are full
   */
  async check(clientId: string | null): Promise<void> {
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
