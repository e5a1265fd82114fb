import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { sha256 } from '../crypto.js';
import type { Database } from '../database/database.js';
import { toAuthError } from '../database/database-errors.js';
import { AuthError } from '../errors/auth-error.js';

export interface RateLimit {
  /** Names the counter, e.g. `sign-in-address`. */
  readonly name: string;
  /** Hits allowed per window. */
  readonly max: number;
  readonly windowSeconds: number;
}

/** Limits by address and by sign-in, counted in PostgreSQL and so across processes. One statement a hit. */
export class RateLimits {
  private readonly limiters = new Map<string, RateLimiterPostgres>();

  constructor(
    private readonly database: Database,
    private readonly enabled: boolean,
  ) {}

  /** Counts one hit. @throws AuthError 429 with `Retry-After` when the window is full; 503 when it cannot count */
  async consume(limit: RateLimit, key: string): Promise<void> {
    if (!this.enabled) return;
    await this.run(() => this.limiterOf(limit).consume(hashed(key), 1));
  }

  /** @throws AuthError 429 when the window is full already; counts nothing */
  async check(limit: RateLimit, key: string): Promise<void> {
    if (!this.enabled) return;
    const state = await this.run(() => this.limiterOf(limit).get(hashed(key)));
    if (state && state.consumedPoints >= limit.max) throw exceeded(state.msBeforeNext);
  }

  async reset(limit: RateLimit, key: string): Promise<void> {
    if (this.enabled) await this.run(() => this.limiterOf(limit).delete(hashed(key)));
  }

  /** Takes one hit back that turned out to be none. */
  async refund(limit: RateLimit, key: string): Promise<void> {
    if (this.enabled) await this.run(() => this.limiterOf(limit).reward(hashed(key), 1));
  }

  private limiterOf(limit: RateLimit): RateLimiterPostgres {
    const known = this.limiters.get(limit.name);
    if (known) return known;
    const limiter = new RateLimiterPostgres({
      storeClient: this.database.pool,
      storeType: 'pool',
      tableName: 'auth_rate_limit',
      tableCreated: true,
      clearExpiredByTimeout: false,
      keyPrefix: limit.name,
      points: limit.max,
      duration: limit.windowSeconds,
    });
    this.limiters.set(limit.name, limiter);
    return limiter;
  }

  private async run<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof RateLimiterRes) throw exceeded(error.msBeforeNext);
      throw toAuthError(error);
    }
  }
}

/** Keys hold addresses and e-mails; the counter needs to tell them apart, not to know them. */
function hashed(key: string): string {
  return sha256(key);
}

function exceeded(millisecondsBeforeNext: number): AuthError {
  return AuthError.tooManyRequests(
    Math.ceil(millisecondsBeforeNext / 1000),
    'TOO_MANY_REQUESTS',
    'Too many requests. Please try again later.',
  );
}
