import { createTestApp, type TestApp } from '../support/app.js';
import { liveFamilies } from '../support/authorization.js';
import type { Answer } from '../support/http.js';
import { exchange, Navigator, obtainCode, OTHER, providerOptions, WEB } from '../support/oauth.js';
import { connectSql, waitForBlocked, type SqlClient } from '../support/sql-client.js';

/** Its exchanges need a second statement, and so a transaction. */
const TOLD = { ...OTHER, metadata: { backchannel_logout_uri: 'https://other.example/logout' } };

describe('an exchange writes all or nothing', () => {
  let hosts: TestApp[];
  let sql: SqlClient;
  let browser: Navigator;
  let userId: string;

  beforeAll(async () => {
    const auth = providerOptions({ clients: [WEB, TOLD] }, { cacheTtl: '60s' });
    const first = await createTestApp({ auth });
    hosts = [first, await createTestApp({ auth, databaseUrl: first.databaseUrl })];
    sql = await connectSql(first.databaseUrl);
  });
  afterAll(async () => {
    await sql.close();
    for (const host of hosts.reverse()) await host.close();
  });
  beforeEach(async () => {
    browser = new Navigator(hosts[0]!);
    userId = await browser.signUp();
  });

  const outcome = ({ status, body }: Answer) => `${status} ${body.error ?? ''}`;
  const written = async () => {
    const [row] = await sql.run<{ spent: number; families: number; noted: number }>(
      `SELECT (SELECT count(*)::int FROM auth_authorization_code WHERE subject = $1 AND consumed_at IS NOT NULL) AS spent,
              (SELECT count(*)::int FROM auth_token_family WHERE subject = $1 AND client_id IS NOT NULL) AS families,
              (SELECT count(*)::int FROM auth_client_session WHERE subject = $1) AS noted`,
      [userId],
    );
    return row!;
  };

  it.each([
    ['in one statement', WEB],
    ['in a transaction', TOLD],
  ])(
    'T084 the session ends while the exchange waits for it, %s: refused, and nothing is spent',
    async (_name, client) => {
      const grant = await obtainCode(browser, client);
      await sql.run('BEGIN');
      await sql.run('DELETE FROM auth_session WHERE subject = $1', [userId]);
      const waiting = exchange(hosts[0]!, client, grant);
      await waitForBlocked(sql, 1);
      await sql.run('COMMIT');
      expect(outcome(await waiting)).toBe('400 invalid_grant');
      expect(await written()).toEqual({ spent: 0, families: 0, noted: 0 });
    },
  );

  it.each([
    ['in one statement', WEB],
    ['in a transaction', TOLD],
  ])(
    'T107 the client has ended and this node does not know yet, %s: invalid_client, and nothing is spent',
    async (_name, client) => {
      const grant = await obtainCode(browser, client);
      const subject = `client:${client.clientId}`;
      const end = (disabledAt: string) =>
        sql.run(`UPDATE auth_subject SET disabled_at = ${disabledAt} WHERE subject = $1`, [subject]);
      await end('now()');
      expect(outcome(await exchange(hosts[0]!, client, grant))).toBe('401 invalid_client');
      expect(await written()).toEqual({ spent: 0, families: 0, noted: 0 });
      await end('NULL');
      expect((await exchange(hosts[0]!, client, grant)).status).toBe(200);
    },
  );

  it.each([
    ['in one statement', WEB, 0],
    ['in a transaction', TOLD, 1],
  ])(
    'T070 T071 two that have both read the code before it is spent, %s: one 200, and what it bought ends',
    async (_name, client, noted) => {
      const grant = await obtainCode(browser, client);
      await sql.run('BEGIN');
      await sql.run('SELECT id FROM auth_authorization_code WHERE subject = $1 FOR UPDATE', [userId]);
      const waiting = hosts.map((host) => exchange(host, client, grant));
      await waitForBlocked(sql, 2);
      await sql.run('COMMIT');
      const outcomes = (await Promise.all(waiting)).map(outcome);
      expect(outcomes.toSorted()).toEqual(['200 ', '400 invalid_grant']);
      expect(await written()).toEqual({ spent: 1, families: 1, noted });
      expect(await liveFamilies(hosts[0]!, userId)).toBe(0);
    },
  );

  it('T084 a session of another user does not stand in for the one that consented', async () => {
    const grant = await obtainCode(browser, WEB);
    const stranger = new Navigator(hosts[0]!);
    const strangerId = await stranger.signUp();
    // A row that nothing of ours writes: the code names a session of somebody else.
    await sql.run(
      `UPDATE auth_authorization_code SET session_id = (SELECT id::text FROM auth_session WHERE subject = $2) WHERE subject = $1`,
      [userId, strangerId],
    );
    expect(outcome(await exchange(hosts[0]!, WEB, grant))).toBe('400 invalid_grant');
    expect(await written()).toEqual({ spent: 0, families: 0, noted: 0 });
  });
});
