import { Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Statement } from '../database/database.js';
import { AuthError } from '../errors/auth-error.js';

/** When a row expired, and its key: where a task that passes over rows has come to. */
export type Place = readonly [expiredAt: string, key: string];

export interface SweptRow {
  /** It has expired, but something still needs it. */
  readonly kept?: boolean;
  readonly place?: Place;
}

/** Deletes one kind of rows that are no longer needed. */
export interface SweepTask {
  readonly name: string;
  /**
   * Deletes at most $1 rows, skips those that others have locked (`FOR UPDATE SKIP LOCKED`), and returns one row for each. With a
   * `firstPlace` it also returns the rows that it keeps, and goes on after the place in $2 and $3.
   */
  readonly statement: Statement;
  readonly firstPlace?: Place;
}

const BATCH_ROWS = 1_000;
/** After so many batches of one task, the others have their turn. */
const BATCHES_PER_TURN = 50;
const MAX_PAUSE_MILLISECONDS = 250;
/** Whether no other node is sweeping. If one is, this node leaves the work to it. */
const LEAD: Statement = {
  name: 'auth_sweep_lead',
  text: `SELECT pg_try_advisory_xact_lock(hashtext('nest-authority sweep')) AS leads`,
};
/**
 * Taken for each batch: the lock lasts as long as the batch's transaction. A node that has begun waits for the lock, because another node
 * may begin between two of its batches; if both only tried it, both could give up.
 */
const LEAD_ON: Statement = {
  name: 'auth_sweep_lead_on',
  text: `SELECT pg_advisory_xact_lock(hashtext('nest-authority sweep'))`,
};

/** What a caller of `sweep` hears while it runs. */
export interface SweepWatch {
  /** Another process is sweeping, so this one does nothing; or the database does not answer. */
  onIdle?(): void;
  /** @param deleted rows of the task so far */
  onBatch?(task: string, deleted: number): void;
  onFailure?(task: string, reason: string): void;
}

/** A task that is not done yet. */
interface Turn {
  readonly task: SweepTask;
  place: Place | undefined;
  deleted: number;
  hasMore: boolean;
}

/** Deletes expired rows in small batches, on one node at a time, judged by the database's clock (T120). */
export class Sweeper {
  private readonly logger = new Logger('AuthSweeper');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<unknown> | undefined;
  private stopped = false;
  /** As long as the last batch took: a database that has much to do is given more time. */
  private pauseMilliseconds = 0;

  constructor(
    private readonly database: Database,
    private readonly extensions: { readonly sweeps: readonly SweepTask[] },
    private readonly settings: { readonly enabled: boolean; readonly intervalSeconds: number },
  ) {}

  start(): void {
    if (!this.settings.enabled) return;
    this.timer = setInterval(() => {
      this.running ??= this.sweep().finally(() => (this.running = undefined));
    }, this.settings.intervalSeconds * 1000).unref();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  /**
   * Runs every task until nothing is left to do, unless another node is sweeping. A task that fails is logged; the others still run.
   * @returns rows deleted by task
   */
  async sweep(watch: SweepWatch = {}): Promise<Record<string, number>> {
    const { sweeps } = this.extensions;
    const deleted = Object.fromEntries(sweeps.map((task) => [task.name, 0]));
    if (!(await this.isFree())) {
      watch.onIdle?.();
      return deleted;
    }
    let turns = sweeps.map((task): Turn => ({ task, place: task.firstPlace, deleted: 0, hasMore: true }));
    while (turns.length > 0 && !this.stopped) {
      for (const turn of turns) {
        await this.take(turn, watch);
        deleted[turn.task.name] = turn.deleted;
      }
      turns = turns.filter(({ hasMore }) => hasMore);
    }
    return deleted;
  }

  private async isFree(): Promise<boolean> {
    try {
      const [row] = await this.database.query<{ leads: boolean }>(LEAD, []);
      return row!.leads;
    } catch {
      // Not logged here: the next request that needs the database reports it.
      return false;
    }
  }

  private async take(turn: Turn, watch: SweepWatch): Promise<void> {
    try {
      for (let batch = 0; batch < BATCHES_PER_TURN && turn.hasMore && !this.stopped; batch++) {
        await this.runBatch(turn);
        watch.onBatch?.(turn.task.name, turn.deleted);
      }
    } catch (error) {
      turn.hasMore = false;
      const reason = (error instanceof AuthError && error.detail) || String(error);
      this.logger.warn(`sweeping ${turn.task.name} failed, will be tried again: ${reason}`);
      watch.onFailure?.(turn.task.name, reason);
    }
  }

  private async runBatch(turn: Turn): Promise<void> {
    const { statement } = turn.task;
    const rows = await this.database.transaction(async (tx) => {
      await tx.query(LEAD_ON, []);
      // Half of the time is left to requests. Under the lock, so that other nodes still find this one sweeping.
      await sleep(this.pauseMilliseconds);
      const begun = performance.now();
      const swept = await tx.query<SweptRow>(statement, [BATCH_ROWS, ...(turn.place ?? [])]);
      this.pauseMilliseconds = Math.min(performance.now() - begun, MAX_PAUSE_MILLISECONDS);
      return swept;
    });
    turn.deleted += rows.filter(({ kept }) => !kept).length;
    turn.hasMore = rows.length === BATCH_ROWS;
    turn.place = rows.at(-1)?.place ?? turn.place;
  }
}

/**
 * A task that deletes by a condition on one table. `condition` is our own SQL, never input.
 * @param oldestFirst the column of an index that finds the rows. Without an order, the planner reads the table from its beginning once most
 * rows have expired, which is over all that was deleted there before
 */
export function sweepWhere(table: string, key: string, condition: string, oldestFirst?: string): SweepTask {
  const order = oldestFirst === undefined ? '' : ` ORDER BY ${oldestFirst}`;
  return {
    name: table,
    statement: {
      name: `auth_sweep_${table}`,
      text: `DELETE FROM ${table} WHERE ${key} = ANY(ARRAY(SELECT ${key} FROM ${table} WHERE ${condition}${order} LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING ${key}`,
    },
  };
}

/**
 * A task that keeps some of the rows that expired a day ago: those for which `isNeeded`, our own SQL about the row `t`, holds. Many may be
 * kept for long, so each batch goes on where the one before has ended; a batch that began anew would look at all of them again.
 */
export function sweepUnless(table: string, isNeeded: string): SweepTask {
  const expired = `expires_at < now() - interval '1 day'`;
  return {
    name: table,
    statement: {
      name: `auth_sweep_${table}`,
      text: `WITH seen AS MATERIALIZED (
               SELECT id, expires_at FROM ${table} WHERE ${expired} AND (expires_at, id) > ($2::timestamptz, $3::uuid)
               ORDER BY expires_at, id LIMIT $1),
             gone AS (
               DELETE FROM ${table} WHERE id = ANY(ARRAY(
                 SELECT t.id FROM ${table} t WHERE t.id = ANY(ARRAY(SELECT id FROM seen)) AND ${expired} AND NOT ${isNeeded}
                 FOR UPDATE SKIP LOCKED)) RETURNING id)
             SELECT gone.id IS NULL AS kept, ARRAY[seen.expires_at::text, seen.id::text] AS place
             FROM seen LEFT JOIN gone USING (id) ORDER BY seen.expires_at, seen.id`,
    },
    firstPlace: ['-infinity', '00000000-0000-0000-0000-000000000000'],
  };
}
