import { TEST_ISSUER, TEST_SECRET } from '../support/app.js';
import { commandLine } from '../support/command-line.js';
import { createTestDatabase } from '../support/database.js';
import { connectSql } from '../support/sql-client.js';

describe('migrate up', () => {
  it('with options that allow one connection it runs, and does not wait for itself', async () => {
    const database = await createTestDatabase();
    const cli = commandLine();
    cli.write(
      'one.mjs',
      `import { authDataSource } from 'nest-authority';
       export default { issuer: '${TEST_ISSUER}', secret: '${TEST_SECRET}' };
       export const dataSourceOptions = { ...authDataSource({ url: '${database.url}', poolSize: 1 }), extra: { max: 1 } };`,
    );
    expect((await cli.run('migrate', 'up', '--options', 'one.mjs')).code).toBe(0);
    await database.drop();
    cli.remove();
  });

  it('twice at once: one runs the migrations, the other waits and finds nothing to do', async () => {
    const database = await createTestDatabase();
    const cli = commandLine({ DATABASE_URL: database.url, AUTH_ISSUER: TEST_ISSUER, AUTH_SECRET: TEST_SECRET });
    const both = await Promise.all([cli.run('migrate', 'up', '--json'), cli.run('migrate', 'up', '--json')]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    const [none, all] = both.map(({ json }) => json.ran as string[]).toSorted((a, b) => a.length - b.length);
    expect(none).toEqual([]);
    const sql = await connectSql(database.url);
    const rows = await sql.run<{ name: string }>('SELECT name FROM migrations ORDER BY id');
    expect(rows.map(({ name }) => name)).toEqual(all);
    await sql.close();
    await database.drop();
    cli.remove();
  });
});
