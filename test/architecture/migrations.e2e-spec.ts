import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Column, DataSource, Entity, PrimaryColumn, type DataSourceOptions } from 'typeorm';
import { AUTH_CAPABILITIES, authDataSource, authEntities, authMigrations, type AuthTables } from '../../src/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { connectSql } from '../support/sql-client.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Every choice of tables a host may make: each alone, none, and all. */
const CHOICES: [string, readonly AuthTables[]][] = [
  ['nothing but the kernel', []],
  ['sessions alone (a host with its own users)', ['sessions']],
  ...AUTH_CAPABILITIES.map((name): [string, AuthTables[]] => [name, [name]]),
  ['sessions with everything but accounts', ['sessions', ...AUTH_CAPABILITIES.filter((name) => name !== 'accounts')]],
  ['everything', AUTH_CAPABILITIES],
];

describe('migrations', () => {
  let database: TestDatabase;
  const open: DataSource[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    for (const source of open.splice(0)) await source.destroy();
    await database.drop();
  });

  async function connect(options: Partial<DataSourceOptions> & { tables?: readonly AuthTables[] } = {}) {
    const { tables, ...rest } = options;
    const base = authDataSource({ url: database.url, ...(tables && { tables }) });
    const source = await new DataSource({ ...base, ...rest } as DataSourceOptions).initialize();
    open.push(source);
    return source;
  }

  const difference = async (source: DataSource) =>
    (await source.driver.createSchemaBuilder().log()).upQueries.map(({ query }) => query);

  /** Tables, columns, indexes and constraints as PostgreSQL describes them. */
  const describeSchema = (source: DataSource): Promise<unknown[]> =>
    source.query(`
      SELECT 'column' AS what, table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') AS text
        FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'migrations'
      UNION ALL SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'migrations'
      UNION ALL SELECT 'constraint', conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND conrelid <> 'migrations'::regclass
      ORDER BY 1, 2`);

  it.each(CHOICES)('migrations and entities agree: %s', async (_name, tables) => {
    const source = await connect({ tables });
    await source.runMigrations();
    expect(await difference(source)).toEqual([]);
  });

  it('the comparison sees a difference when there is one', async () => {
    @Entity({ name: 'test_forgotten' })
    class Forgotten {
      @PrimaryColumn({ type: 'text' })
      id!: string;

      @Column({ type: 'text' })
      value!: string;
    }
    const source = await connect({ entities: [...authEntities(), Forgotten] });
    await source.runMigrations();
    expect(await difference(source)).toEqual([expect.stringContaining('test_forgotten')]);
  });

  it.each(CHOICES)('down takes everything back, and up makes the same again: %s', async (_name, tables) => {
    const source = await connect({ tables });
    const ran = await source.runMigrations();
    const before = await describeSchema(source);
    expect(before.length).toBeGreaterThan(0);
    for (let count = 0; count < ran.length; count++) await source.undoLastMigration();
    expect(await describeSchema(source)).toEqual([]);
    await source.runMigrations();
    expect(await describeSchema(source)).toEqual(before);
  });

  it('capabilities may be added one after the other, in any order', async () => {
    const all = await connect();
    await all.runMigrations();
    const expected = await describeSchema(all);
    const other = await createTestDatabase();
    try {
      for (const name of [...AUTH_CAPABILITIES].reverse()) {
        const source = await new DataSource(authDataSource({ url: other.url, tables: [name] })).initialize();
        await source.runMigrations();
        await source.destroy();
      }
      const source = await new DataSource(authDataSource({ url: other.url })).initialize();
      expect(await source.runMigrations()).toEqual([]);
      expect(await describeSchema(source)).toEqual(expected);
      await source.destroy();
    } finally {
      await other.drop();
    }
  });

  it('their names are unique and ascend, and every one has a way down', () => {
    const migrations = authMigrations().map((Migration) => new Migration());
    const names = migrations.map(({ name }) => name!);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[A-Z][A-Za-z]+\d{13}$/);
    for (const migration of migrations) expect(migration.down).toBeInstanceOf(Function);
  });

  it('every table has a prefix of ours', async () => {
    const source = await connect();
    await source.runMigrations();
    const tables: { tablename: string }[] = await source.query(
      `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations'`,
    );
    for (const { tablename } of tables) expect(tablename).toMatch(/^auth_/);
  });

  describe('with the command line of TypeORM, compiled', () => {
    const typeorm = (...words: string[]) =>
      promisify(execFile)(process.execPath, [join(ROOT, 'node_modules/typeorm/cli.js'), ...words], {
        cwd: ROOT,
        env: { ...process.env, DATABASE_URL: database.url, NODE_OPTIONS: '' },
      });

    it('migration:run, migration:generate --check and migration:revert work on dist/ormconfig.js', async () => {
      await typeorm('migration:run', '-d', 'dist/ormconfig.js');
      const sql = await connectSql(database.url);
      const tables = await sql.run(`SELECT FROM pg_tables WHERE schemaname = 'public'`);
      await sql.close();
      expect(tables.length).toBeGreaterThan(5);
      const folder = await mkdtemp(join(tmpdir(), 'nest-authority-migration-'));
      try {
        const check = await typeorm('migration:generate', '--check', '-d', 'dist/ormconfig.js', join(folder, 'Drift'));
        expect(check.stdout).toContain('No changes');
        expect(await readdir(folder)).toEqual([]);
      } finally {
        await rm(folder, { recursive: true });
      }
      await typeorm('migration:revert', '-d', 'dist/ormconfig.js');
      const again = await typeorm('migration:run', '-d', 'dist/ormconfig.js');
      expect(again.stdout).toContain('executed successfully');
    });
  });
});
