import { Client } from 'pg';
import { until } from './until.js';

/** A connection beside the application's own: holds locks, kills connections, counts. */
export interface SqlClient {
  run<Row = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export async function connectSql(url: string): Promise<SqlClient> {
  const client = new Client({ connectionString: url, application_name: 'test' });
  client.on('error', () => undefined);
  await client.connect();
  return {
    run: async <Row>(text: string, values: unknown[] = []) => (await client.query(text, values)).rows as Row[],
    close: () => client.end(),
  };
}

/** Closes every other connection to this database except those of tests. @returns how many there were */
export async function killConnections(sql: SqlClient): Promise<number> {
  const rows = await sql.run(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name <> 'test'`,
  );
  return rows.length;
}

/** Waits until this many connections wait for a lock. */
export async function waitForBlocked(sql: SqlClient, count: number): Promise<void> {
  await until(`${count} connections wait for a lock`, async () => {
    // Inside a transaction PostgreSQL reads the list of connections once and caches it.
    await sql.run('SELECT pg_stat_clear_snapshot()');
    const [row] = await sql.run<{ blocked: number }>(
      `SELECT count(*)::int AS blocked FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return row!.blocked >= count;
  });
}

/** Waits until this many application instances listen for revocations. */
export async function waitForListeners(sql: SqlClient, count: number): Promise<void> {
  await until(`${count} instances listen`, async () => {
    const [row] = await sql.run<{ listening: number }>(
      `SELECT count(*)::int AS listening FROM pg_stat_activity WHERE datname = current_database()
         AND application_name = 'nest-authority listen' AND state = 'idle' AND query LIKE 'LISTEN%'`,
    );
    return row!.listening >= count;
  });
}
