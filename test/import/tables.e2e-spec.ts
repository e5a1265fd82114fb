import { symmetricEncrypt } from 'better-auth/crypto';
import { importRun, movedOf } from '../support/better-auth-import.js';
import { TEST_ISSUER, TEST_SECRET } from '../support/app.js';
import { commandLine } from '../support/command-line.js';
import type { TestDatabase } from '../support/database.js';
import { createMigratedDatabase } from '../support/migrated-database.js';
import { connectSql, type SqlClient } from '../support/sql-client.js';

/** As Drizzle's generator writes them: snake case, plurals, times without a zone; and an older version without the later columns. */
const TABLES = `
  CREATE SCHEMA shop;
  CREATE TABLE shop.members (id serial PRIMARY KEY, name text, email text NOT NULL, email_verified boolean NOT NULL,
    created_at timestamp NOT NULL, updated_at timestamp NOT NULL, two_factor_enabled boolean);
  CREATE TABLE shop.sessions (id text PRIMARY KEY, token text NOT NULL, user_id integer NOT NULL, expires_at timestamp NOT NULL,
    created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
  CREATE TABLE shop.oauth_clients (id text PRIMARY KEY, client_id text NOT NULL, redirect_uris text[] NOT NULL, public boolean, scopes text[]);
  CREATE TABLE shop.apikey (id uuid PRIMARY KEY, key text NOT NULL, user_id integer NOT NULL, enabled boolean);
  INSERT INTO shop.members (name, email, email_verified, created_at, updated_at)
    SELECT 'Member ' || n, 'member-' || n || '@example.com', true, '2026-01-31 12:00', '2026-01-31 12:00' FROM generate_series(1, 25) n;
  INSERT INTO shop.sessions SELECT 's' || id, lpad(id::text, 32, 'a'), id, '2999-01-01', '2026-01-31 12:00', '2026-01-31 12:00' FROM shop.members;
  INSERT INTO shop.oauth_clients VALUES ('1', 'app', ARRAY['http://127.0.0.1/back'], true, ARRAY['openid']);
  CREATE TABLE shop.organizations (id text PRIMARY KEY);
  CREATE TABLE shop.two_factors (id text PRIMARY KEY, secret text, backup_codes text, user_id integer);
  INSERT INTO shop.organizations VALUES ('acme');
  CREATE TABLE shop.api_keys (LIKE shop.apikey);
  ALTER TABLE shop.api_keys ALTER user_id TYPE text;
  INSERT INTO shop.api_keys VALUES ('0198C0DE-7C1A-7000-8000-000000000002', rpad('o', 43, 'o'), 'acme', false);
  INSERT INTO shop.apikey VALUES ('0198C0DE-7C1A-7000-8000-000000000001', rpad('k', 43, 'k'), 3, NULL)`;

