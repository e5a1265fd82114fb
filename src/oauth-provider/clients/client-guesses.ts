import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AuthContext } from '../../common/host/auth-context.js';
import { addressKey } from '../../common/http/client-address.js';
import { RateLimits, type RateLimit } from '../../common/limits/rate-limits.js';

const WINDOW_SECONDS = 300;
const BY_CLIENT_AND_ADDRESS: RateLimit = { name: 'client-pair', max: 20, windowSeconds: WINDOW_SECONDS };
/** Wider, since many clients may stand behind one address. */
const BY_ADDRESS: RateLimit = { name: 'client-address', max: 100, windowSeconds: WINDOW_SECONDS };
const MAX_SUSPECTS = 10_000;

/**
 * Bounds the guessing of client credentials (T081, RFC 6819 4.3.5): failures are counted, success never is. The counters are shared by all
 * processes; they are read only for addresses that have failed here, so that honest clients cost no statement. A guesser thus has one
 * guess more for each process.
 */
@Injectable()
export class ClientGuesses {
  private readonly suspects = new LRUCache<string, true>({ max: MAX_SUSPECTS, ttl: WINDOW_SECONDS * 1000 });

  constructor(private readonly limits: RateLimits) {}

  /** Before the credential is looked at: else a full counter would not keep the right guess from succeeding. @throws AuthError 429 */
  async check(clientId: string | null): Promise<void> {
    const address = callerAddress();
    if (!this.suspects.has(address)) return;
    await this.limits.check(BY_ADDRESS, address);
    await this.limits.check(BY_CLIENT_AND_ADDRESS, pair(clientId, address));
  }

  /** Counts a failure. @throws AuthError 429 when it is one too many */
  async count(clientId: string | null): Promise<void> {
    const address = callerAddress();
    this.suspects.set(address, true);
    await this.limits.consume(BY_ADDRESS, address);
    await this.limits.consume(BY_CLIENT_AND_ADDRESS, pair(clientId, address));
  }
}

function callerAddress(): string {
  return addressKey(AuthContext.scope?.address() ?? null);
}

function pair(clientId: string | null, address: string): string {
  return `${clientId ?? ''}\0${address}`;
}
