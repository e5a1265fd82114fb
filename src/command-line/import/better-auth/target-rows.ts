import type { TargetSql } from './target-database.js';

/** A table of ours that rows are moved into. */
export interface TargetTable {
  readonly name: string;
  readonly key: string;
}

/** A row to write: values by column. Dates and lists as JSON, bytes as `\x…`. */
export type TargetRow = Readonly<Record<string, unknown>>;
/** A row that was written, by its key, and how it looks now. */
export type Marks = ReadonlyMap<string, string>;

/** Changes with every change of the row, whoever makes it. */
const MARK = 'md5(t::text)';

/** Inserts rows, but not those whose key or other unique value is taken. */
export async function insertRows(sql: TargetSql, table: TargetTable, rows: readonly TargetRow[]): Promise<Marks> {
  if (rows.length === 0) return new Map();
  const columns = columnsOf(rows);
  const written = await sql.query<{ key: string; mark: string }>(
    `INSERT INTO ${table.name} AS t (${columns}) SELECT ${columns} FROM jsonb_populate_recordset(NULL::${table.name}, $1::jsonb)
     ON CONFLICT DO NOTHING RETURNING ${table.key}::text AS key, ${MARK} AS mark`,
    [JSON.stringify(rows)],
  );
  return marksOf(written);
}

/** Changes rows that still look as they were marked; others stay as they are. */
export async function updateRows(
  sql: TargetSql,
  table: TargetTable,
  rows: readonly TargetRow[],
  marks: readonly string[],
): Promise<Marks> {
  if (rows.length === 0) return new Map();
  const columns = columnsOf(rows);
  const next = columns
    .split(', ')
    .map((column) => `n.${column}`)
    .join(', ');
  const written = await sql.query<{ key: string; mark: string }>(
    `UPDATE ${table.name} AS t SET (${columns}) = ROW(${next})
     FROM jsonb_populate_recordset(NULL::${table.name}, $1::jsonb) AS n, unnest($2::text[], $3::text[]) AS m(key, mark)
     WHERE t.${table.key} = n.${table.key} AND t.${table.key}::text = m.key AND ${MARK} = m.mark
     RETURNING t.${table.key}::text AS key, ${MARK} AS mark`,
    [JSON.stringify(rows), rows.map((row) => String(row[table.key])), marks],
  );
  return marksOf(written);
}

/** Deletes rows that still look as they were marked. @returns their keys */
export async function deleteRows(
  sql: TargetSql,
  table: TargetTable,
  entries: readonly { readonly key: string; readonly mark: string }[],
): Promise<Set<string>> {
  const deleted = await sql.query<{ key: string }>(
    `DELETE FROM ${table.name} AS t USING unnest($1::text[], $2::text[]) AS m(key, mark)
     WHERE t.${table.key}::text = m.key AND ${MARK} = m.mark RETURNING m.key`,
    [entries.map(({ key }) => key), entries.map(({ mark }) => mark)],
  );
  return new Set(deleted.map(({ key }) => key));
}

/** Which of these rows are there. */
export async function presentKeys(sql: TargetSql, table: TargetTable, keys: readonly string[]): Promise<Set<string>> {
  const rows = await sql.query<{ key: string }>(
    `SELECT ${table.key}::text AS key FROM ${table.name} WHERE ${table.key}::text = ANY($1)`,
    [keys],
  );
  return new Set(rows.map(({ key }) => key));
}

/** Bytes in the form in which jsonb_populate_recordset reads them. */
export function toBytes(bytes: Buffer): string {
  return `\\x${bytes.toString('hex')}`;
}

/** Rows of one kind have the same columns. */
function columnsOf(rows: readonly TargetRow[]): string {
  return Object.keys(rows[0]!).join(', ');
}

function marksOf(rows: readonly { readonly key: string; readonly mark: string }[]): Map<string, string> {
  return new Map(rows.map(({ key, mark }) => [key, mark]));
}
