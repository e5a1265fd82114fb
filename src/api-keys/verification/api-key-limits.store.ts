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
  /** How many of those who wait got a permit. */
  granted: number;
  /** Permits to keep in memory, granted besides. */
  extra: number;
  /** The row that counts. */
  counter_id: string;
  /** See `HeldPermits`; null: no window has started. */
  window: number | null;
  /** Permits of this window that are in other memories. */
  held_by_others: number;
  /** Permits that nobody has taken; null: the key has no limit. */
  left: number | null;
  /** The presented key is enabled, not revoked and not expired. */
  alive: boolean;
  window_full: boolean;
  quota_empty: boolean;
  max: number | null;
  window_ms: number | null;
  /** Until the window ends. */
  reset_ms: number | null;
  /** Until the presented key expires; null: it does not. */
  expires_in_ms: number | null;
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
const STARTED = '(extract(epoch FROM k.window_started_at) * 1000000)::bigint';
/** `$6` to `$8` are what is given back: window, held, unused. */
const IS_SAME_WINDOW = `COALESCE(${STARTED} = $6::bigint, false)`;
const COUNTED = `(CASE WHEN ${RUNNING} THEN k.window_count - CASE WHEN ${IS_SAME_WINDOW} THEN $8::int ELSE 0 END ELSE 0 END)`;
const HELD_BY_OTHERS = `(CASE WHEN ${RUNNING} THEN k.window_held - CASE WHEN ${IS_SAME_WINDOW} THEN $7::int ELSE 0 END ELSE 0 END)`;
const WINDOW_FULL = `(${LIMITED} AND ${RUNNING} AND ${COUNTED} >= ${MAX})`;
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

const UNTIL_WINDOW_ENDS = `(extract(epoch FROM k.window_started_at + ${WINDOW} * ${MS} - now()) * 1000)::float8`;
const UNTIL_REFILL = `(extract(epoch FROM ${REFILLED_AT} + (${INTERVALS} + 1) * k.refill_interval_ms * ${MS} - now()) * 1000)::float8`;
const EXPIRES_AT =
  '(CASE WHEN k.id = $1 THEN k.expires_at ELSE (SELECT p.expires_at FROM auth_api_key p WHERE p.id = $1) END)';
const FACTS = `${MAX} AS max, ${WINDOW}::float8 AS window_ms, ${UNTIL_WINDOW_ENDS} AS reset_ms,
  (extract(epoch FROM ${EXPIRES_AT} - now()) * 1000)::float8 AS expires_in_ms, k.remaining, ${UNTIL_REFILL} AS refill_in_ms`;

/**
 * Spends the rate limit, then the quota, both or neither, in one conditional statement that is exact across processes (T021). `$4` requests
 * wait; up to `$5` permits more are taken for later ones, of keys without a quota. A refused request writes nothing; the reason is read in the
 * same round trip. The row is locked first, since what was granted follows from its values before the change.
 */
const SPEND: Statement = {
  name: 'auth_api_key_spend',
  text: `WITH locked AS (
           SELECT k.id, ${COUNTED} AS counted, ${HELD_BY_OTHERS} AS held,
             LEAST($4::int, CASE WHEN ${LIMITED} THEN ${MAX} - ${COUNTED} END, ${BALANCE}) AS granted,
             CASE WHEN ${LIMITED} AND k.remaining IS NULL
               THEN GREATEST(0, LEAST($5::int, (${MAX} - ${COUNTED} - $4) / ${HELD_PART} - ${HELD_BY_OTHERS})) ELSE 0 END AS extra
           FROM auth_api_key k WHERE ${COUNTER} AND ${ALIVE} AND NOT ${WINDOW_FULL} AND NOT ${QUOTA_EMPTY}
           FOR NO KEY UPDATE OF k),
         spent AS (
           UPDATE auth_api_key k SET
             window_started_at = CASE WHEN ${LIMITED} AND NOT ${RUNNING} THEN now() ELSE k.window_started_at END,
             window_count = CASE WHEN ${LIMITED} THEN locked.counted + locked.granted + locked.extra ELSE k.window_count END,
             window_held = CASE WHEN ${LIMITED} THEN locked.held + locked.extra ELSE k.window_held END,
             remaining = ${BALANCE} - locked.granted,
             last_refill_at = CASE WHEN ${REFILL_DUE} THEN ${REFILLED_AT} + ${INTERVALS} * k.refill_interval_ms * ${MS}
               ELSE k.last_refill_at END
           FROM locked WHERE k.id = locked.id
           RETURNING locked.granted, locked.extra, k.id AS counter_id, ${STARTED}::float8 AS window, locked.held AS held_by_others,
             CASE WHEN ${LIMITED} THEN ${MAX} - k.window_count END AS left, true AS alive,
             COALESCE(${LIMITED} AND k.window_count >= ${MAX}, false) AS window_full, COALESCE(k.remaining <= 0, false) AS quota_empty, ${FACTS})
         SELECT * FROM spent
         UNION ALL
         SELECT 0, 0, k.id, ${STARTED}::float8, ${HELD_BY_OTHERS}, CASE WHEN ${LIMITED} THEN ${MAX} - ${COUNTED} END,
           ${ALIVE}, ${WINDOW_FULL}, ${QUOTA_EMPTY}, ${FACTS}
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
