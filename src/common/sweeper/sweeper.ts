import { Logger } from '@nestjs/common';
import type { Database, Statement } from '../database/database.js';

/** One kind of rows that are of no use any more. */
export interface SweepTask {
  readonly name: string;
  /**
   * Deletes at most $1 rows, those locked by others left out (`FOR UPDATE SKIP LOCKED`), and returns one row for each.
   */
  readonly statement: Statement;
}

const BATCH_ROWS = 1_000;
const MAX_BATCHES = 200;
/** One node at a time: the lock lives as long as the batch's transaction. */
const LEAD: Statement = {
  name: 'auth_sweep_lead',
  text: `SELECT pg_try_advisory_xact_lock(hashtext('nest-authority sweep')) AS leads`,
};

/** Deletes expired rows in small batches, on one node at a time, judged by the database's clock (T120). */
export class Sweeper {
  private readonly logger = new Logger('AuthSweeper');
  private readonly tasks: SweepTask[] = [];
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<unknown> | undefined;
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly settings: { readonly enabled: boolean; readonly intervalSeconds: number },
  ) {}

  add(task: SweepTask): void {
    this.tasks.push(task);
  }

  start(): void {
    if (!this.settings.enabled) return;
    this.timer = setInterval(() => {
      this.running ??= this.sweep()
        .catch((error: unknown) => this.logger.warn(`sweep failed, will be tried again: ${String(error)}`))
        .finally(() => (this.running = undefined));
    }, this.settings.intervalSeconds * 1000).unref();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  /** Runs every task once. @returns rows deleted by task; a task another node is busy with counts 0 */
  async sweep(): Promise<Record<string, number>> {
    const deleted: Record<string, number> = {};
    for (const task of this.tasks) deleted[task.name] = await this.runTask(task);
    return deleted;
  }

  private async runTask(task: SweepTask): Promise<number> {
    let total = 0;
    for (let batch = 0; batch < MAX_BATCHES && !this.stopped; batch++) {
      const count = await this.database.transaction(async (tx) => {
        const [row] = await tx.query<{ leads: boolean }>(LEAD, []);
        return row?.leads ? (await tx.query(task.statement, [BATCH_ROWS])).length : 0;
      });
      total += count;
      if (count < BATCH_ROWS) break;
    }
    return total;
  }
}

/** A task that deletes by a condition on one table. `condition` is SQL of ours, never input. */
export function sweepWhere(table: string, key: string, condition: string): SweepTask {
  return {
    name: table,
    statement: {
      name: `auth_sweep_${table}`,
      text: `DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE ${condition} LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING ${key}`,
    },
  };
}
