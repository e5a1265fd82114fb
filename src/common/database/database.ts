import type { Pool, PoolClient, QueryConfig } from 'pg';
import { AuthError } from '../errors/auth-error.js';
import type { Connections } from './connections.js';
import { isRetryable, isRolledBack, isUnavailable, toAuthError } from './database-errors.js';
import { notifyAndEnd, OpenTransaction, type TaggedRows, type Transaction } from './transaction.js';

/** A prepared statement: parsed once per connection under its name. */
export interface Statement {
  /** Unique, at most 63 characters. */
  readonly name: string;
  readonly text: string;
}

/** What we use of an EntityManager: resource servers compile without TypeORM. */
export interface HostManager {
  query(sql: string, parameters?: unknown[]): Promise<unknown>;
}

/** Runs named statements: the pool, one transaction, or a host's EntityManager. */
export interface Executor {
  query<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]>;
}

const MAX_ATTEMPTS = 4;
const RETRY_JITTER_MILLISECONDS = 40;
/** No attempt begins after this: PostgreSQL takes a second to detect a deadlock, and a request has five (T118). */
const RETRY_MILLISECONDS = 2_000;
/** Explicit, because our locks are designed for this level and the host's default may be another. */
const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED';

/**
 * Runs all statements of this project, on its own pg pool: named statements on a raw pool cost a third of a repository call, and
 * failures of the database become 503 in one place.
 */
export class Database implements Executor {
  private tagged: readonly TaggedRows[] = [];
  private ending: Statement | null = null;

  constructor(private readonly connections: Connections) {}

  /** @internal The pool of this project. @throws AuthError 503 while the data source is not connected */
  get pool(): Pool {
    return this.connections.pool;
  }

  /** Has these rows deleted in every transaction that drops one of their tags. Called before the application starts. */
  deleteWithTags(rows: TaggedRows): void {
    this.tagged = [...this.tagged, rows];
    this.ending = notifyAndEnd(this.tagged);
  }

  /** @throws AuthError 503 when the database cannot answer */
  async query<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    const result = await this.retrying(() => this.pool.query<Row>(bound(statement, values)));
    return result.rows;
  }

  /**
   * Runs `work` in one transaction on one connection. After a serialization failure or deadlock it runs again, a few times.
   * `work` must therefore have no effect outside `tx`; effects after the commit go through `tx.afterCommit`.
   * @throws AuthError 503 when the database cannot answer or it is unknown whether the COMMIT succeeded
   */
  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.retrying(() => this.attempt(work));
  }

  /**
   * Runs `work` that consists of one statement, which is its own transaction: no BEGIN, no COMMIT.
   * @throws Error at a second statement; AuthError 503 when the database cannot answer
   */
  async single<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    let hasRun = false;
    const tx = new OpenTransaction((statement, values) => {
      if (hasRun) throw new Error(`Database.single: ${statement.name} is a second statement. Use transaction().`);
      hasRun = true;
      return this.query(statement, values);
    }, this.ending);
    const result = await work(tx);
    await tx.announce();
    tx.settle();
    return result;
  }

  /**
   * Runs `work` inside a transaction the host has opened with its EntityManager, so that our rows and the host's change together.
   * Call `settle` of the result after the commit: it runs the `afterCommit` actions.
   */
  async join<T>(
    manager: HostManager,
    work: (tx: Transaction) => Promise<T>,
  ): Promise<{ result: T; settle: () => void }> {
    const tx = new OpenTransaction((statement, values) => runOnManager(manager, statement, values), this.ending);
    try {
      const result = await work(tx);
      await tx.announce();
      return { result, settle: () => tx.settle() };
    } catch (error) {
      throw toAuthError(error);
    }
  }

  /** A transaction that lost against another one was rolled back completely, and may run again while there is time. */
  private async retrying<T>(run: () => Promise<T>): Promise<T> {
    const deadline = performance.now() + RETRY_MILLISECONDS;
    for (let attempt = 1; ; attempt++) {
      try {
        return await run();
      } catch (error) {
        const isLast = attempt >= MAX_ATTEMPTS || performance.now() > deadline;
        if (isLast || !isRetryable(error)) throw toAuthError(error);
        await new Promise((resolve) => setTimeout(resolve, attempt * RETRY_JITTER_MILLISECONDS * Math.random()));
      }
    }
  }

  private async attempt<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    const tx = new OpenTransaction((statement, values) => runOnClient(client, statement, values), this.ending);
    // A checked-out client whose socket breaks emits 'error'; without a listener that ends the process (T117).
    const onError = () => {
      tx.broken = true;
    };
    client.on('error', onError);
    try {
      await client.query(BEGIN);
      const result = await work(tx);
      await tx.announce();
      await this.commit(client, tx);
      tx.settle();
      return result;
    } catch (error) {
      await this.rollback(client, tx, error);
      throw error;
    } finally {
      client.removeListener('error', onError);
      client.release(tx.broken);
    }
  }

  private async commit(client: PoolClient, tx: OpenTransaction): Promise<void> {
    try {
      const result = await client.query('COMMIT');
      // The COMMIT of a failed transaction succeeds, with the command tag ROLLBACK.
      if (result.command !== 'COMMIT') throw new Error('the transaction had failed and was rolled back');
    } catch (error) {
      if (isRolledBack(error)) throw error;
      tx.broken = true;
      // It may have committed: drop the caches as if it had, and tell the client to retry.
      tx.dropCaches();
      throw AuthError.unavailable('it is unknown whether the COMMIT succeeded', error);
    }
  }

  private async rollback(client: PoolClient, tx: OpenTransaction, cause: unknown): Promise<void> {
    // A timed-out statement may still be running on this connection: a ROLLBACK would queue behind it.
    if (isUnavailable(cause) && !isRetryable(cause)) tx.broken = true;
    if (tx.broken) return;
    await client.query('ROLLBACK').catch(() => {
      tx.broken = true;
    });
  }
}

/** Inherits from the statement: pg copies every own property of what it is given, by descriptors, for each query. */
function bound(statement: Statement, values: readonly unknown[]): QueryConfig {
  return Object.assign(Object.create(statement) as Statement, { values: values as unknown[] });
}

async function runOnClient(client: PoolClient, statement: Statement, values: readonly unknown[]): Promise<object[]> {
  const result = await client.query<object>(bound(statement, values));
  return result.rows;
}

async function runOnManager(manager: HostManager, statement: Statement, values: readonly unknown[]): Promise<object[]> {
  const result: unknown = await manager.query(statement.text, values as unknown[]);
  // TypeORM returns [rows, count] for UPDATE and DELETE, and rows for everything else.
  const rows = Array.isArray(result) && result.length === 2 && Array.isArray(result[0]) ? result[0] : result;
  return rows as object[];
}
