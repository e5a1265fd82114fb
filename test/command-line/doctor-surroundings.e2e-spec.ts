import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TEST_SECRET } from '../support/app.js';
import { createTestDatabase } from '../support/database.js';
import { startDeafProxy } from '../support/deaf-proxy.js';
import { openSurgery, type Found, type Surgery } from '../support/doctor.js';
import { freePort } from '../support/free-port.js';
import { createMigratedDatabase } from '../support/migrated-database.js';
import { startPgbouncer } from '../support/pgbouncer.js';
import { isInstalled } from '../support/programs.js';
import { startTransactionPooler } from '../support/transaction-pooler.js';

const HTTPS = 'https://auth.example.com';

/** PgBouncer keeps prepared statements itself from 1.21 on. */
const POOLERS = [
  ['which loses prepared statements', startTransactionPooler, ['error']] as const,
  ...(isInstalled('pgbouncer', 'the doctor behind it')
    ? [['PgBouncer', startPgbouncer, ['error', 'warning']] as const]
    : []),
];

describe('doctor, of the surroundings', () => {
  let surgery: Surgery;
  const find: Surgery['find'] = (...args) => surgery.find(...args);

  beforeAll(async () => {
    surgery = await openSurgery();
  });
  afterAll(() => surgery.close());

  describe('of where the issuer leads', () => {
    it('ok: to a server with the keys of this database', async () => {
      expect(await find('issuer-reach')).toMatchObject({
        severity: 'ok',
        sentence: expect.stringContaining('publishes the keys of this database'),
      });
    });

    it('error: a name that leads nowhere, and what was tried', async () => {
      const { severity, sentence } = await find('issuer-reach', { issuer: 'https://nowhere.invalid' });
      expect({ severity, sentence }).toEqual({ severity: 'error', sentence: expect.stringContaining('tried: DNS') });
    });

    it('warning: nothing answers there', async () => {
      const { severity, sentence } = await find('issuer-reach', { issuer: `http://localhost:${await freePort()}` });
      expect(severity).toBe('warning');
      expect(sentence).toMatch(/tried: DNS, GET http:.*openid-configuration; .*ECONNREFUSED/);
    });

    it.each([
      [
        'that says it is another',
        200,
        { issuer: HTTPS, jwks_uri: `${HTTPS}/jwks` },
        'is of the issuer "https://auth.example.com"',
      ],
      ['without our document', 404, { message: 'Cannot GET' }, 'is answered by 404'],
    ])('error: to a server %s', async (_what, status, body, words) => {
      const server = createServer((_request, response) => response.writeHead(status).end(JSON.stringify(body)));
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      const { port } = server.address() as AddressInfo;
      const found = await find('issuer-reach', { issuer: `http://127.0.0.1:${port}` });
      server.close();
      expect(found).toMatchObject({ severity: 'error', sentence: expect.stringContaining(words) });
    });

    it('error: to a server on another database', async () => {
      const other = await createMigratedDatabase();
      const around = surgery.at(other.url);
      surgery.optionsFile('other.mjs');
      expect((await around.run('keys', 'rotate', '--options', 'other.mjs')).code).toBe(0);
      const found = await find('issuer-reach', {}, around);
      await other.drop();
      expect(found).toMatchObject({ severity: 'error', sentence: expect.stringContaining('none of the keys') });
    });
  });

  describe('of the database', () => {
    it('database, and what needs it: error and skipped when it does not answer', async () => {
      surgery.optionsFile('lost.mjs');
      const lost = surgery.cli.with({ DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/x' });
      const { code, json, out } = await lost.run('doctor', '--options', 'lost.mjs', '--json');
      const severities = Object.fromEntries((json.checks as Found[]).map(({ id, severity }) => [id, severity]));
      expect(code).toBe(1);
      expect(severities).toMatchObject({
        options: 'ok',
        database: 'error',
        migrations: 'skipped',
        pooler: 'skipped',
        clock: 'skipped',
        'signing-keys': 'skipped',
        redirects: 'skipped',
      });
      expect(out).not.toContain('hunter2');
    });

    it('database, migrations: ok', async () => {
      expect(await find('database')).toMatchObject({
        severity: 'ok',
        sentence: expect.stringMatching(/^PostgreSQL \d+/),
      });
      expect(await find('migrations')).toMatchObject({ severity: 'ok' });
    });

    it('migrations: error before they have run, and ok after migrate up', async () => {
      const empty = await createTestDatabase();
      const around = surgery.at(empty.url).with({ NEST_AUTHORITY_OPTIONS: 'empty.mjs' });
      surgery.optionsFile('empty.mjs');
      const found = await around.run('doctor', 'migrations', '--json');
      expect({ code: found.code, ...found.json.checks[0] }).toMatchObject({
        code: 1,
        severity: 'error',
        remedy: 'Run: npx nest-authority migrate up',
      });
      const all = (await around.run('doctor', '--json')).json.checks as Found[];
      expect(all.filter(({ severity }) => severity === 'error').map(({ id }) => id)).toEqual(['migrations']);
      expect(all.find(({ id }) => id === 'redirects')).toMatchObject({ severity: 'skipped' });
      const up = await around.run('migrate', 'up', '--json');
      expect(up.json.ran.length).toBeGreaterThan(5);
      expect(up.err).toMatch(/^1 of \d+: Common1700000000100\n/);
      expect(await around.run('migrate', 'up')).toMatchObject({
        code: 0,
        out: 'Nothing to do: every migration has run.\n',
      });
      expect((await around.run('migrate', 'status', '--json')).json).toMatchObject({ pending: 0 });
      expect((await around.run('doctor', 'migrations', '--json')).json.checks[0]).toMatchObject({ severity: 'ok' });
      await empty.drop();
    });

    it('migrations: a warning for those of the host', async () => {
      surgery.optionsFile('plain.mjs');
      surgery.cli.write(
        'own.mjs',
        `import { authDataSource } from 'nest-authority';
         class Reports1800000000000 { async up() {} async down() {} }
         export const dataSourceOptions = authDataSource({ url: '${surgery.host.databaseUrl}', migrations: [Reports1800000000000] });
         export { default } from './plain.mjs';`,
      );
      const { json } = await surgery.cli.run('doctor', 'migrations', '--options', 'own.mjs', '--json');
      expect(json.checks[0]).toMatchObject({
        severity: 'warning',
        sentence: expect.stringContaining('Reports1800000000000'),
      });
    });

    it('pooler: ok without one', async () => {
      expect(await find('pooler')).toMatchObject({ severity: 'ok' });
    });

    it.each(POOLERS)('pooler: found in transaction mode (%s)', async (_name, start, severities) => {
      const pooler = await start(surgery.host.databaseUrl);
      const found = await find('pooler', {}, surgery.at(pooler.url));
      await pooler.close();
      expect(severities).toContain(found.severity);
      expect(found.sentence).toMatch(/prepared statement|transaction mode/);
      expect(found.remedy).toContain('session mode');
    });

    it('pooler: found by notifications that do not arrive', async () => {
      const proxy = await startDeafProxy(surgery.host.databaseUrl);
      const found = await find('pooler', {}, surgery.at(proxy.url));
      await proxy.close();
      expect(found).toMatchObject({ severity: 'warning', sentence: expect.stringContaining('notifications') });
    });

    it.each([
      [0, 'ok', 'the same time'],
      [10_000, 'warning', '10 seconds ahead'],
      [-90_000, 'error', '90 seconds behind'],
    ])('clock: %i ms ahead is %s', async (milliseconds, severity, words) => {
      expect(await find('clock', {}, surgery.cli.ahead(milliseconds))).toMatchObject({
        severity,
        sentence: expect.stringContaining(words),
      });
    });

    it('signing-keys: ok, an error when the secret does not open them, a warning when there are none', async () => {
      expect(await find('signing-keys')).toMatchObject({ severity: 'ok' });
      expect(await find('signing-keys', { secret: TEST_SECRET })).toMatchObject({
        severity: 'error',
        sentence: expect.stringContaining('does not open'),
      });
      expect(await find('signing-keys', { jwt: false, oauthProvider: false })).toMatchObject({ severity: 'skipped' });
      const fresh = await createMigratedDatabase();
      expect(await find('signing-keys', {}, surgery.at(fresh.url))).toMatchObject({ severity: 'warning' });
      await fresh.drop();
    });

    it('redirects: ok for exact addresses, an error for what stands for several', async () => {
      surgery.optionsFile('clients.mjs');
      const around = surgery.cli.with({ NEST_AUTHORITY_OPTIONS: 'clients.mjs' });
      const made = await around.run('client', 'create', '--redirect-uri', 'https://a.example/cb', '--json');
      expect(await find('redirects')).toMatchObject({ severity: 'ok', sentence: expect.stringContaining('1 client,') });
      // As an import from a server that takes patterns leaves it; no route of ours does.
      for (const address of ['https://*.a.example/cb', 'http://a.example/cb', 'https://*.b.example/\u001b[2J']) {
        await surgery.host.sql(`UPDATE auth_oauth_client SET metadata = jsonb_set(metadata, '{redirect_uris}', $1)`, [
          JSON.stringify([address]),
        ]);
        const found = await find('redirects');
        expect(found).toMatchObject({ severity: 'error', sentence: expect.stringContaining(address) });
        expect(found.sentence).toContain(made.json.client.client_id);
        expect((await around.run('doctor', 'redirects')).out).not.toContain('\u001b');
      }
    });
  });
});
