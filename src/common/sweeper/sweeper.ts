import { Logger } from '@nestjs/common';
import type { Database, Statement } from '../database/database.js';
import { AuthError } from '../errors/auth-error.js';

/** Deletes one kind of rows that are no longer needed. */
export interface SweepTask {
  readonly name: string;
  /**
   * Deletes at most $1 rows, skips those that others have locked (`FOR UPDATE SKIP LOCKED`), and returns one row for each.
   */
  readonly statement: Statement;
}

const BATCH_ROWS = 1_000;
const MAX_BATCHES = 200;
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

/** Deletes expired rows in small batches, on one node at a time, judged by the database's clock (T120). */
export class Sweeper {
  private readonly logger = new Logger('AuthSweeper');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<unknown> | undefined;
  private stopped = false;

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
   * Runs every task once, unless another node is sweeping. A task that fails is logged; the others still run.
   * @returns rows deleted by task
   */
  async sweep(): Promise<Record<string, number>> {
    const { sweeps } = this.extensions;
    const deleted = Object.fromEntries(sweeps.map((task) => [task.name, 0]));
    if (!(await this.isFree())) return deleted;
    for (const task of sweeps) {
      await this.runTask(task, (rows) => (deleted[task.name]! += rows)).catch((error: unknown) => {
        const reason = (error instanceof AuthError && error.detail) || String(error);
        this.logger.warn(`sweeping ${task.name} failed, will be tried again: ${reason}`);
      });
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

  private async runTask(task: SweepTask, count: (rows: number) => void): Promise<void> {
    for (let batch = 0; batch < MAX_BATCHES && !this.stopped; batch++) {
      const rows = await this.database.transaction(async (tx) => {
        await tx.query(LEAD_ON, []);
        return (await tx.query(task.statement, [BATCH_ROWS])).length;
      });
      count(rows);
      if (rows < BATCH_ROWS) return;
    }
  }
}

/** A task that deletes by a condition on one table. `condition` is our own SQL, never input. */
export function sweepWhere(table: string, key: string, condition: string): SweepTask {
  return {
    name: table,
    statement: {
      name: `auth_sweep_${table}`,
      text: `DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE ${condition} LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING ${key}`,
    },
  };
}
