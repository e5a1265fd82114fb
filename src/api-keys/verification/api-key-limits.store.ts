import { Injectable } from '@nestjs/common';
import { Database, type Statement } from '../../common/database/database.js';
import type { RateLimitSettings } from '../api-keys.settings.js';

/** Result of one attempt to spend. Times in milliseconds by the database's clock. */
export interface LimitState {
  spent: boolean;
  /** The presented key is enabled, not revoked and not expired. */
  alive: boolean;
  window_full: boolean;
  quota_empty: boolean;
  max: number | null;
  window_ms: number | null;
  /** Until the window ends. */
  reset_ms: number | null;
  remaining: number | null;
  /** Until the next refill; null: there is none. */
  refill_in_ms: number | null;
}

const MS = `interval '1 millisecond'`;
/** `$2`, `$3`: window and maximum of the configuration, for keys without their own. */
const WINDOW = '(CASE WHEN k.rate_limit_enabled THEN COALESCE(k.rate_limit_window_ms, $2::bigint) END)';
const MAX = '(CASE WHEN k.rate_limit_enabled THEN COALESCE(k.rate_limit_max, $3::int) END)';
const LIMITED = `(${WINDOW} IS NOT NULL AND ${MAX} IS NOT NULL)`;
const RUNNING = `COALESCE(k.window_started_at + ${WINDOW} * ${MS} > now(), false)`;
const WINDOW_FULL = `(${LIMITED} AND ${RUNNING} AND k.window_count >= ${MAX})`;

/** Whole intervals since the last refill. The next refill counts from the end of the last whole interval, so that refills do not drift. */
const REFILLED_AT = 'COALESCE(k.last_refill_at, k.created_at)';
const INTERVALS = `floor(extract(epoch FROM now() - ${REFILLED_AT}) * 1000 / k.refill_interval_ms)`;
const REFILL_DUE = `COALESCE(k.remaining IS NOT NULL AND ${INTERVALS} >= 1, false)`;
/** A refill raises the balance to the refill amount; missed intervals do not add up, and it never lowers the balance (T024). */
const BALANCE = `(CASE WHEN ${REFILL_DUE} THEN GREATEST(k.remaining, k.refill_amount) ELSE k.remaining END)`;
const QUOTA_EMPTY = `COALESCE(${BALANCE} <= 0, false)`;

const isAlive = (row: string) =>
  `(${row}.enabled AND ${row}.revoked_at IS NULL AND (${row}.expires_at IS NULL OR ${row}.expires_at > now()))`;
/**
 * `$1` is the presented key. After a rotation it spends the counters of another row, which is looked up each time. A row that has handed its
 * counters over spends nothing, so that a cached key that was rotated meanwhile does not spend twice.
 */
const COUNTER = `k.id = (SELECT COALESCE(p.counter_id, p.id) FROM auth_api_key p WHERE p.id = $1::uuid) AND k.counter_id IS NULL`;
/** When both are one row, its locked version counts, so that a key that is being revoked spends nothing more. */
const ALIVE = `(CASE WHEN k.id = $1::uuid THEN ${isAlive('k')}
  ELSE EXISTS (SELECT FROM auth_api_key p WHERE p.id = $1 AND ${isAlive('p')}) END)`;

/**
 * Spends the rate limit, then the quota, both or neither, in one conditional statement that is exact across processes (T021). A refused request
 * writes nothing; the reason is read in the same round trip.
 */
const SPEND: Statement = {
  name: 'auth_api_key_spend',
  text: `WITH spent AS (
           UPDATE auth_api_key k SET
             window_started_at = CASE WHEN ${LIMITED} AND NOT ${RUNNING} THEN now() ELSE k.window_started_at END,
             window_count = CASE WHEN NOT ${LIMITED} THEN k.window_count WHEN ${RUNNING} THEN k.window_count + 1 ELSE 1 END,
             remaining = ${BALANCE} - 1,
             last_refill_at = CASE WHEN ${REFILL_DUE} THEN ${REFILLED_AT} + ${INTERVALS} * k.refill_interval_ms * ${MS}
               ELSE k.last_refill_at END
           WHERE ${COUNTER} AND ${ALIVE} AND NOT ${WINDOW_FULL} AND NOT ${QUOTA_EMPTY}
           RETURNING k.remaining)
         SELECT true AS spent, true AS alive, false AS window_full, false AS quota_empty, NULL::int AS max, NULL::float8 AS window_ms,
           NULL::float8 AS reset_ms, remaining, NULL::float8 AS refill_in_ms
         FROM spent
         UNION ALL
         SELECT false, ${ALIVE}, ${WINDOW_FULL}, ${QUOTA_EMPTY}, ${MAX}, ${WINDOW}::float8,
           (extract(epoch FROM k.window_started_at + ${WINDOW} * ${MS} - now()) * 1000)::float8, k.remaining,
           (extract(epoch FROM ${REFILLED_AT} + (${INTERVALS} + 1) * k.refill_interval_ms * ${MS} - now()) * 1000)::float8
         FROM auth_api_key k WHERE ${COUNTER} AND NOT EXISTS (SELECT FROM spent)`,
};
/** The refusal and its reason are read at two moments; when the row changed between them, the statement runs again. */
const MAX_ATTEMPTS = 5;

/** Spends the window and the quota of keys. */
@Injectable()
export class ApiKeyLimitsStore {
  constructor(private readonly database: Database) {}

  /** @returns null when the row is gone */
  async spend(keyId: string, fallback: RateLimitSettings | null): Promise<LimitState | null> {
    const values = [keyId, fallback?.windowMilliseconds ?? null, fallback?.max ?? null];
    for (let attempt = 1; ; attempt++) {
      const [state] = await this.database.query<LimitState>(SPEND, values);
      if (!state) return null;
      const isExplained = state.spent || !state.alive || state.window_full || state.quota_empty;
      if (isExplained || attempt >= MAX_ATTEMPTS) return state;
    }
  }
}
