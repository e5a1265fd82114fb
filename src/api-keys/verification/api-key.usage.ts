import { Logger } from '@nestjs/common';
import type { Database, Statement } from '../../common/database/database.js';
import type { PendingUsage } from '../keys/api-key.view.js';

interface Tally {
  count: number;
  /** Milliseconds since 1970, by this process's clock. */
  last: number;
}

const BATCH_KEYS = 1_000;
/** With this many keys pending, they are written before the interval is over. */
const FLUSH_AT_KEYS = 10_000;
/** While the database cannot be reached, use of at most this many keys is remembered. */
const MAX_KEYS = 100_000;
const NO_USE: PendingUsage = Object.freeze({ count: 0, lastRequest: null });

/** Rows are locked in order, so that two processes that write the same keys do not deadlock. Ages, not times: the database's clock decides. */
const WRITE: Statement = {
  name: 'auth_api_key_usage',
  text: `WITH used AS (SELECT * FROM unnest($1::uuid[], $2::int[], $3::float8[]) AS u(id, n, age_ms)),
         locked AS (SELECT k.id, k.deleted_at FROM auth_api_key k JOIN used ON used.id = k.id ORDER BY k.id FOR NO KEY UPDATE OF k),
         daily AS (INSERT INTO auth_api_key_usage AS d (key_id, day, requests)
           SELECT used.id, ((now() - used.age_ms * interval '1 millisecond') AT TIME ZONE 'UTC')::date, used.n
           FROM used JOIN locked USING (id) WHERE locked.deleted_at IS NULL ORDER BY used.id
           ON CONFLICT (key_id, day) DO UPDATE SET requests = LEAST(d.requests::bigint + excluded.requests, 2147483647)::int)
         UPDATE auth_api_key k SET request_count = k.request_count + used.n,
           last_request_at = GREATEST(k.last_request_at, now() - used.age_ms * interval '1 millisecond')
         FROM used JOIN locked USING (id) WHERE k.id = used.id RETURNING k.id`,
};

/**
 * Counts requests per key in memory and writes them in batches, off the request path (T027). A failed write is tried again with the next
 * one and never fails a request; the shutdown writes what is left.
 */
export class ApiKeyUsage {
  private readonly logger = new Logger('ApiKeyUsage');
  private pending = new Map<string, Tally>();
  private writing = new Map<string, Tally>();
  private running: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private closing = false;

  constructor(
    private readonly database: Database,
    private readonly intervalSeconds: number,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.flush(), this.intervalSeconds * 1000).unref();
  }

  /** Counts one request. */
  note(keyId: string): void {
    const tally = this.pending.get(keyId);
    if (tally) {
      tally.count++;
      tally.last = Date.now();
    } else if (this.pending.size < MAX_KEYS) {
      this.pending.set(keyId, { count: 1, last: Date.now() });
    }
    if (this.closing || this.pending.size >= FLUSH_AT_KEYS) void this.flush();
  }

  /** Use that this process has not written yet; reads add it to the values of the row. */
  of(keyId: string): PendingUsage {
    const tallies = [this.pending.get(keyId), this.writing.get(keyId)].filter((tally) => tally !== undefined);
    if (tallies.length === 0) return NO_USE;
    return {
      count: tallies.reduce((sum, { count }) => sum + count, 0),
      lastRequest: new Date(Math.max(...tallies.map(({ last }) => last))),
    };
  }

  /** Writes what is pending. Never throws. */
  flush(): Promise<void> {
    this.running ??= this.write().finally(() => (this.running = undefined));
    return this.running;
  }

  /** From now on every request is written at once, since the process may end soon. */
  async drain(): Promise<void> {
    this.closing = true;
    clearInterval(this.timer);
    await this.running;
    await this.flush();
  }

  private async write(): Promise<void> {
    while (this.pending.size > 0) {
      const batch = [...this.pending.entries()].slice(0, BATCH_KEYS);
      for (const [keyId] of batch) this.pending.delete(keyId);
      this.writing = new Map(batch);
      try {
        const now = Date.now();
        await this.database.query(WRITE, [
          batch.map(([keyId]) => keyId),
          batch.map(([, { count }]) => count),
          batch.map(([, { last }]) => Math.max(0, now - last)),
        ]);
        this.writing = new Map();
      } catch (error) {
        this.giveBack(batch);
        this.logger.warn(`usage of API keys was not written and will be tried again: ${String(error)}`);
        return;
      }
    }
  }

  private giveBack(batch: readonly [string, Tally][]): void {
    this.writing = new Map();
    for (const [keyId, { count, last }] of batch) {
      const tally = this.pending.get(keyId);
      if (tally) tally.count += count;
      else this.pending.set(keyId, { count, last });
    }
  }
}
