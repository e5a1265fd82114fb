import type { PoolClient } from 'pg';
import { createTestApp, type TestApp } from '../support/app.js';
import { exchange, Navigator, obtainCode, providerOptions, tokenRequest, WEB } from '../support/oauth.js';
import { faultsOf, planOf } from '../support/plans.js';
import { poolOf } from '../support/pool.js';
import type { SqlClient } from '../support/sql-client.js';

interface Prepared {
  readonly name: string;
  readonly text: string;
}

/** Of TypeORM's table, once. */
const AT_BOOT = 'auth_migrations_run';
/** Enough for an index to be worth it at all; each table is a page or two. */
const USERS = 30;

/** A connection keeps a plan until PostgreSQL analyses the table again, and a site may grow a thousandfold before it does. */
describe('growth: what is planned while the tables are nearly empty', () => {
  let host: TestApp;
  let client: PoolClient;
  let prepared: readonly Prepared[];

  beforeAll(async () => {
    host = await createTestApp({ auth: providerOptions({}, { cacheTtl: 0 }), poolSize: 1 });
    for (let users = 0; users < USERS; users++) {
      const browser = new Navigator(host);
      await browser.signUp();
      const { body } = await exchange(host, WEB, await obtainCode(browser, WEB, { scope: 'openid offline_access' }));
      await tokenRequest(host, WEB, { grant_type: 'refresh_token', refresh_token: body.refresh_token as string });
    }
    await host.sql('ANALYZE');
    client = await poolOf(host).connect();
    const { rows } = await client.query<Prepared>(
      'SELECT name, statement AS text FROM pg_prepared_statements WHERE name <> $1',
      [AT_BOOT],
    );
    prepared = rows;
  });
  afterAll(async () => {
    client.release(true);
    await host.close();
  });

  it('goes by an index too, on our own pool', async () => {
    const sql: SqlClient = {
      run: async <Row>(text: string, values: unknown[] = []) => (await client.query(text, values)).rows as Row[],
      close: async () => undefined,
    };
    const names = prepared.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['auth_token_find_refresh', 'auth_token_rotate']));
    const growing: Record<string, string[]> = {};
    for (const { name, text } of prepared) {
      const faults = faultsOf(await planOf(sql, { name: `planned_${name}`, text }), new Set(['auth_signing_key']));
      if (faults.length > 0) growing[name] = faults;
    }
    expect(growing).toEqual({});
  });
});
