import { sha256 } from '../crypto.js';
import type { Database, Statement } from '../database/database.js';
import { AuthError } from '../errors/auth-error.js';

export interface RateLimit {
  /** Names the counter, e.g. `sign-in-address`. */
  readonly name: string;
  /** Hits allowed per window. */
  readonly max: number;
  readonly windowSeconds: number;
  /** Bounds guesses of a short secret, not traffic: `rateLimits: false` does not switch it off. */
  readonly boundsGuesses?: true;
}

/** A counted hit that may be taken back. */
export interface RateLimitHit {
  readonly limit: RateLimit;
  readonly key: string;
  /** When its window ends, in milliseconds since 1970, by the database's clock. Identifies the window. */
  readonly windowEnd: string;
}

interface Counter {
  readonly points: number;
  readonly expire: string;
  readonly remaining: number;
}

/** By the database's clock, so that a process whose own clock is wrong counts as the others do. */
const NOW_MILLISECONDS = `(extract(epoch FROM now()) * 1000)::bigint`;
const COUNTER = `points, expire, (expire - ${NOW_MILLISECONDS})::float8 AS remaining`;

const CONSUME: Statement = {
  name: 'auth_rate_limit_consume',
  text: `INSERT INTO auth_rate_limit AS counter (key, points, expire) VALUES ($1, 1, ${NOW_MILLISECONDS} + $2)
    ON CONFLICT (key) DO UPDATE SET
      points = CASE WHEN counter.expire > ${NOW_MILLISECONDS} THEN counter.points + 1 ELSE 1 END,
      expire = CASE WHEN counter.expire > ${NOW_MILLISECONDS} THEN counter.expire ELSE excluded.expire END
    RETURNING ${COUNTER}`,
};
const READ: Statement = {
  name: 'auth_rate_limit_read',
  text: `SELECT ${COUNTER} FROM auth_rate_limit WHERE key = $1 AND expire > ${NOW_MILLISECONDS}`,
};
const RESET: Statement = { name: 'auth_rate_limit_reset', text: 'DELETE FROM auth_rate_limit WHERE key = $1' };
/** Only in the window of the hit: taking a hit back in a later window would allow one too many there. */
const TAKE_BACK: Statement = {
  name: 'auth_rate_limit_take_back',
  text: 'UPDATE auth_rate_limit SET points = points - 1 WHERE key = $1 AND points > 0 AND expire = $2',
};

/** Limits by address and by sign-in, counted in PostgreSQL and so across processes. One statement per hit. */
export class RateLimits {
  constructor(
    private readonly database: Database,
    private readonly enabled: boolean,
  ) {}

  /** Counts one hit. @throws AuthError 429 with `Retry-After` when the window is full; 503 when it cannot count */
  async consume(limit: RateLimit, key: string): Promise<void> {
    if (!this.applies(limit)) return;
    const counter = await this.hit(limit, key);
    if (counter.points > limit.max) throw exceeded(counter);
  }

  /**
   * Counts one hit that the caller may take back later. A refused hit is not counted.
   * @returns the hit to give to `takeBack`; null: this limit is switched off
   * @throws AuthError as `consume`
   */
  async consumeForNow(limit: RateLimit, key: string): Promise<RateLimitHit | null> {
    if (!this.applies(limit)) return null;
    const counter = await this.hit(limit, key);
    const hit = { limit, key, windowEnd: counter.expire };
    if (counter.points <= limit.max) return hit;
    await this.takeBack(hit);
    throw exceeded(counter);
  }

  /** Counts one hit. @returns false when it is one too many; for what must not tell the caller that there is a limit */
  async allows(limit: RateLimit, key: string): Promise<boolean> {
    return !this.applies(limit) || (await this.hit(limit, key)).points <= limit.max;
  }

  async takeBack({ limit, key, windowEnd }: RateLimitHit): Promise<void> {
    await this.database.query(TAKE_BACK, [counterOf(limit, key), windowEnd]);
  }

  /** Counts nothing. @throws AuthError 429 when the window is already full */
  async check(limit: RateLimit, key: string): Promise<void> {
    if (!this.applies(limit)) return;
    const [counter] = await this.database.query<Counter>(READ, [counterOf(limit, key)]);
    if (counter && counter.points >= limit.max) throw exceeded(counter);
  }

  async reset(limit: RateLimit, key: string): Promise<void> {
    if (this.applies(limit)) await this.database.query(RESET, [counterOf(limit, key)]);
  }

  private applies({ boundsGuesses }: RateLimit): boolean {
    return this.enabled || boundsGuesses === true;
  }

  private async hit(limit: RateLimit, key: string): Promise<Counter> {
    const values = [counterOf(limit, key), limit.windowSeconds * 1000];
    const [counter] = await this.database.query<Counter>(CONSUME, values);
    return counter!;
  }
}

/** Hashed, because keys contain IP and e-mail addresses, and the counter only has to tell them apart. */
function counterOf(limit: RateLimit, key: string): string {
  return `${limit.name}:${sha256(key)}`;
}

function exceeded({ remaining }: Counter): AuthError {
  return AuthError.tooManyRequests(
    Math.max(1, Math.ceil(remaining / 1000)),
    'TOO_MANY_REQUESTS',
    'Too many requests. Please try again later.',
  );
}
