import { Injectable } from '@nestjs/common';
import { Database, type Statement } from '../../common/database/database.js';
import type { RateLimitSettings } from '../api-keys.settings.js';

/** Permits of one window that a process keeps in memory: `held` were taken, `unused` of them are not spent. */
export interface HeldPermits {
  readonly keyId: string;
  /** When the window started, in microseconds since 1970 by the database's clock; no other window takes permits back. */
  readonly window: number;
  readonly held: number;
  readonly unused: number;
}

/** What is asked of the limits of a key. */
export interface Spending {
  readonly keyId: string;
  /** For keys without a limit of their own. */
  readonly fallback: RateLimitSettings | null;
  /** Requests that wait for a permit. */
  readonly wanted: number;
  /** Permits to keep in memory besides. */
  readonly extra: number;
  /** What an earlier spending left in memory: given back with this one. */
  readonly returned: HeldPermits | null;
}

/** Result of one spending. Times in milliseconds by the database's clock. */
export interface LimitState {
  /** How many of those who wait got a permit. 0: a refusal, with what follows from `alive` on. */
  granted: number;
  /** Permits granted besides, to keep in memory. */
  extra: number;
  /** Until the window ends or the key expires. Null without `extra`. */
  good_for_ms: number | null;
  /** See `HeldPermits`. Null without `extra`, unless refused. */
  window: number | null;
  /** The row that counts. */
  counter_id: string;
  /** Permits of this window that are in other memories. */
  held_by_others: number;
  /** Permits that nobody has taken; null: the key has no limit. */
  left: number | null;
  /** Requests left; null: no quota. */
  remaining: number | null;
  /** The presented key is enabled, not revoked and not expired. */
  alive: boolean;
  window_full: boolean;
  quota_empty: boolean;
  max: number | null;
  window_ms: number | null;
  /** Until the window ends. */
  reset_ms: number | null;
  /** Until the next refill; null: there is none. */
  refill_in_ms: number | null;
}

const MS = `interval '1 millisecond'`;
/** `$2`, `$3`: window and maximum of the configuration, for keys without their own. */
const WINDOW = '(CASE WHEN k.rate_limit_enabled THEN COALESCE(k.rate_limit_window_ms, $2::bigint) END)';
const MAX = '(CASE WHEN k.rate_limit_enabled THEN COALESCE(k.rate_limit_max, $3::int) END)';
const LIMITED = `(${WINDOW} IS NOT NULL AND ${MAX} IS NOT NULL)`;
const RUNNING = `COALESCE(k.window_started_at + ${WINDOW} * ${MS} > now(), false)`;
const STARTED = `(date_part('epoch', k.window_started_at) * 1000000)::bigint`;
/** `$6` to `$8` are what is given back: window, held, unused. */
const IS_SAME_WINDOW = `($6::bigint IS NOT NULL AND ${STARTED} = $6)`;
const COUNTED = `(CASE WHEN ${RUNNING} THEN k.window_count - CASE WHEN ${IS_SAME_WINDOW} THEN $8::int ELSE 0 END ELSE 0 END)`;
const HELD_BY_OTHERS = `(CASE WHEN ${RUNNING} THEN k.window_held - CASE WHEN ${IS_SAME_WINDOW} THEN $7::int ELSE 0 END ELSE 0 END)`;
const WINDOW_FULL = `COALESCE(${COUNTED} >= ${MAX}, false)`;
/** All memories together hold at most an eighth of what is left: near the limit nobody holds anything. */
const HELD_PART = 8;

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

/** `$4` requests wait for a permit each. */
const GRANTED = 'LEAST($4::int, c.max - c.counted, c.balance)';
/** Up to `$5` permits for later requests, of keys with a limit and no quota that spend their own window. */
const EXTRA = `(CASE WHEN c.max IS NOT NULL AND c.balance IS NULL AND k.id = $1
  THEN GREATEST(0, LEAST($5::int, (c.max - c.counted - $4) / ${HELD_PART} - c.held)) ELSE 0 END)`;
/** OFFSET keeps PostgreSQL from putting the text of each part wherever it is used, which costs more than the update itself. */
const CHANGED = `SELECT CASE WHEN c.max IS NULL THEN k.window_count ELSE c.counted + ${GRANTED} + ${EXTRA} END,
    CASE WHEN c.max IS NULL THEN k.window_held ELSE c.held + ${EXTRA} END, ${GRANTED} + ${EXTRA}, c.balance - ${GRANTED}
  FROM (SELECT ${COUNTED} AS counted, ${HELD_BY_OTHERS} AS held, ${BALANCE} AS balance, CASE WHEN ${LIMITED} THEN ${MAX} END AS max OFFSET 0) c`;
const GOOD_FOR = `date_part('epoch', LEAST(k.window_started_at + ${WINDOW} * ${MS}, k.expires_at) - now()) * 1000`;

