import type { QueryRunner } from 'typeorm';

/** Storage parameters of PostgreSQL, by their names. */
type Storage = Readonly<Record<string, number>>;

/**
 * For tables whose rows come and go. The defaults wait until a fifth of a table is dead: of ten million rows that is two million, over
 * which the sweeper's index scans pass until then, and whose place stays taken.
 */
export const PASSING_ROWS: Storage = {
  autovacuum_vacuum_scale_factor: 0.05,
  autovacuum_vacuum_insert_scale_factor: 0.1,
  autovacuum_analyze_scale_factor: 0.05,
};

/**
 * Also for rows that are changed where they are: a row's next version fits on its page, and no index is written (HOT). What of a page
 * stays free is in percent.
 */
export const changedRows = (freePercent: number): Storage => ({ ...PASSING_ROWS, fillfactor: 100 - freePercent });

/** Applies to what is written from now on; rewrites nothing, and blocks neither readers nor writers. */
export async function setStorage(runner: QueryRunner, tables: Readonly<Record<string, Storage>>): Promise<void> {
  for (const [table, storage] of Object.entries(tables)) {
    const settings = Object.entries(storage).map(([name, value]) => `${name} = ${value}`);
    await runner.query(`ALTER TABLE "${table}" SET (${settings.join(', ')})`);
  }
}

/** Back to the defaults of the server. */
export async function resetStorage(runner: QueryRunner, tables: Readonly<Record<string, Storage>>): Promise<void> {
  for (const [table, storage] of Object.entries(tables))
    await runner.query(`ALTER TABLE "${table}" RESET (${Object.keys(storage).join(', ')})`);
}
