import { jest } from '@jest/globals';
import { Database } from '../../src/common/database/database.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase } from '../support/database.js';
import { send } from '../support/http.js';
import { poolOf } from '../support/pool.js';
import { connectSql } from '../support/sql-client.js';
import { guarded, refresh } from '../support/tokens.js';
import { signUp, TEST_PASSWORD } from '../support/users.js';

const HOUR_MILLISECONDS = 3_600_000;
const signInAs = (host: TestApp, email: string, password = TEST_PASSWORD) =>
  send(`${host.url}/api/auth/sign-in/email`, { body: { email, password } });
const settingsOf = async (run: (text: string) => Promise<Record<string, unknown>[]>) =>
  (
    await run(`SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
      current_setting('idle_in_transaction_session_timeout') AS idle`)
  )[0];

describe('F20: limits on our statements only', () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({ poolSize: 2 });
  });
  afterAll(() => host.close());

  const ours = () => settingsOf(async (text) => (await poolOf(host).query(text)).rows as Record<string, unknown>[]);

  it("F20: a report of the host's takes its time; a statement of ours does not", async () => {
    expect(await settingsOf((text) => host.sql(text))).toEqual({ statement: '0', lock: '0', idle: '0' });
    expect(await ours()).toEqual({ statement: '2400ms', lock: '2s', idle: '10s' });
    // Longer than any limit of ours.
    await expect(host.sql('SELECT pg_sleep(2.7)')).resolves.toHaveLength(1);
  });

  it('F20: a host whose connections are all busy does not keep users out, and the other way round', async () => {
    const { email } = await signUp(host.url);
    const reports = [host.dataSource.createQueryRunner(), host.dataSource.createQueryRunner()];
    for (const report of reports) await report.connect();
    expect((await signInAs(host, email)).status).toBe(200);
    for (const report of reports) await report.release();
    const held = [await poolOf(host).connect(), await poolOf(host).connect()];
    await expect(host.sql('SELECT 1')).resolves.toHaveLength(1);
    for (const client of held) client.release();
  });

  it("F20: what the host's address says of time limits is for the host's queries", async () => {
    const url = new URL(host.databaseUrl);
    url.searchParams.set('statement_timeout', '61000');
    url.searchParams.set('options', '-c work_mem=5MB');
    const other = await createTestApp({ databaseUrl: url.href });
    try {
      expect((await settingsOf((text) => other.sql(text)))?.['statement']).toBe('61s');
      const { rows } = await poolOf(other).query(
        `SELECT current_setting('statement_timeout') AS ours, current_setting('work_mem') AS memory`,
      );
      expect(rows).toEqual([{ ours: '2400ms', memory: '5MB' }]);
      await signUp(other.url);
    } finally {
      await other.close();
    }
  });

  it('F20: our connections end with the application', async () => {
    const other = await createTestApp({ databaseUrl: host.databaseUrl });
    await signUp(other.url);
    const database = other.app.get(Database);
    const { pool } = database;
    await other.close();
    expect(pool.totalCount).toBe(0);
    expect(() => database.pool).toThrow(expect.objectContaining({ status: 503 }));
  });
});

describe('F18: a data source that is closed and opened again', () => {
  it('F18: 503 meanwhile; then everything works without a restart, limits too', async () => {
    const host = await createTestApp({ auth: { rateLimits: true, jwt: true } });
    try {
      const user = await signUp(host.url);
      for (let round = 0; round < 2; round++) {
        await host.dataSource.destroy();
        expect((await signInAs(host, user.email)).status).toBe(503);
        await host.dataSource.initialize();
        const { status, body } = await signInAs(host, user.email);
        expect(status).toBe(200);
        expect((await refresh(host, body.refreshToken)).status).toBe(200);
        expect(await guarded(host, body.token)).toBe(200);
        expect((await send(`${host.url}/api/auth/token`, { bearer: body.token })).status).toBe(200);
      }
    } finally {
      await host.close();
    }
  });
});

describe('F21: settings of the database and clocks of processes', () => {
  it.each([
    ['datestyle', 'German, DMY'],
    ['datestyle', 'SQL, MDY'],
    ['timezone', 'Asia/Kathmandu'],
    ['default_transaction_isolation', 'serializable'],
    ['bytea_output', 'escape'],
    ['intervalstyle', 'sql_standard'],
  ])('F21: ALTER DATABASE … SET %s = %s changes nothing', async (name, value) => {
    const database = await createTestDatabase();
    const sql = await connectSql(database.url);
    await sql.run(`ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET ${name} = '${value}'`);
    const host = await createTestApp({ databaseUrl: database.url, auth: { jwt: true, rateLimits: true } });
    try {
      const user = await signUp(host.url);
      const { body } = await send(`${host.url}/api/auth/get-session`, { bearer: user.token });
      for (const date of [body.session.createdAt, body.session.expiresAt, body.user.createdAt])
        expect(date).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      const refreshed = await refresh(host, user.refreshToken);
      expect([refreshed.status, refreshed.body.expiresIn]).toEqual([200, 900]);
      expect((await send(`${host.url}/api/auth/token`, { bearer: user.token })).status).toBe(200);
      expect(Math.abs(Date.parse(body.session.createdAt) - Date.now())).toBeLessThan(HOUR_MILLISECONDS);
    } finally {
      await host.close();
      await sql.close();
      await database.drop();
    }
  });

  it("F21: limits count by the database's clock: a node an hour ahead says what the others say", async () => {
    const host = await createTestApp({ auth: { rateLimits: true } });
    const real = Date.now;
    try {
      const { email } = await signUp(host.url);
      const wrong = () => signInAs(host, email, 'not the password');
      jest.spyOn(Date, 'now').mockImplementation(() => real() + HOUR_MILLISECONDS);
      let refused = await wrong();
      for (let guess = 0; guess < 100 && refused.status !== 429; guess++) refused = await wrong();
      jest.restoreAllMocks();
      const here = await wrong();
      expect([refused.status, here.status]).toEqual([429, 429]);
      // The window is of minutes, not of the hour by which that clock is wrong.
      for (const { headers } of [refused, here]) expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(900);
    } finally {
      jest.restoreAllMocks();
      await host.close();
    }
  });
});