/**
 * Spends the rate limit, then the quota, both or neither, in one conditional statement that is exact across processes (T021). A refused request
 * writes nothing; the reason is read in the same round trip. `window_taken` is written to be returned: what was granted follows from values of
 * before, which PostgreSQL returns from version 18 on.
 */
const SPEND: Statement = {
  name: 'auth_api_key_spend',
  text: `WITH spent AS (
           UPDATE auth_api_key k SET
             window_started_at = CASE WHEN ${LIMITED} AND NOT ${RUNNING} THEN now() ELSE k.window_started_at END,
             (window_count, window_held, window_taken, remaining) = (${CHANGED}),
             last_refill_at = CASE WHEN ${REFILL_DUE} THEN ${REFILLED_AT} + ${INTERVALS} * k.refill_interval_ms * ${MS}
               ELSE k.last_refill_at END
           WHERE ${COUNTER} AND ${ALIVE} AND NOT ${WINDOW_FULL} AND NOT ${QUOTA_EMPTY}
           RETURNING LEAST($4, k.window_taken) AS granted, GREATEST(0, k.window_taken - $4) AS extra, k.id AS counter_id,
             CASE WHEN k.window_taken > $4 THEN ${GOOD_FOR} END AS good_for_ms,
             CASE WHEN k.window_taken > $4 THEN ${STARTED}::float8 END AS "window",
             k.window_held, ${MAX} - k.window_count AS left, k.remaining)
         SELECT granted, extra, counter_id, good_for_ms, "window", window_held - extra AS held_by_others, "left", remaining, true AS alive,
           false AS window_full, false AS quota_empty, NULL::int AS max, NULL::float8 AS window_ms, NULL::float8 AS reset_ms,
           NULL::float8 AS refill_in_ms
         FROM spent
         UNION ALL
         SELECT 0, 0, k.id, NULL, ${STARTED}::float8, ${HELD_BY_OTHERS}, ${MAX} - ${COUNTED}, k.remaining, ${ALIVE},
           ${WINDOW_FULL}, ${QUOTA_EMPTY}, ${MAX}, ${WINDOW}::float8,
           (extract(epoch FROM k.window_started_at + ${WINDOW} * ${MS} - now()) * 1000)::float8,
           (extract(epoch FROM ${REFILLED_AT} + (${INTERVALS} + 1) * k.refill_interval_ms * ${MS} - now()) * 1000)::float8
         FROM auth_api_key k WHERE ${COUNTER} AND NOT EXISTS (SELECT FROM spent)`,
};
/** Only the window from which they were taken gets permits back. Rows are locked in order, as where usage is written. */
const GIVE_BACK: Statement = {
  name: 'auth_api_key_give_back',
  text: `WITH returned AS (
           SELECT COALESCE(p.counter_id, p.id) AS id, r.started, sum(r.held)::int AS held, sum(r.unused)::int AS unused
           FROM unnest($1::uuid[], $2::bigint[], $3::int[], $4::int[]) AS r(key_id, started, held, unused)
           JOIN auth_api_key p ON p.id = r.key_id GROUP BY 1, 2),
         locked AS (SELECT k.id FROM auth_api_key k WHERE k.id IN (SELECT id FROM returned) AND k.counter_id IS NULL
           ORDER BY k.id FOR NO KEY UPDATE OF k)
         UPDATE auth_api_key k SET window_count = k.window_count - returned.unused, window_held = k.window_held - returned.held
         FROM returned JOIN locked USING (id) WHERE k.id = returned.id AND ${STARTED} = returned.started RETURNING k.id`,
};
/** The refusal and its reason are read at two moments; when the row changed between them, the statement runs again. */
const MAX_ATTEMPTS = 5;

/** Spends the window and the quota of keys, and gives permits back. */
@Injectable()
export class ApiKeyLimitsStore {
  constructor(private readonly database: Database) {}

  /** @returns null when the row is gone */
  async spend({ keyId, fallback, wanted, extra, returned }: Spending): Promise<LimitState | null> {
    const limit = [fallback?.windowMilliseconds ?? null, fallback?.max ?? null];
    const back = [returned?.window ?? null, returned?.held ?? 0, returned?.unused ?? 0];
    const values = [keyId, ...limit, wanted, extra, ...back];
    for (let attempt = 1; ; attempt++) {
      const [state] = await this.database.query<LimitState>(SPEND, values);
      if (!state) return null;
      const isExplained = state.granted > 0 || !state.alive || state.window_full || state.quota_empty;
      if (isExplained || attempt >= MAX_ATTEMPTS) return state;
    }
  }

  /** Must not run again when it is unknown whether it has: permits given back twice would be spent twice. */
  async giveBack(permits: readonly HeldPermits[]): Promise<void> {
    await this.database.query(GIVE_BACK, [
      permits.map(({ keyId }) => keyId),
      permits.map(({ window }) => window),
      permits.map(({ held }) => held),
      permits.map(({ unused }) => unused),
    ]);
  }
}
