import { TEST_ISSUER, TEST_SECRET } from '../support/app.js';
import { importRun } from '../support/better-auth-import.js';
import { commandLine } from '../support/command-line.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createMigratedDatabase } from '../support/migrated-database.js';
import { connectSql } from '../support/sql-client.js';

describe('import better-auth: what it says when it cannot begin', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createMigratedDatabase();
    const sql = await connectSql(database.url);
    await sql.run('CREATE TABLE "user" (id text PRIMARY KEY, email text, "emailVerified" boolean)');
    await sql.close();
  });
  afterAll(() => database.drop());

  it.each([
    ['a table that cannot be moved', ['--table', 'sessions=x'], /"sessions" is no table of better-auth/],
    ['a table that there is not', ['--table', 'user=people'], /There is no table people for user/],
    ['a schema that there is not', ['--from-schema', 'shop'], /the schema shop has no tables/],
    ['no value', ['--issuer', 'acme'], /Give a name, = and a value/],
  ])('a sentence for %s, and nothing is written', async (_, more, sentence) => {
    const { exitCode, out, err } = await importRun(database.url, database.url, ...more);
    expect([exitCode > 0, out]).toEqual([true, '']);
    expect(err).toMatch(sentence);
    expect(err).not.toContain('    at ');
  });

  it('a sentence without --from and IMPORT_DATABASE_URL', async () => {
    const env = { DATABASE_URL: database.url, AUTH_ISSUER: TEST_ISSUER, AUTH_SECRET: TEST_SECRET };
    const line = commandLine(env);
    const without = await line.run('import', 'better-auth');
    const { code } = await line
      .with({ IMPORT_DATABASE_URL: database.url })
      .run('import', 'better-auth', '--allow-skips');
    line.remove();
    expect([without.code, without.err, code]).toEqual([2, expect.stringContaining('Give --from'), 0]);
  });

  it('a sentence for a database without our tables, and for one that does not answer', async () => {
    const bare = await createTestDatabase();
    try {
      const into = await importRun(database.url, bare.url);
      expect([into.exitCode, into.err]).toEqual([1, expect.stringContaining('Run the migrations first')]);
      const from = await importRun('postgres://someone:a-password@127.0.0.1:1/none', database.url);
      expect([from.exitCode, from.err]).toEqual([1, expect.stringContaining('cannot be reached')]);
      expect(from.err).not.toContain('a-password');
    } finally {
      await bare.drop();
    }
  });
});
