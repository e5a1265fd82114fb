import type { SqlClient } from './sql-client.js';

/** What is really in a table. Statistics of columns are taken from it, and then the number of rows is put up. */
const SAMPLE = 2_000;
const ROWS = 1_000_000;
/** In a table that does not grow. */
const FEW = 50;

interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  /** Alone in a unique index. */
  readonly unique: boolean;
}

const COLUMNS = `
  SELECT c.table_name AS table, c.column_name AS name, c.udt_name AS type, c.is_nullable = 'YES' AS nullable,
    EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indrelid = quote_ident(c.table_name)::regclass AND i.indisunique AND i.indnkeyatts = 1
              AND a.attname = c.column_name) AS unique
  FROM information_schema.columns c WHERE c.table_schema = 'public' AND c.table_name LIKE 'auth\\_%'
  ORDER BY c.table_name, c.ordinal_position`;

const oneOf = (...values: string[]) => `(ARRAY['${values.join(`','`)}'])[1 + i % ${values.length}]`;

/** Columns whose values are few, or shared between tables: 200,000 subjects, 500,000 sessions, a hundred clients. */
const VALUES: Readonly<Record<string, string>> = {
  subject: `'user-' || i % 400`,
  owner_id: `'user-' || i % 400`,
  session_id: `md5('session-' || i % 1000)::uuid`,
  client_id: `'client-' || i % 101`,
  kind: oneOf('access', 'refresh'),
  subject_kind: oneOf('user', 'client'),
  source: oneOf('session', 'authorization_code', 'client_credentials'),
  owner_kind: oneOf('user', 'organization'),
  config_id: oneOf('default', 'other'),
  status: oneOf('pending', 'approved', 'denied'),
  registered_by: oneOf('open', 'user', 'administration'),
  provider_id: oneOf('one', 'two', 'three'),
  origins: `ARRAY['https://' || i || '.example']`,
  created_at: `now() - i * interval '1 minute'`,
  expires_at: `now() + (i - 20) * interval '10 minutes'`,
  // A code is kept as long as its tokens.
  'auth_authorization_code.expires_at': `now() + (20 - i) * interval '1 minute'`,
  // A key that is used has a row for each day.
  'auth_api_key_usage.key_id': `md5('key-' || i / 60)::uuid`,
  'auth_api_key_usage.day': `current_date - i % 60`,
  next_attempt_at: `now() + (i - 20) * interval '1 minute'`,
  // The counters that are still there: the sweeper takes those of an hour ago.
  expire: `(extract(epoch FROM now()) * 1000)::bigint + i * 1000`,
};
const BY_TYPE: Readonly<Record<string, string>> = {
  uuid: 'gen_random_uuid()',
  text: `'value-' || i`,
  varchar: `'value-' || i`,
  bytea: 'sha256(gen_random_uuid()::text::bytea)',
  timestamptz: `now() - i * interval '10 minutes'`,
  date: 'current_date - i',
  jsonb: `'{}'`,
  _text: `'{}'`,
  bool: 'true',
  int4: 'i % 10',
  int8: 'i',
};
/** Half of the rows have what is optional; few have ended before their time. */
const ENDED = new Set(['revoked_at', 'disabled_at', 'forgotten_at', 'deleted_at', 'retires_at', 'answered_at']);

/** Makes every table of ours look like one of a million rows to the planner. @param small tables that have few */
export async function pretendMillions(sql: SqlClient, small: ReadonlySet<string>): Promise<void> {
  const columns = await sql.run<Column>(COLUMNS);
  // Rows of different tables need not fit one another.
  await sql.run('SET session_replication_role = replica');
  for (const table of new Set(columns.map((one) => one.table))) {
    const own = columns.filter((one) => one.table === table);
    await sql.run(`ALTER TABLE ${table} SET (autovacuum_enabled = false)`);
    await sql.run(`INSERT INTO ${table} (${own.map(({ name }) => `"${name}"`).join(', ')})
      SELECT ${own.map(valueOf).join(', ')} FROM generate_series(1, ${small.has(table) ? FEW : SAMPLE}) AS i ON CONFLICT DO NOTHING`);
    if (small.has(table)) await sql.run(`ANALYZE ${table}`);
    else await putUp(sql, table);
  }
}

/** Makes most rows of these tables look old: the planner then expects to meet expired ones wherever it begins to read. */
export async function pretendExpired(sql: SqlClient, small: ReadonlySet<string>): Promise<void> {
  const columns = (await sql.run<Column>(COLUMNS)).filter(({ table }) => !small.has(table));
  for (const { table, name } of columns) {
    const earlier = name === 'expire' ? `expire - 1e12::bigint` : `${name} - interval '500 days'`;
    if (!['expires_at', 'created_at', 'forgotten_at', 'expire'].includes(name)) continue;
    await sql.run(`UPDATE ${table} SET ${name} = ${earlier}`);
    await putUp(sql, table);
  }
}

async function putUp(sql: SqlClient, table: string): Promise<void> {
  await sql.run(`VACUUM ANALYZE ${table}`);
  await sql.run(
    `UPDATE pg_class SET reltuples = ${ROWS} WHERE oid = $1::regclass
       OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = $1::regclass)`,
    [table],
  );
}

function valueOf({ table, name, type, nullable, unique }: Column): string {
  const shared = unique ? undefined : (VALUES[`${table}.${name}`] ?? VALUES[name]);
  const value = shared ?? BY_TYPE[type];
  if (value === undefined) throw new Error(`No value for the column ${name} of type ${type}.`);
  const typed = `(${value})::${type === '_text' ? 'text[]' : type}`;
  if (!nullable) return typed;
  return `CASE WHEN i % ${ENDED.has(name) ? '50 = 0' : '2 = 0'} THEN ${typed} END`;
}