describe('import better-auth: tables, columns and types under other names', () => {
  let database: TestDatabase;
  let here: SqlClient;
  const run = (...more: string[]) => importRun(database.url, database.url, '--from-schema', 'shop', ...more);

  beforeAll(async () => {
    database = await createMigratedDatabase();
    here = await connectSql(database.url);
    await here.run(TABLES);
  });
  afterAll(async () => {
    await here.close();
    await database.drop();
  });

  it('another schema of the same database; pages of ten end where the rows end', async () => {
    const { exitCode, report } = await run(
      '--table',
      'user=members',
      '--time-zone',
      'Europe/Berlin',
      '--batch-size',
      '10',
    );
    expect([exitCode, movedOf(report)]).toEqual([
      0,
      { users: '25 moved', sessions: '25 moved', 'API keys': '1 moved', 'OAuth clients': '1 moved' },
    ]);
    const again = await run('--table', 'user=members', '--time-zone', 'Europe/Berlin', '--batch-size', '25');
    expect([movedOf(again.report), again.report.kinds.users.unchanged]).toEqual([{}, 25]);
  });

  it('numbers become texts, times get their zone, and ids that are UUIDs stay', async () => {
    const [member] = await here.run(
      `SELECT u.id, u.email_verified, u.created_at, s.remember FROM auth_user u JOIN auth_session s ON s.subject = u.id WHERE u.id = '3'`,
    );
    expect(member).toEqual({
      id: '3',
      email_verified: true,
      created_at: new Date('2026-01-31T11:00:00Z'),
      remember: true,
    });
    expect(await here.run('SELECT id, owner_id, config_id, enabled, name FROM auth_api_key')).toEqual([
      { id: '0198c0de-7c1a-7000-8000-000000000001', owner_id: '3', config_id: 'default', enabled: true, name: null },
    ]);
    const [client] = await here.run<{ metadata: object }>('SELECT metadata FROM auth_oauth_client');
    expect(client!.metadata).toMatchObject({
      token_endpoint_auth_method: 'none',
      redirect_uris: ['http://127.0.0.1/back'],
    });
  });

  it('keys of an organisation stay its keys', async () => {
    const { report } = await run('--table', 'user=members', '--table', 'apikey=api_keys');
    expect(report.kinds['API keys']).toMatchObject({ moved: 1, ended: 1 });
    expect(await here.run('SELECT owner_kind, owner_id, created_by, enabled FROM auth_api_key')).toEqual([
      { owner_kind: 'organization', owner_id: 'acme', created_by: null, enabled: false },
    ]);
  });

  it('second factors of a version that did not mark those that are confirmed', async () => {
    const secret = await symmetricEncrypt({ key: TEST_SECRET, data: 'x'.repeat(32) });
    await here.run('UPDATE shop.members SET two_factor_enabled = true WHERE id = 3');
    await here.run(`INSERT INTO shop.two_factors VALUES ('t', $1, '["abcde-fghij"]', 3), ('u', $1, '[]', 4)`, [secret]);
    const { exitCode, report } = await run('--table', 'user=members', '--table', 'apikey=api_keys');
    expect([exitCode, movedOf(report)]).toEqual([0, { users: '1 updated', 'second factors': '1 moved' }]);
    expect(await here.run('SELECT subject FROM auth_two_factor JOIN auth_backup_code USING (subject)')).toEqual([
      { subject: '3' },
    ]);
  });

  it('a key whose owner may be a user or an organisation, by their numbers, is given to neither', async () => {
    const key = '0198c0de-7c1a-7000-8000-000000000003';
    await here.run(`INSERT INTO shop.organizations VALUES ('4')`);
    await here.run(`INSERT INTO shop.api_keys VALUES ('${key}', rpad('n', 43, 'n'), '4', true)`);
    const { report } = await run('--table', 'user=members', '--table', 'apikey=api_keys');
    expect(report.skipped).toContainEqual({ kind: 'API keys', id: key, reason: expect.stringContaining('both') });
    expect(await here.run(`SELECT 1 FROM auth_api_key WHERE owner_id = '4'`)).toEqual([]);
    await here.run(`DELETE FROM shop.api_keys WHERE id = '${key}'`);
  });

  it('without a table for users there is a sentence', async () => {
    const { exitCode, err } = await run();
    expect([exitCode, err]).toEqual([1, expect.stringContaining('has no table of better-auth for users')]);
  });

  it('a table that lacks a column is named with it', async () => {
    const { err } = await run('--table', 'user=members', '--table', 'session=members');
    expect(err).toContain('The table members has no column token, userId, expiresAt');
  });

  it('the tables here may be in a schema of their own, as the options of the server say', async () => {
    await here.run('CREATE SCHEMA "Auth"');
    const line = commandLine({});
    const file = line.write(
      'options.mjs',
      `export default ${JSON.stringify({ issuer: TEST_ISSUER, secret: TEST_SECRET })};
       export const dataSourceOptions = { type: 'postgres', url: '${database.url}', schema: 'Auth' };`,
    );
    const into = () =>
      line.run(
        ...['import', 'better-auth', '--from', database.url, '--from-schema', 'shop', '--table', 'user=members'],
        ...['--options', file, '--json'],
      );
    expect((await into()).err).toContain('Run the migrations first');
    for (const { name } of await here.run(
      `SELECT relname AS name FROM pg_class WHERE relname LIKE 'auth%' AND relkind = 'r'`,
    ))
      await here.run(`CREATE TABLE "Auth".${String(name)} (LIKE public.${String(name)} INCLUDING ALL)`);
    const { code, json } = await into();
    line.remove();
    expect([code, movedOf(json)]).toMatchObject([0, { users: '25 moved' }]);
    expect(await here.run('SELECT count(*)::int AS count FROM "Auth".auth_import')).toEqual([{ count: 53 }]);
  });

  it('stopped in the middle it goes on where it was; while one runs, another is refused', async () => {
    const half = await createMigratedDatabase();
    const sql = await connectSql(half.url);
    const runThere = () =>
      importRun(database.url, half.url, ...['--from-schema', 'shop', '--table', 'user=members', '--batch-size', '10']);
    try {
      await sql.run(
        `CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stopped' USING ERRCODE = '57014'; END $$`,
      );
      await sql.run(
        `CREATE TRIGGER stop BEFORE INSERT ON auth_user FOR EACH ROW WHEN (NEW.id = '15') EXECUTE FUNCTION stop()`,
      );
      const stopped = await runThere();
      expect([stopped.exitCode, stopped.out, stopped.err]).toEqual([1, '', 'stopped\n']);
      expect(await sql.run('SELECT count(*)::int AS count FROM auth_user')).toEqual([{ count: 10 }]);
      await sql.run('DROP TRIGGER stop ON auth_user');
      await sql.run(`SELECT pg_advisory_lock(hashtext('nest-authority import'))`);
      expect((await runThere()).err).toBe('Another import is running. Wait until it has ended.\n');
      await sql.run('SELECT pg_advisory_unlock_all()');
      const { report } = await runThere();
      expect(report.kinds.users).toMatchObject({ moved: 15, unchanged: 10 });
    } finally {
      await sql.close();
      await half.drop();
    }
  });

  it('where the users are the host’s own, they stay in its table, and what they hold is moved', async () => {
    const own = await createMigratedDatabase();
    const sql = await connectSql(own.url);
    try {
      await sql.run('DROP TABLE auth_user');
      const { exitCode, report } = await importRun(
        database.url,
        own.url,
        '--from-schema',
        'shop',
        '--table',
        'user=members',
      );
      expect([exitCode, movedOf(report)]).toMatchObject([0, { sessions: '25 moved', 'API keys': '1 moved' }]);
      expect(report.kinds.users.left).toEqual({ 'there is no table auth_user here': 25 });
    } finally {
      await sql.close();
      await own.drop();
    }
  });
});
