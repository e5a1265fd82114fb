import type { EntityManager } from 'typeorm';
import type { Pool, PoolClient } from 'pg';
import { AuthError } from '../errors/auth-error.js';
import type { Connections } from './connections.js';
import { isRetryable, isRolledBack, isUnavailable, toAuthError } from './database-errors.js';
import { OpenTransaction, type Transaction } from './transaction.js';

/** A prepared statement: planned once per connection under its name. */
export interface Statement {
  /** Unique, at most 63 characters. */
  readonly name: string;
  readonly text: string;
}

/** Runs named statements: the pool, one transaction, or a host's EntityManager. */
export interface Executor {
  query<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]>;
}

const MAX_ATTEMPTS = 4;
const RETRY_JITTER_MILLISECONDS = 40;
/** No attempt begins after this: PostgreSQL takes a second to see a deadlock, and a request has five (T118). */
const RETRY_MILLISECONDS = 2_000;
/** Named, because all that is said about locks here is said of this level; a host's default may be another. */
const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED';

/**
 * All statements of this project go through here, on a pg pool of its own: named statements on a raw pool cost a third of a repository
 * call, and failures of the database become 503 in one place.
 */
export class Database implements Executor {
  constructor(private readonly connections: Connections) {}

  /** The pool of this project. @throws AuthError 503 while the data source is not connected */
  get pool(): Pool {
    return this.connections.pool;
  }

  /** @throws AuthError 503 when the database cannot answer */
  async query<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    const result = await this.retrying(() => this.pool.query<Row>({ ...statement, values: values as unknown[] }));
    return result.rows;
  }

  /**
   * Runs `work` in one transaction on one connection. A serialization failure or deadlock runs it again, a few times.
   * `work` must therefore have no effect outside `tx`; what follows a commit goes through `tx.afterCommit`.
   * @throws AuthError 503 when the database cannot answer or the outcome of the COMMIT is unknown
   */
  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.retrying(() => this.attempt(work));
  }

  /**
   * Runs `work` that is a single statement, and so its own transaction: no BEGIN, no COMMIT.
   * @throws Error when it is more than one; AuthError 503 when the database cannot answer
   */
  async single<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    let hasRun = false;
    const tx = new OpenTransaction((statement, values) => {
      if (hasRun) throw new Error(`Database.single: ${statement.name} is a second statement. Use transaction().`);
      hasRun = true;
      return this.query(statement, values);
    });
    const result = await work(tx);
    await tx.announce();
    tx.settle();
    return result;
  }

  /**
   * Runs `work` inside a transaction the host has opened with its EntityManager, so that our rows and the host's change together.
   * What follows the commit runs when `settle` of the result is called after it.
   */
  async join<T>(
    manager: EntityManager,
    work: (tx: Transaction) => Promise<T>,
  ): Promise<{ result: T; settle: () => void }> {
    const tx = new OpenTransaction((statement, values) => runOnManager(manager, statement, values));
    try {
      const result = await work(tx);
      await tx.announce();
      return { result, settle: () => tx.settle() };
    } catch (error) {
      throw toAuthError(error);
    }
  }

  /** What lost against another transaction was rolled back whole, and may run again while there is time. */
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
    const tx = new OpenTransaction((statement, values) => runOnClient(client, statement, values));
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
      const outcome = await client.query('COMMIT');
      // PostgreSQL answers ROLLBACK to the COMMIT of a failed transaction.
      if (outcome.command !== 'COMMIT') throw new Error('the transaction had failed and was rolled back');
    } catch (error) {
      if (isRolledBack(error)) throw error;
      tx.broken = true;
      // It may have committed. Caches are dropped as if it had; the client is told to come back.
      tx.dropCaches();
      throw AuthError.unavailable('the outcome of the COMMIT is unknown', error);
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

async function runOnClient(client: PoolClient, statement: Statement, values: readonly unknown[]): Promise<object[]> {
  const result = await client.query<object>({ ...statement, values: values as unknown[] });
  return result.rows;
}

async function runOnManager(
  manager: EntityManager,
  statement: Statement,
  values: readonly unknown[],
): Promise<object[]> {
  const result: unknown = await manager.query(statement.text, values as unknown[]);
  // TypeORM answers [rows, count] to UPDATE and DELETE, and rows to everything else.
  const rows = Array.isArray(result) && result.length === 2 && Array.isArray(result[0]) ? result[0] : result;
  return rows as object[];
}
