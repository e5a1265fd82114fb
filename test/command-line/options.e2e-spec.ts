import { readFileSync } from 'node:fs';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { TEST_ISSUER, TEST_SECRET } from '../support/app.js';
import { commandLine, type CommandLine } from '../support/command-line.js';
import { createMigratedDatabase } from '../support/migrated-database.js';
import { connectSql, type SqlClient } from '../support/sql-client.js';

const OPTIONS = `{ issuer: '${TEST_ISSUER}', secret: '${TEST_SECRET}', apiKeys: { prefix: 'acme_' } }`;

/** Where the options and the database of the server come from. */
describe('the settings of the command line', () => {
  let database: TestDatabase;
  let sql: SqlClient;
  let cli: CommandLine;

  beforeAll(async () => {
    database = await createMigratedDatabase();
    sql = await connectSql(database.url);
  });
  beforeEach(() => {
    cli = commandLine({ DATABASE_URL: database.url });
  });
  afterEach(() => cli.remove());
  afterAll(async () => {
    await sql.close();
    await database.drop();
  });

  /** The prefix of a new key shows which options were read. */
  async function prefixOf(around: CommandLine, ...argv: string[]): Promise<string> {
    const { json, err } = await around.run('api-key', 'create', '--service', 'ci', '--json', ...argv);
    expect(err).not.toContain('error');
    return json.apiKey.prefix;
  }

  it('--version is that of package.json, --help ends with 0, no command with 2', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await cli.run('--version')).toMatchObject({ code: 0, out: `${version}\n`, err: '' });
    expect(await cli.run('keys', '--help')).toMatchObject({ code: 0, err: '' });
    for (const name of ['doctor', 'migrate', 'keys', 'client', 'api-key', 'users', 'prune', 'openapi'])
      expect((await cli.run('--help')).out).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(await cli.run('keys')).toMatchObject({ code: 2, out: '' });
    expect(await cli.run()).toMatchObject({ code: 2, out: '' });
  });

  it.each([
    ['a default export', 'a.mjs', `export default ${OPTIONS};`],
    ['authOptions', 'b.mjs', `export const authOptions = ${OPTIONS};`],
    ['a function', 'c.mjs', `export default () => (${OPTIONS});`],
    ['an async function', 'd.mjs', `export default async () => (${OPTIONS});`],
    ['CommonJS', 'e.cjs', `module.exports = ${OPTIONS};`],
    ['CommonJS of a compiler', 'f.cjs', `exports.__esModule = true; exports.default = ${OPTIONS};`],
  ])('--options takes a module that exports %s', async (_what, name, text) => {
    cli.write(name, text);
    expect(await prefixOf(cli, '--options', name)).toBe('acme_');
  });

  it('without --options the environment names the module, then package.json', async () => {
    cli.write('named.mjs', `export default ${OPTIONS};`);
    cli.write('package.json', JSON.stringify({ 'nest-authority': { options: './other.mjs' } }));
    cli.write('other.mjs', `export default ${OPTIONS.replace('acme_', 'other_')};`);
    expect(await prefixOf(cli)).toBe('other_');
    expect(await prefixOf(cli.with({ NEST_AUTHORITY_OPTIONS: './named.mjs' }))).toBe('acme_');
  });

  it('without a module the environment alone is enough; what it cannot say of keys is told', async () => {
    const alone = cli.with({ AUTH_ISSUER: TEST_ISSUER, AUTH_SECRET: TEST_SECRET });
    const { json, err } = await alone.run('api-key', 'create', '--service', 'ci', '--json');
    expect(json.apiKey.prefix).toBe('nak_');
    expect(err).toContain('The environment says nothing of the prefix');
  });

  it('a module may bring its data source, or the options of one', async () => {
    const imports = `import { authDataSource } from 'nest-authority'; import { DataSource } from 'typeorm';`;
    const source = `authDataSource({ url: '${database.url}', migrationsRun: true })`;
    const nowhere = cli.with({ DATABASE_URL: undefined });
    cli.write('one.mjs', `${imports} export default ${OPTIONS}; export const dataSourceOptions = ${source};`);
    cli.write('two.mjs', `${imports} export default ${OPTIONS}; export const dataSource = new DataSource(${source});`);
    expect(await prefixOf(nowhere, '--options', 'one.mjs')).toBe('acme_');
    expect(await prefixOf(nowhere, '--options', 'two.mjs')).toBe('acme_');
  });

  it('a module may bring modules: for directories with dependencies, and to hear events', async () => {
    cli.write(
      'audit.mjs',
      `import { Module } from '@nestjs/common';
       import { AuthEvents } from 'nest-authority';
       export const heard = (globalThis.heardByTheCommandLine = []);
       class Audit { constructor(events) { events.onAny(({ name }) => heard.push(name)); } }
       Reflect.defineMetadata('design:paramtypes', [AuthEvents], Audit);
       class AuditModule {}
       Module({ providers: [Audit] })(AuditModule);
       export const imports = [AuditModule];
       export default ${OPTIONS};`,
    );
    await prefixOf(cli, '--options', 'audit.mjs');
    expect((globalThis as { heardByTheCommandLine?: string[] }).heardByTheCommandLine).toEqual(['api-key.created']);
  });

  it('--env-file is read first', async () => {
    const name = 'COMMAND_LINE_TEST_PREFIX';
    cli.write('.env', `${name}=of_the_file_\n`);
    cli.write('env.mjs', `export default () => (${OPTIONS.replace(`'acme_'`, `process.env.${name}`)});`);
    expect(await prefixOf(cli, '--options', 'env.mjs', '--env-file', '.env')).toBe('of_the_file_');
    delete process.env[name];
  });

  const keys = ['keys', 'list'];
  const users = ['users', 'disable', 'x'];
  const good = [...users, '--options', 'good.mjs'];
  const imported = ['import', 'better-auth', '--from', 'postgres://localhost:1/x'];
  it.each<[string, Record<string, string | undefined>, string[], number, string]>([
    ['nothing', {}, users, 2, 'AUTH_ISSUER and AUTH_SECRET are not set. Set them, or give the module'],
    ['no secret', { AUTH_ISSUER: TEST_ISSUER }, users, 2, 'AUTH_SECRET is not set. Set it,'],
    ['no module', {}, [...users, '--options', 'none.mjs'], 2, 'none.mjs. Build your application first'],
    ['an empty module', {}, [...users, '--options', 'empty.mjs'], 2, 'exports neither a default nor authOptions'],
    ['a module that throws', {}, [...users, '--options', 'broken.mjs'], 1, 'cannot be loaded: it is broken'],
    ['bad options', {}, [...users, '--options', 'refused.mjs'], 1, 'issuer: "auth" is not an http(s) address'],
    [
      'no database',
      { DATABASE_URL: undefined },
      [...users, '--options', 'good.mjs'],
      2,
      'No database is named. Set DATABASE_URL',
    ],
    [
      'no such database',
      { DATABASE_URL: 'postgres://u:hunter2@localhost:1/x' },
      [...users, '--options', 'good.mjs'],
      1,
      'The database localhost:1/x cannot be reached',
    ],
    ['a slash in a password', { DATABASE_URL: 'postgres://u:/hunter2@localhost:1/x' }, good, 2, 'as %2F, %3F and %23'],
    ['digits and a slash', { DATABASE_URL: 'postgres://u:12/hunter2@localhost:1/x' }, good, 2, 'as %2F, %3F and %23'],
    ['a number sign in one', { DATABASE_URL: 'postgres://u:#hunter2@localhost:1/x' }, good, 2, 'as %2F, %3F and %23'],
    ['letters and a slash', { DATABASE_URL: 'postgres://u:hunter2/a@localhost:1/x' }, good, 2, 'as %2F, %3F and %23'],
    ['a percent sign in one', { DATABASE_URL: 'postgres://u:hunter2%z@localhost:1/x' }, good, 2, 'as %2F, %3F and %23'],
    [
      'no issuer in a module',
      {},
      [...users, '--options', 'no-issuer.mjs'],
      2,
      'issuer: undefined is not an http(s) address',
    ],
    ['no secret in a module', {}, [...users, '--options', 'no-secret.mjs'], 2, 'secret: it is missing or shorter'],
    [
      'a function without its setting',
      {},
      [...users, '--options', 'unset.mjs'],
      2,
      'unset.mjs: AUTH_ISSUER does not exist',
    ],
    [
      'an import without a secret',
      {},
      [...imported, '--options', 'no-secret.mjs'],
      2,
      'secret: it is missing or shorter',
    ],
    [
      'an import with a short secret',
      {},
      [...imported, '--options', 'short.mjs'],
      1,
      'secret: it is missing or shorter',
    ],
    [
      'a slash in the password of an import',
      {},
      ['import', 'better-auth', '--from', 'postgres://u:/hunter2@localhost:1/x', '--options', 'good.mjs'],
      2,
      'as %2F, %3F and %23',
    ],
    [
      'an import from no address',
      {},
      ['import', 'better-auth', '--from', 'pg://localhost:none/x', '--options', 'good.mjs'],
      1,
      'The database to import from cannot be reached',
    ],
    ['an empty secret in a module', {}, [...users, '--options', 'empty-secret.mjs'], 2, 'secret[0]: it is missing'],
    [
      'a data source without its setting',
      {},
      [...users, '--options', 'no-address.mjs'],
      2,
      'no-address.mjs: no DATABASE',
    ],
    ['no environment file', {}, [...users, '--env-file', 'none.env'], 2, 'none.env cannot be read'],
    ['a capability that is off', {}, [...keys, '--options', 'good.mjs'], 1, 'Add it to them: jwt: true.'],
  ])('%s: one sentence with the remedy, on standard error alone', async (_what, env, argv, expected, sentence) => {
    cli.write('empty.mjs', 'export const other = 1;');
    cli.write('broken.mjs', `throw new Error('it is broken');`);
    cli.write('refused.mjs', `export default { issuer: 'auth', secret: '${TEST_SECRET}', jwt: true };`);
    cli.write('good.mjs', `export default ${OPTIONS};`);
    cli.write('no-issuer.mjs', `export default { issuer: undefined, secret: '${TEST_SECRET}' };`);
    cli.write('no-secret.mjs', `export default { issuer: '${TEST_ISSUER}', secret: undefined };`);
    cli.write('short.mjs', `export default { issuer: '${TEST_ISSUER}', secret: 'hunter2' };`);
    cli.write('empty-secret.mjs', `export default { issuer: '${TEST_ISSUER}', secret: [''] };`);
    cli.write(
      'no-address.mjs',
      `export default ${OPTIONS}; export const dataSourceOptions = () => { throw new TypeError('no DATABASE_URL'); };`,
    );
    cli.write('unset.mjs', `export default () => { throw new TypeError('AUTH_ISSUER does not exist'); };`);
    const { code, out, err } = await cli.with(env).run(...argv);
    expect({ code, out }).toEqual({ code: expected, out: '' });
    expect(err).toContain(sentence);
    expect(err).not.toContain('hunter2');
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  it('a command that reads makes nothing: no key, no row, no table', async () => {
    const alone = cli.with({ AUTH_ISSUER: TEST_ISSUER, AUTH_SECRET: TEST_SECRET });
    for (const argv of [['keys', 'list'], ['client', 'list'], ['doctor'], ['migrate', 'status']])
      expect((await alone.run(...argv)).code).toBe(0);
    expect(await sql.run('SELECT FROM auth_signing_key')).toEqual([]);
    const empty = await createTestDatabase();
    const tables = await connectSql(empty.url);
    try {
      const { code, json } = await alone.with({ DATABASE_URL: empty.url }).run('migrate', 'status', '--json');
      expect({ code, pending: json.pending > 0 }).toEqual({ code: 1, pending: true });
      // Whatever the server does at its start.
      const source = `authDataSource({ url: '${empty.url}', migrationsRun: true })`;
      cli.write(
        'eager.mjs',
        `import { authDataSource } from 'nest-authority'; export default ${OPTIONS}; export const dataSourceOptions = ${source};`,
      );
      expect((await alone.run('migrate', 'status', '--options', 'eager.mjs')).code).toBe(1);
      const refused = await alone.with({ DATABASE_URL: empty.url }).run('keys', 'list');
      expect(refused.code).toBe(1);
      expect(refused.err).toContain('npx nest-authority migrate up');
      expect(await tables.run(`SELECT FROM pg_tables WHERE schemaname = 'public'`)).toEqual([]);
    } finally {
      await tables.close();
      await empty.drop();
    }
  });
});
