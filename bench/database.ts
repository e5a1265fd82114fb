import { Client } from 'pg';
import { cpuBetween, findPostmaster, postgresCpu } from './postgres-cpu.js';

export interface DatabaseReading {
  /** Sent by clients to this database, BEGIN and COMMIT included. Undefined without pg_stat_statements. */
  readonly statements: number | undefined;
  /** Written so far by the whole server. */
  readonly walBytes: number;
  /** By process. Undefined where the processes of PostgreSQL cannot be seen. */
  readonly cpu: ReadonlyMap<number, number> | undefined;
}

/** A database of its own for one server under load, watched from beside. */
export interface BenchDatabase {
  readonly url: string;
  readonly hasStatementStatistics: boolean;
  readonly hasCpu: boolean;
  read(): Promise<DatabaseReading>;
  drop(): Promise<void>;
}

/** `toplevel`: without what functions and foreign keys run. Without our own question. */
const STATEMENTS = `SELECT coalesce(sum(calls), 0)::float8 AS statements FROM pg_stat_statements
  WHERE toplevel AND query NOT LIKE '%pg_stat_statements%'
    AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())`;
const WAL = `SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 AS bytes`;

export async function createDatabase(serverUrl: string, name: string): Promise<BenchDatabase> {
  await onServer(serverUrl, `CREATE DATABASE "${name}"`);
  const url = Object.assign(new URL(serverUrl), { pathname: name }).href;
  const watcher = new Client({ connectionString: url });
  await watcher.connect();
  const hasStatementStatistics = await enableStatistics(watcher);
  const { rows } = await watcher.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const postmaster = findPostmaster(rows[0]!.pid);
  return {
    url,
    hasStatementStatistics,
    hasCpu: postmaster !== undefined,
    read: async () => ({
      statements: hasStatementStatistics
        ? (await watcher.query<{ statements: number }>(STATEMENTS)).rows[0]!.statements
        : undefined,
      walBytes: (await watcher.query<{ bytes: number }>(WAL)).rows[0]!.bytes,
      cpu: postmaster === undefined ? undefined : postgresCpu(postmaster),
    }),
    drop: async () => {
      await watcher.end();
      await onServer(serverUrl, `DROP DATABASE "${name}" WITH (FORCE)`);
    },
  };
}

/** What happened between two readings. */
export function between(before: DatabaseReading, after: DatabaseReading) {
  return {
    statements:
      before.statements === undefined || after.statements === undefined
        ? undefined
        : after.statements - before.statements,
    walBytes: after.walBytes - before.walBytes,
    microseconds: before.cpu && after.cpu && cpuBetween(before.cpu, after.cpu),
  };
}

/** The extension sits in the database of the benchmark, and goes with it. It works where the server has loaded its library. */
async function enableStatistics(client: Client): Promise<boolean> {
  try {
    await client.query('CREATE EXTENSION pg_stat_statements');
    await client.query(STATEMENTS);
    return true;
  } catch {
    return false;
  }
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
