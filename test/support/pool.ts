import type { Pool } from 'pg';
import { Database } from '../../src/common/database/database.js';
import type { TestApp } from './app.js';
import { killConnections, type SqlClient } from './sql-client.js';
import { until } from './until.js';

/** Sent periodically in the background; no request causes them. */
const BACKGROUND = new Set(['auth_echo', 'auth_logout_delivery_clients']);

/** The pool for this project's statements, beside the host's. */
export function poolOf(host: Pick<TestApp, 'app'>): Pool {
  return host.app.get(Database).pool;
}

/** Kills every connection to the database, and waits until the pool has noticed: a request that is given a dead one gets 503 for that reason. */
export async function killPooled(host: Pick<TestApp, 'app'>, sql: SqlClient): Promise<void> {
  const pool = poolOf(host);
  const before = pool.totalCount;
  let gone = 0;
  const count = () => void gone++;
  pool.on('remove', count);
  await killConnections(sql);
  await until('the pool has noticed', () => gone >= before);
  pool.off('remove', count);
}

/** Reports each use of the pool: the name of the statement, or `transaction` for a connection taken for a transaction. */
export function watchPool(host: Pick<TestApp, 'app'>, onUse: (name: string) => void): void {
  const pool = poolOf(host);
  const query = pool.query.bind(pool) as (...given: unknown[]) => unknown;
  const connect = pool.connect.bind(pool) as (...given: unknown[]) => unknown;
  pool.query = ((...given: unknown[]) => {
    const [first] = given as [{ name?: string; text?: string } | string];
    const name = typeof first === 'string' ? first : (first.name ?? first.text ?? '');
    if (!BACKGROUND.has(name)) onUse(name);
    return query(...given);
  }) as Pool['query'];
  // The pool's own query connects with a callback.
  pool.connect = ((...given: unknown[]) => {
    if (given.length === 0) onUse('transaction');
    return connect(...given);
  }) as Pool['connect'];
}

const counters = new WeakMap<object, { uses: number }>();

/** How often `work` took a connection: every statement of this project needs one. */
export async function countAcquired(host: TestApp, work: () => Promise<unknown>): Promise<number> {
  const counter = counters.get(host) ?? { uses: 0 };
  if (!counters.has(host)) {
    counters.set(host, counter);
    watchPool(host, () => counter.uses++);
  }
  const before = counter.uses;
  await work();
  return counter.uses - before;
}
