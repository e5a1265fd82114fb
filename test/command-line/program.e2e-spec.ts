import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { TEST_ISSUER, TEST_SECRET } from '../support/app.js';
import { connectSql } from '../support/sql-client.js';
import { createMigratedDatabase } from '../support/migrated-database.js';
import type { TestDatabase } from '../support/database.js';

const MANIFEST = JSON.parse(readFileSync('package.json', 'utf8')) as {
  bin: { 'nest-authority': string };
};
const MAIN = resolve(MANIFEST.bin['nest-authority']);

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The program as it is built and installed, started by its name in package.json. */
describe('the program', () => {
  let database: TestDatabase;
  let folder: string;

  beforeAll(async () => {
    database = await createMigratedDatabase();
    folder = mkdtempSync(join(tmpdir(), 'nest-authority-program-'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await database.drop();
  });

  /** In a folder of its own, with this environment alone. */
  function start(argv: readonly string[], env: Record<string, string> = {}, before: readonly string[] = []) {
    return new Promise<Ended>((done) => {
      const options = { cwd: folder, env: { PATH: process.env['PATH'], ...env } };
      const child = execFile(process.execPath, [...before, MAIN, ...argv], options, (error, out, err) =>
        done({ code: (error?.code as number | undefined) ?? 0, out, err }),
      );
      child.stdin?.end();
    });
  }
  async function newUser(): Promise<{ id: string }> {
    const sql = await connectSql(database.url);
    const [user] = await sql.run<{ id: string }>(
      `INSERT INTO auth_user (id, email, name) VALUES ('019a0000-0000-7000-8000-000000000001', 'ada@example.com', 'Ada') RETURNING id`,
    );
    await sql.close();
    return user!;
  }
  const settings = () => ({ DATABASE_URL: database.url, AUTH_ISSUER: TEST_ISSUER, AUTH_SECRET: TEST_SECRET });

  it('is a script that npm links, with a shebang', () => {
    expect(readFileSync(MAIN, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('answers JSON on standard output alone, and ends although a module of the host keeps the process busy', async () => {
    const options = JSON.stringify({ issuer: TEST_ISSUER, secret: TEST_SECRET, apiKeys: true });
    // As a host's own modules may.
    writeFileSync(join(folder, 'busy.mjs'), `setInterval(() => undefined, 1000); export default ${options};`);
    const argv = ['api-key', 'create', '--service', 'ci', '--json', '--options', 'busy.mjs'];
    const { code, out, err } = await start(argv, settings());
    expect(code).toBe(0);
    const { key } = (JSON.parse(out) as { apiKey: { key: string } }).apiKey;
    expect(err).not.toContain(key);
  });

  it('does not ask where no terminal is', async () => {
    const { id } = await newUser();
    const forget = await start(['users', 'forget', id], settings());
    expect(forget).toMatchObject({ code: 2, out: '', err: expect.stringContaining('give --yes') });
  });

  describe('openapi', () => {
    const withoutDatabase = { AUTH_ISSUER: TEST_ISSUER, AUTH_SECRET: TEST_SECRET };

    it('writes the document of these options, without a database', async () => {
      const { code, out, err } = await start(['openapi', '--title', 'Reports'], withoutDatabase);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      const document = JSON.parse(out) as { openapi: string; info: { title: string }; paths: object };
      expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'Reports' } });
      expect(Object.keys(document.paths)).toEqual(
        expect.arrayContaining(['/api/auth/oauth2/token', '/api/auth/api-key/create', '/api/auth/jwks']),
      );
    });

    it('without @nestjs/swagger says what to install', async () => {
      const hooks = `export async function resolve(name, context, next) {
        if (name.startsWith('@nestjs/swagger')) throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
        return next(name, context);
      }`;
      const module = (code: string) => `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
      const preload = ['--import', module(`import { register } from 'node:module'; register('${module(hooks)}');`)];
      const { code, out, err } = await start(['openapi'], withoutDatabase, preload);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toBe('openapi needs @nestjs/swagger, which is not installed. Run: npm install @nestjs/swagger\n');
    });

    it('a reader that has seen enough is no failure', async () => {
      const ended = await new Promise<string>((done) =>
        execFile(
          'sh',
          ['-c', `"${process.execPath}" "${MAIN}" openapi | head -c 20`],
          { cwd: folder, env: { PATH: process.env['PATH'], ...withoutDatabase } },
          (_error, _out, err) => done(err),
        ),
      );
      expect(ended).toBe('');
    });
  });
});
