import { Client } from 'pg';
import { ImportError, type ImportSource } from './import-options.js';
import { LEFT_TABLES, SOURCE_MODELS, type ModelName, type SourceModel } from './source-models.js';
import type { SourceRow } from './source-values.js';
import { spellingsOf } from './spellings.js';

interface FoundTable {
  /** Qualified and quoted. */
  readonly name: string;
  /** SQL of each column that there is, by better-auth's name. */
  readonly columns: ReadonlyMap<string, string>;
}
type TableColumns = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Reads the database of better-auth, whatever its tables and columns are called. Never writes: its transactions are read only. */
export class SourceDatabase {
  private readonly tables = new Map<string, FoundTable>();

  private constructor(
    private readonly client: Client,
    private readonly source: ImportSource,
  ) {}

  /** @throws ImportError when it cannot be reached, or is no database of better-auth */
  static async open(source: ImportSource): Promise<SourceDatabase> {
    let client: Client;
    try {
      client = new Client({ connectionString: source.url, application_name: 'nest-authority import' });
      client.on('error', () => undefined);
      await client.connect();
      await client.query('SET default_transaction_read_only = on');
    } catch (error) {
      throw new ImportError(`The database to import from cannot be reached: ${messageOf(error)}`, { cause: error });
    }
    const database = new SourceDatabase(client, source);
    try {
      await database.findTables();
    } catch (error) {
      await client.end();
      throw error;
    }
    return database;
  }

  has(model: ModelName): boolean {
    return this.tables.has(model);
  }

  async count(table: string): Promise<number> {
    const found = this.tables.get(table);
    if (!found) return 0;
    const { rows } = await this.client.query<{ count: number }>(`SELECT count(*)::float8 AS count FROM ${found.name}`);
    return rows[0]!.count;
  }

  /** Rows of a table by their ids, a page at a time. */
  async *pages(model: ModelName, size: number): AsyncGenerator<SourceRow[]> {
    const table = this.tables.get(model);
    if (!table) return;
    const id = table.columns.get('id')!;
    let last: unknown;
    for (;;) {
      const after = last === undefined ? '' : `WHERE ${id} > $2`;
      const values = last === undefined ? [size] : [size, last];
      const text = `SELECT ${listOf(table)} FROM ${table.name} ${after} ORDER BY ${id} LIMIT $1`;
      const { rows } = await this.client.query<Record<string, unknown>>(text, values);
      if (rows.length === 0) return;
      last = rows.at(-1)!['id'];
      yield rows.map((row) => ({ ...row, id: String(row['id']) }));
      if (rows.length < size) return;
    }
  }

  /** Rows in which a column has one of these values, by their ids; none when there is no such table or column. */
  async rowsBy(model: ModelName, column: string, values: readonly string[]): Promise<SourceRow[]> {
    const table = this.tables.get(model);
    const sql = table?.columns.get(column);
    if (!table || sql === undefined) return [];
    const text = `SELECT ${listOf(table)} FROM ${table.name} WHERE ${sql}::text = ANY($1) ORDER BY ${table.columns.get('id')!}`;
    const { rows } = await this.client.query<Record<string, unknown>>(text, [values]);
    return rows.map((row) => ({ ...row, id: String(row['id']) }));
  }

  /** Which of these rows are still there. @param unless columns that have to be null */
  async existing(model: ModelName, ids: readonly string[], unless: readonly string[] = []): Promise<Set<string>> {
    const table = this.tables.get(model)!;
    const id = table.columns.get('id')!;
    const conditions = unless.flatMap((name) => {
      const column = table.columns.get(name);
      return column === undefined ? [] : [`AND ${column} IS NULL`];
    });
    const text = `SELECT ${id}::text AS id FROM ${table.name} WHERE ${id}::text = ANY($1) ${conditions.join(' ')}`;
    const { rows } = await this.client.query<{ id: string }>(text, [ids]);
    return new Set(rows.map((row) => row.id));
  }

  /** The passwords of these users, as they are stored. */
  async passwords(userIds: readonly string[]): Promise<Map<string, string>> {
    const table = this.tables.get('account');
    const [user, provider, password] = ['userId', 'providerId', 'password'].map((name) => table?.columns.get(name));
    if (!table || password === undefined) return new Map();
    const text = `SELECT ${user}::text AS id, ${password} AS password FROM ${table.name}
                  WHERE ${user}::text = ANY($1) AND ${provider} = 'credential' AND ${password} IS NOT NULL`;
    const { rows } = await this.client.query<{ id: string; password: string }>(text, [userIds]);
    return new Map(rows.map((row) => [row.id, row.password]));
  }

