import { createServer } from 'node:net';
import { Sweeper } from '../../src/common/sweeper/sweeper.js';
import type { StaticClientOptions } from '../../src/index.js';
import { LogoutDeliveries } from '../../src/oauth-provider/logout/logout-deliveries.js';
import type { TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { send } from '../support/http.js';
import { createLogoutHost, idTokenFor, logoutClient } from '../support/logout.js';
import { connectSql, killConnections, type SqlClient } from '../support/sql-client.js';
import { until } from '../support/until.js';
import { startUpstream, type Upstream } from '../support/upstream.js';
import { signUp } from '../support/users.js';

interface Row {
  attempts: number;
  last_error: string | null;
  given_up: boolean;
  wait_seconds: number;
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
  const boot = async (allowPrivateNetwork = true): Promise<TestApp> => {
    const auth = { allowPrivateNetwork, jwt: true, oauthProvider: { clients: clients() } };
    const host = await createLogoutHost([], { auth, databaseUrl: database.url });
    hosts.push(host);
    sql ??= await connectSql(database.url);
    return host;
  };
  beforeEach(() => (sql = undefined as never));

  async function signOut(host: TestApp): Promise<void> {
    const user = await signUp(host.url);
    await idTokenFor(host, user, 'shop');
    await send(`${host.url}/api/auth/sign-out`, { method: 'POST', bearer: user.token });
  }
  const rows = () =>
    sql.run<Row>(
      `SELECT attempts, last_error, next_attempt_at IS NULL AS given_up,
         round(extract(epoch FROM next_attempt_at - now()) / 10)::int * 10 AS wait_seconds FROM auth_logout_delivery`,
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
    await signOut(host);
    const waits = [10, 40, 160, 640, 2_560, 10_240, 40_960];
    for (const [index, wait] of waits.entries()) {
      await attempted(index + 1);
      expect(await rows()).toEqual([
        { attempts: index + 1, last_error: 'status 400', given_up: false, wait_seconds: wait },
      ]);
      await makeDue();
      host.app.get(LogoutDeliveries).kick();
    }
    await until('given up', async () => (await rows())[0]!.given_up);
    expect(new Set(receiver.seen.map(({ form }) => form.get('logout_token'))).size).toBe(8);
    await host.app.get(Sweeper).sweep();
    expect(await rows()).toHaveLength(1);
    await sql.run(`UPDATE auth_logout_delivery SET created_at = now() - interval '3 days'`);
    await sql.run(`INSERT INTO auth_client_session (session_id, client_id, subject, created_at)
      VALUES ('old', 'shop', 'x', now() - interval '401 days'), ('new', 'shop', 'x', now())`);
    await host.app.get(Sweeper).sweep();
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
    let connections = 0;
    const server = createServer(() => connections++).listen(0, '127.0.0.1');
    await signOut(await boot(false));
    await attempted(1);
    expect((await rows())[0]!.last_error).toContain('address_refused');
    expect([connections, receiver.seen.length]).toEqual([0, 0]);
    server.close();
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

  it('T117 connections that are cut in between delay a token and lose none', async () => {
    const host = await boot();
    await killConnections(sql);
    await until('the host is back', async () => {
      const { status } = await send(`${host.url}/api/auth/get-session`, { bearer: 'x' });
      return status === 200;
    });
    await signOut(host);
    await isEmpty();
    expect(receiver.seen).toHaveLength(1);
  });
});
