import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { sha256 } from '../crypto.js';
import type { Database, Statement } from '../database/database.js';
import { toAuthError } from '../database/database-errors.js';
import { AuthError } from '../errors/auth-error.js';

export interface RateLimit {
  /** Names the counter, e.g. `sign-in-address`. */
  readonly name: string;
  /** Hits allowed per window. */
  readonly max: number;
  readonly windowSeconds: number;
  /** Bounds the guessing of something short enough to be guessed: it is no limit on traffic, and `rateLimits: false` does not lift it. */
  readonly boundsGuesses?: true;
}

/** One hit that was counted, and that may be taken back. */
export interface RateLimitHit {
  readonly limit: RateLimit;
  readonly key: string;
  /** When its window ends, in milliseconds since 1970. */
  readonly windowEnd: number;
}

/** Never into a window that began later: its hits are others, and taking one of them back would be one more than is allowed. */
const TAKE_BACK: Statement = {
  name: 'auth_rate_limit_take_back',
  text: 'UPDATE auth_rate_limit SET points = points - 1 WHERE key = $1 AND points > 0 AND expire <= $2',
};
/** The end of a window is computed from what is left of it. Far less than the shortest window. */
const WINDOW_END_LEEWAY_MILLISECONDS = 1_000;

/** Limits by address and by sign-in, counted in PostgreSQL and so across processes. One statement a hit. */
export class RateLimits {
  private readonly limiters = new Map<string, RateLimiterPostgres>();

  constructor(
    private readonly database: Database,
    private readonly enabled: boolean,
  ) {}

  /** Counts one hit. @throws AuthError 429 with `Retry-After` when the window is full; 503 when it cannot count */
  async consume(limit: RateLimit, key: string): Promise<void> {
    if (!this.applies(limit)) return;
    await this.run(() => this.limiterOf(limit).consume(hashed(key), 1));
  }

  /**
   * Counts one hit that may turn out to be none. One that is refused is not counted.
   * @returns what `takeBack` wants; null: this limit is switched off
   * @throws AuthError as `consume`
   */
  async consumeForNow(limit: RateLimit, key: string): Promise<RateLimitHit | null> {
    if (!this.applies(limit)) return null;
    const hitOf = ({ msBeforeNext }: RateLimiterRes) => ({ limit, key, windowEnd: Date.now() + msBeforeNext });
    return this.run(async () => {
      try {
        return hitOf(await this.limiterOf(limit).consume(hashed(key), 1));
      } catch (error) {
        if (error instanceof RateLimiterRes) await this.takeBack(hitOf(error));
        throw error;
      }
    });
  }

  async takeBack({ limit, key, windowEnd }: RateLimitHit): Promise<void> {
    const values = [this.limiterOf(limit).getKey(hashed(key)), windowEnd + WINDOW_END_LEEWAY_MILLISECONDS];
    await this.run(() => this.database.query(TAKE_BACK, values));
  }

  /** @throws AuthError 429 when the window is full already; counts nothing */
  async check(limit: RateLimit, key: string): Promise<void> {
    if (!this.applies(limit)) return;
    const state = await this.run(() => this.limiterOf(limit).get(hashed(key)));
    if (state && state.consumedPoints >= limit.max) throw exceeded(state.msBeforeNext);
  }

  async reset(limit: RateLimit, key: string): Promise<void> {
    if (this.applies(limit)) await this.run(() => this.limiterOf(limit).delete(hashed(key)));
  }

  private applies({ boundsGuesses }: RateLimit): boolean {
    return this.enabled || boundsGuesses === true;
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
