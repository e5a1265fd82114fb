import type { StaticClientOptions } from '../../src/index.js';
import { LogoutDeliveries } from '../../src/oauth-provider/logout/logout-deliveries.js';
import type { TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { send } from '../support/http.js';
import { createLogoutHost, idTokenFor, logoutClient } from '../support/logout.js';
import { insertOldClient } from '../support/old-clients.js';
import { connectSql, type SqlClient } from '../support/sql-client.js';
import { sweep } from '../support/sweep.js';
import { startTcpProxy } from '../support/tcp-proxy.js';
import { until } from '../support/until.js';
import { startUpstream, type Upstream } from '../support/upstream.js';
import { signUp } from '../support/users.js';

interface Row {
  attempts: number;
  last_error: string | null;
  given_up: boolean;
}

describe('Back-Channel Logout 2.5, deliveries', () => {
  let receiver: Upstream;
  let database: TestDatabase;
  let sql: SqlClient;
  let hosts: TestApp[] = [];
  beforeEach(async () => {
    receiver = await startUpstream();
    receiver.answer({ body: '' });
    database = await createTestDatabase();
    sql = await connectSql(database.url);
  });
  afterEach(async () => {
    await sql.close();
    await Promise.all(hosts.map((host) => host.close()));
    hosts = [];
    await database.drop();
    await receiver.close();
  });

  const clients = (): StaticClientOptions[] => [
    logoutClient('shop', { backchannel_logout_uri: `${receiver.origin}/out` }),
  ];
  const boot = async (allowPrivateNetwork = true, databaseUrl = database.url): Promise<TestApp> => {
    const known = allowPrivateNetwork ? clients() : [];
    const auth = { allowPrivateNetwork, jwt: true, oauthProvider: { clients: known } };
    const host = await createLogoutHost([], { auth, databaseUrl });
    // Options refuse such an address now; a client may have it from before.
    if (!allowPrivateNetwork) for (const client of clients()) await insertOldClient(host, client);
    hosts.push(host);
    return host;
  };

  async function signOut(host: TestApp): Promise<void> {
    const user = await signUp(host.url);
    await idTokenFor(host, user, 'shop');
    await send(`${host.url}/api/auth/sign-out`, { method: 'POST', bearer: user.token });
  }
  const rows = () =>
    sql.run<Row>('SELECT attempts, last_error, next_attempt_at IS NULL AS given_up FROM auth_logout_delivery');
  const now = async () => (await sql.run<{ now: Date }>('SELECT now()'))[0]!.now;
  /** Whether the next attempt is so many seconds after one that was made between a moment and now. */
  const waits = (seconds: number, since: Date) =>
    sql.run(
      `SELECT FROM auth_logout_delivery WHERE next_attempt_at BETWEEN $1::timestamptz + $2::int * interval '1 second'
         AND now() + $2::int * interval '1 second'`,
      [since, seconds],
    );
  const attempted = (count: number) =>
    until(`attempt ${count} is over`, async () => {
      const [row] = await rows();
      return row?.attempts === count && row.last_error !== null;
    });
  const makeDue = () => sql.run(`UPDATE auth_logout_delivery SET next_attempt_at = now(), last_error = NULL`);
  const isEmpty = () => until('everything is delivered', async () => (await rows()).length === 0);

  it('2.8: 200 and 204 are a yes, anything else is tried again, each time later, and is given up at last', async () => {
    const host = await boot();
    receiver.answer({ status: 400, body: { error: 'invalid_request' } });
    let since = await now();
    await signOut(host);
    for (const [index, wait] of [10, 40, 160, 640, 2_560, 10_240, 40_960].entries()) {
      await attempted(index + 1);
      expect(await rows()).toEqual([{ attempts: index + 1, last_error: 'status 400', given_up: false }]);
      expect(await waits(wait, since)).toHaveLength(1);
      since = await now();
      await makeDue();
      host.app.get(LogoutDeliveries).kick();
    }
    await until('given up', async () => (await rows())[0]!.given_up);
    expect(new Set(receiver.seen.map(({ form }) => form.get('logout_token'))).size).toBe(8);
    await sweep(host);
    expect(await rows()).toHaveLength(1);
    await sql.run(`UPDATE auth_logout_delivery SET created_at = now() - interval '3 days'`);
    await sql.run(`INSERT INTO auth_client_session (session_id, client_id, subject, created_at)
      VALUES ('old', 'shop', 'x', now() - interval '401 days'), ('new', 'shop', 'x', now())`);
    await sweep(host);
    expect(await rows()).toEqual([]);
    expect(await sql.run('SELECT session_id FROM auth_client_session')).toEqual([{ session_id: 'new' }]);
  });

  it.each([204, 200])('2.8: %i ends it', async (status) => {
    receiver.answer({ status, body: '' });
    await signOut(await boot());
    await isEmpty();
    expect(receiver.seen).toHaveLength(1);
  });

  it.each<[string, (upstream: Upstream) => void, string]>([
    ['a redirect', (to) => to.answer({ status: 302, headers: { location: '/elsewhere' }, body: '' }), 'status 302'],
    ['a hung-up connection', (to) => to.answer((_, response) => void response.socket!.destroy()), 'unreachable: '],
    ['an endless answer', (to) => to.answer({ body: 'x'.repeat(100_000) }), 'answer_too_large: '],
    ['no answer', (to) => to.answer(() => undefined), 'timeout: '],
  ])('2.5: %s is no yes', async (_, misbehave, error) => {
    misbehave(receiver);
    await signOut(await boot());
    await attempted(1);
    expect((await rows())[0]!.last_error).toContain(error);
    expect(receiver.seen.map(({ path }) => path)).toEqual(['/out']);
  });

  it('T096 an address of the private network is not called unless the host allows it', async () => {
    await signOut(await boot(false));
    await attempted(1);
    expect((await rows())[0]!.last_error).toContain('address_refused');
    expect(receiver.seen).toEqual([]);
  });

  it('a token outlives the process that should have sent it', async () => {
    receiver.answer({ status: 503, body: '' });
    const first = await boot();
    await signOut(first);
    await attempted(1);
    await first.close();
    receiver.answer({ body: '' });
    receiver.seen.splice(0);
    hosts = [];
    await makeDue();
    await boot();
    await isEmpty();
    expect(receiver.seen).toHaveLength(1);
  });

  it('the shutdown waits for what is under way and leaves the rest', async () => {
    let release: () => void = () => undefined;
    receiver.answer((_, response) => void (release = () => response.end()));
    const host = await boot();
    await signOut(host);
    await until('it is under way', () => receiver.seen.length === 1);
    const closed = host.close();
    release();
    await closed;
    hosts = [];
    expect(await rows()).toEqual([]);
  });

  it('several nodes send each token once', async () => {
    const nodes = [await boot(), await boot()];
    receiver.answer({ status: 500, body: '' });
    const COUNT = 60;
    for (let index = 0; index < COUNT; index++)
      await sql.run(
        `INSERT INTO auth_logout_delivery (id, client_id, subject, session_id, next_attempt_at)
         VALUES (gen_random_uuid(), 'shop', 'somebody', $1, now())`,
        [`session-${index}`],
      );
    for (const node of nodes) for (let kicks = 0; kicks < 5; kicks++) node.app.get(LogoutDeliveries).kick();
    await until('all were tried', async () => (await rows()).every(({ last_error }) => last_error !== null));
    expect((await rows()).map(({ attempts }) => attempts)).toEqual(Array.from({ length: COUNT }, () => 1));
    expect(receiver.seen).toHaveLength(COUNT);
  });

  it('T117 while the database is away, tokens wait, and that is said once', async () => {
    const proxy = await startTcpProxy(database.url);
    const host = await boot(true, proxy.url);
    const said: string[] = [];
    const keep = (text: string) => void said.push(text);
    host.app.useLogger({ log: () => undefined, debug: () => undefined, error: keep, warn: keep });
    receiver.answer({ status: 503, body: '' });
    await signOut(host);
    await attempted(1);
    receiver.answer({ body: '' });
    await proxy.set('refusing');
    proxy.dropAll();
    const deliveries = host.app.get(LogoutDeliveries);
    for (let look = 0; look < 5; look++) {
      deliveries.kick();
      await deliveries.settled();
    }
    expect(said.filter((text) => text.includes('logout tokens wait'))).toHaveLength(1);
    await proxy.set('open');
    await makeDue();
    await isEmpty();
    expect(receiver.seen).toHaveLength(2);
    await Promise.all(hosts.splice(0).map((one) => one.close()));
    await proxy.close();
  });
});
