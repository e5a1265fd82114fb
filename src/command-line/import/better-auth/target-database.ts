import type { ClientBase, QueryResultRow } from 'pg';
import { ImportError, type ImportTarget } from './import-options.js';

/** Runs statements of the import in the database that it writes. */
export interface TargetSql {
  query<Row extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** SQLSTATE classes for values that the database does not take, and constraints that they break. */
const REFUSED_VALUES = /^(22|23)/;

/** The database with our tables: one connection, one transaction at a time. */
export class TargetDatabase implements TargetSql {
  private constructor(
    private readonly client: ClientBase,
    private readonly tables: ReadonlySet<string>,
  ) {}

  /** @throws ImportError when it has none of our tables */
  static async over({ client, schema }: ImportTarget): Promise<TargetDatabase> {
    // Marks are made of the text of rows, which must not depend on the settings of the connection.
    await client.query(`SET TIME ZONE 'UTC'; SET datestyle = 'ISO'; SET lock_timeout = '10s'`);
    if (schema !== undefined) await client.query(`SELECT set_config('search_path', quote_ident($1), false)`, [schema]);
    const { rows } = await client.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema() AND table_name LIKE 'auth\\_%'`,
    );
    const tables = new Set(rows.map(({ name }) => name));
    if (tables.has('auth_subject')) return new TargetDatabase(client, tables);
    throw new ImportError(
      'The database to import into has no tables of ours. Run the migrations first: nest-authority migrate up',
    );
  }

  has(table: string): boolean {
    return this.tables.has(table);
  }

  async query<Row extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.client.query<Row>(text, [...values])).rows;
  }

  /** @throws ImportError while another import writes here */
  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    const [row] = await this.query<{ held: boolean }>(
      `SELECT pg_try_advisory_lock(hashtext('nest-authority import')) AS held`,
    );
    if (!row!.held) throw new ImportError('Another import is running. Wait until it has ended.');
    try {
      return await work();
    } finally {
      // A connection that is broken has lost the lock with it.
      await this.query(`SELECT pg_advisory_unlock(hashtext('nest-authority import'))`).catch(() => undefined);
    }
  }

  /** @param keeps false: whatever is written is taken back */
  async transaction<T>(keeps: boolean, work: () => Promise<T>): Promise<T> {
    await this.client.query('BEGIN ISOLATION LEVEL READ COMMITTED');
    try {
      const result = await work();
      await this.client.query(keeps ? 'COMMIT' : 'ROLLBACK');
      return result;
    } catch (error) {
      // The error that led here says more than that of a broken connection.
      await this.client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }
}

/** What the database did not take: code and constraint, without the values. Null: the error has another cause. */
export function refusalOf(error: unknown): string | null {
  const { code, constraint } = (error ?? {}) as { code?: unknown; constraint?: unknown };
  if (typeof code !== 'string' || !REFUSED_VALUES.test(code)) return null;
  return `the database refuses it (${code}${typeof constraint === 'string' ? ` ${constraint}` : ''})`;
}
