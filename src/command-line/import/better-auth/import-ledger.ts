import type { KindName } from './import-report.js';
import type { TargetSql } from './target-database.js';

/** What was moved, and how both rows looked then. */
export interface LedgerEntry {
  readonly source_id: string;
  /** Digest of the row there. */
  readonly fingerprint: string;
  /** Key of the row here. */
  readonly key: string;
  /** Digest of the row here. */
  readonly mark: string;
}

/** Our word for a table of the import's own: the host drops it once the move is over. */
export const LEDGER_TABLE = 'auth_import';
const THERE = `SELECT to_regclass('${LEDGER_TABLE}') IS NOT NULL AS there`;
const CREATE = `CREATE TABLE IF NOT EXISTS ${LEDGER_TABLE} (
  kind text NOT NULL, source_id text NOT NULL, fingerprint text NOT NULL, key text NOT NULL, mark text NOT NULL,
  moved_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (kind, source_id))`;

/**
 * Remembers what was moved, so that a second run moves only what is new or changed, brings back nothing that has ended here since, and
 * recognises what has been changed here.
 */
export class ImportLedger {
  constructor(private readonly sql: TargetSql) {}

  /** Within the transaction, so that a dry run leaves no table behind. */
  async prepare(): Promise<void> {
    // Without the look first, every batch would tell the log that the table exists.
    const [row] = await this.sql.query<{ there: boolean }>(THERE);
    if (!row!.there) await this.sql.query(CREATE);
  }

  /** Users who were moved before, a page of them; none before the first run. */
  async someUsers(size: number): Promise<string[]> {
    const [row] = await this.sql.query<{ there: boolean }>(THERE);
    return row!.there ? (await this.page('users', null, size)).map((entry) => entry.source_id) : [];
  }

  async entries(kind: KindName, ids: readonly string[]): Promise<Map<string, LedgerEntry>> {
    const rows = await this.sql.query<LedgerEntry & { source_id: string }>(
      `SELECT source_id, fingerprint, key, mark FROM ${LEDGER_TABLE} WHERE kind = $1 AND source_id = ANY($2)`,
      [kind, ids],
    );
    return new Map(rows.map((row) => [row.source_id, row]));
  }

  /** The next entries of a kind, by their ids. */
  async page(kind: KindName, after: string | null, size: number): Promise<LedgerEntry[]> {
    return this.sql.query<LedgerEntry>(
      `SELECT source_id, fingerprint, key, mark FROM ${LEDGER_TABLE}
       WHERE kind = $1 AND ($2::text IS NULL OR source_id > $2) ORDER BY source_id LIMIT $3`,
      [kind, after, size],
    );
  }

  async write(kind: KindName, entries: readonly LedgerEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const column = (member: keyof LedgerEntry) => entries.map((entry) => entry[member]);
    await this.sql.query(
      `INSERT INTO ${LEDGER_TABLE} (kind, source_id, fingerprint, key, mark)
       SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[])
       ON CONFLICT (kind, source_id) DO UPDATE SET fingerprint = excluded.fingerprint, key = excluded.key, mark = excluded.mark, moved_at = now()`,
      [kind, column('source_id'), column('fingerprint'), column('key'), column('mark')],
    );
  }

  async forget(kind: KindName, ids: readonly string[]): Promise<void> {
    await this.sql.query(`DELETE FROM ${LEDGER_TABLE} WHERE kind = $1 AND source_id = ANY($2)`, [kind, ids]);
  }
}