  /** Which of these are ids of organisations. */
  async organizations(ids: readonly string[]): Promise<Set<string>> {
    const table = this.tables.get('organization');
    if (!table || ids.length === 0) return new Set();
    const text = `SELECT id::text AS id FROM ${table.name} WHERE id::text = ANY($1)`;
    const { rows } = await this.client.query<{ id: string }>(text, [ids]);
    return new Set(rows.map((row) => row.id));
  }

  async close(): Promise<void> {
    await this.client.end();
  }

  private async findTables(): Promise<void> {
    const { rows } = await this.client.query<{ table: string; column: string; type: string; schema: string }>(
      `SELECT table_name AS table, column_name AS column, data_type AS type, table_schema AS schema FROM information_schema.columns
       WHERE table_schema = COALESCE($1, current_schema())`,
      [this.source.schema ?? null],
    );
    const known = new Map<string, Map<string, string>>();
    for (const { table, column, type } of rows)
      known.set(table, (known.get(table) ?? new Map<string, string>()).set(column, type));
    const schema = rows[0]?.schema ?? this.source.schema ?? '';
    for (const [model, shape] of Object.entries<SourceModel>(SOURCE_MODELS)) this.find(model, shape, known, schema);
    const moved = new Set([...this.tables.values()].map(({ name }) => name));
    const others = new Map([...known].filter(([name]) => !moved.has(`${quoted(schema)}.${quoted(name)}`)));
    for (const table of Object.keys(LEFT_TABLES))
      this.find(table, { columns: ['id'], required: ['id'] }, others, schema);
    this.requireOwn(known);
  }

  private find(model: string, shape: SourceModel, known: TableColumns, schema: string): void {
    const given = this.source.tables?.[model];
    for (const name of given === undefined ? spellingsOf(model) : [given]) {
      const types = known.get(name);
      const columns = types && this.columnsOf(shape, types);
      if (!columns) continue;
      const missing = shape.required.filter((column) => !columns.has(column));
      if (missing.length === 0) {
        this.tables.set(model, { name: `${quoted(schema)}.${quoted(name)}`, columns });
        return;
      }
      if (given !== undefined)
        throw new ImportError(
          `The table ${name} has no column ${missing.join(', ')}: it is not better-auth's ${model}.`,
        );
    }
    if (given !== undefined) throw new ImportError(`There is no table ${given} for ${model}. Is the schema right?`);
  }

  private columnsOf(shape: SourceModel, types: ReadonlyMap<string, string>): Map<string, string> {
    const found = new Map<string, string>();
    for (const name of shape.columns) {
      const former = shape.formerly?.[name];
      const spellings = [...spellingsOf(name, false), ...(former === undefined ? [] : spellingsOf(former, false))];
      const column = spellings.find((one) => types.has(one));
      if (column !== undefined) found.set(name, this.valueOf(column, types.get(column)!));
    }
    return found;
  }

  private valueOf(column: string, type: string): string {
    if (type !== 'timestamp without time zone') return quoted(column);
    const zone = (this.source.timeZone ?? 'UTC').replaceAll("'", "''");
    return `(${quoted(column)} AT TIME ZONE '${zone}')`;
  }

  private requireOwn(known: TableColumns): void {
    const unknown = Object.keys(this.source.tables ?? {}).find((name) => !Object.hasOwn(SOURCE_MODELS, name));
    if (unknown !== undefined)
      throw new ImportError(
        `${JSON.stringify(unknown)} is no table of better-auth that can be moved. Name one of ${Object.keys(SOURCE_MODELS).join(', ')}.`,
      );
    if (this.tables.has('user')) return;
    const where = this.source.schema === undefined ? 'the default schema' : `the schema ${this.source.schema}`;
    const has = known.size === 0 ? 'has no tables' : 'has no table of better-auth for users';
    throw new ImportError(`In the database to import from, ${where} ${has}. Name its schema or the table.`);
  }
}

function listOf({ columns }: FoundTable): string {
  return [...columns].map(([name, sql]) => `${sql} AS "${name}"`).join(', ');
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
