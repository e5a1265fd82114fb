import { ApiKeysService, UsersService } from '../../src/index.js';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import { send, type Answer } from '../support/http.js';
import { connectSql, waitForBlocked, type SqlClient } from '../support/sql-client.js';
import * as exchanges from '../support/token-exchange.js';

const { BILLING, DESK, ORDERS_API, TYPE, trade } = exchanges;
const PAUSE = 868_693;
const DESK_WISH = { client: DESK, scope: 'openid billing:read', resource: undefined };

/** What is exchanged, and what ends it; `blocks`: the end waits for the exchange. */
interface Case {
  readonly name: string;
  readonly blocks: boolean;
  start(): Promise<{ trade: (host: TestApp) => Promise<Answer>; end: (host: TestApp) => Promise<unknown> }>;
}

describe('races of token exchange, on two applications', () => {
  let hosts: TestApp[];
  let sql: SqlClient;
  beforeAll(async () => {
    const clients = {
      ...exchanges.RULES,
      orders: { ...exchanges.RULES['orders']!, subjectTokenTypes: ['access_token', 'api_key'] as const },
    };
    const options = { exchange: { clients }, core: { cacheTtl: '60s' }, poolSize: 15 } as const;
    const first = await exchanges.createExchangeHost(options);
    hosts = [first, await exchanges.createExchangeHost({ ...options, databaseUrl: first.databaseUrl })];
    sql = await connectSql(first.databaseUrl);
    // Exchanged tokens wait here before they are written, while a test holds the lock.
    await sql.run(`
      CREATE FUNCTION test_pause() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.actor IS NOT NULL THEN PERFORM pg_advisory_xact_lock_shared(${PAUSE}); END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER test_pause BEFORE INSERT ON auth_token FOR EACH ROW EXECUTE FUNCTION test_pause();`);
  });
  afterAll(async () => {
    await sql.close();
    for (const host of hosts.reverse()) await host.close();
  });

  const opens = async (token: string) =>
    Promise.all(hosts.map(async ({ url }) => (await send(`${url}/billing`, { bearer: token })).status));
  const withdraw = (host: TestApp, customer: exchanges.Customer, clientId: string) =>
    send(`${host.url}/api/auth/oauth2/applications/${clientId}`, {
      method: 'DELETE',
      headers: { cookie: customer.browser.cookie, origin: TEST_ISSUER },
    });
  const signOut = (host: TestApp, customer: exchanges.Customer) =>
    send(`${host.url}/api/auth/sign-out`, {
      body: {},
      headers: { cookie: customer.browser.cookie, origin: TEST_ISSUER },
    });

  async function ofToken(end: (host: TestApp, customer: exchanges.Customer) => Promise<unknown>) {
    const customer = await exchanges.customerOf(hosts[0]!);
    return {
      trade: (host: TestApp) => trade(host, ORDERS_API, customer.tokens.access_token, { resource: BILLING }),
      end: (host: TestApp) => end(host, customer),
    };
  }
  async function ofIdToken(end: (host: TestApp, customer: exchanges.Customer) => Promise<unknown>) {
    const customer = await exchanges.customerOf(hosts[0]!, DESK_WISH);
    const form = { subject_token_type: TYPE.id, resource: BILLING };
    return {
      trade: (host: TestApp) => trade(host, DESK, customer.tokens.id_token!, form),
      end: (host: TestApp) => end(host, customer),
    };
  }
  async function ofKey(end: (keys: ApiKeysService, id: string) => Promise<unknown>) {
    const { id: userId } = await exchanges.customerOf(hosts[0]!);
    const { id, key } = await hosts[0]!.app
      .get(ApiKeysService)
      .create({ owner: { kind: 'user', id: userId }, scopes: ['billing:read'] });
    const form = { subject_token_type: TYPE.apiKey, resource: BILLING };
    return {
      trade: (host: TestApp) => trade(host, ORDERS_API, key, form),
      end: (host: TestApp) => end(host.app.get(ApiKeysService), id),
    };
  }

  const cases: Case[] = [
    { name: 'an access token, sign-out', blocks: false, start: () => ofToken(signOut) },
    {
      name: 'an access token, withdrawal',
      blocks: false,
      start: () => ofToken((host, who) => withdraw(host, who, 'shop')),
    },
    {
      name: 'an access token, the end of the user',
      blocks: false,
      start: () => ofToken((host, { id }) => host.app.get(UsersService).disable(id)),
    },
    { name: 'an ID token, sign-out', blocks: true, start: () => ofIdToken(signOut) },
    {
      name: 'an ID token, withdrawal',
      blocks: true,
      start: () => ofIdToken((host, who) => withdraw(host, who, 'desk')),
    },
    { name: 'an API key, its end', blocks: true, start: () => ofKey((keys, id) => keys.delete(id)) },
    {
      name: 'an API key, its rotation',
      blocks: true,
      start: () => ofKey((keys, id) => keys.rotate(id, { overlap: 0 })),
    },
  ];

  it.each(cases)('T190 $name while the new token is being written: it is never good', async ({ blocks, start }) => {
    const { trade: exchange, end } = await start();
    await sql.run('SELECT pg_advisory_lock($1)', [PAUSE]);
    const answer = exchange(hosts[0]!);
    let ended: Promise<unknown> | undefined;
    try {
      await waitForBlocked(sql, 1);
      ended = end(hosts[1]!);
      await (blocks ? waitForBlocked(sql, 2) : ended);
    } finally {
      await sql.run('SELECT pg_advisory_unlock($1)', [PAUSE]);
    }
    await ended;
    const { status, body } = await answer;
    expect(status).toBeLessThan(500);
    if (status === 200) expect(await opens(body.access_token)).toEqual([401, 401]);
    expect((await exchange(hosts[1]!)).body.error).toBe('invalid_request');
  });

  it.each(cases)('T190 $name against many exchanges, as they come: none is good afterwards', async ({ start }) => {
    const { trade: exchange, end } = await start();
    const answers = Array.from({ length: 20 }, (_, index) => exchange(hosts[index % 2]!));
    const ended = end(hosts[1]!);
    const all = await Promise.all(answers);
    await ended;
    expect(all.filter(({ status, body }) => status !== 200 && body.error !== 'invalid_request')).toEqual([]);
    const rows = await sql.run<{ good: number }>(
      `SELECT count(*)::int AS good FROM auth_token t JOIN auth_token_family f ON f.id = t.family_id
       WHERE t.actor IS NOT NULL AND t.revoked_at IS NULL AND f.revoked_at IS NULL`,
    );
    expect(rows).toEqual([{ good: 0 }]);
  });
});
