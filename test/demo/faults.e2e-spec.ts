import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { DEMO_CREDENTIALS, startDemo, type DemoProcess } from '../support/demo.js';
import { send } from '../support/http.js';
import { connectSql } from '../support/sql-client.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { guarded, refresh } from '../support/tokens.js';
import { until } from '../support/until.js';
import { signUp, type SignedInUser } from '../support/users.js';

const SHUTDOWN_BOUND_MILLISECONDS = 10_000;

describe('T119 the demo as a process', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  const running: DemoProcess[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
    proxy = await startTcpProxy(database.url);
  });
  afterEach(async () => {
    for (const demo of running.splice(0))
      if (demo.child.exitCode === null && demo.child.signalCode === null) await demo.end('SIGKILL');
    await proxy.close();
    await database.drop();
  });

  async function start(url = database.url): Promise<DemoProcess> {
    const demo = await startDemo(url);
    running.push(demo);
    return demo;
  }

  const signInDemo = (demo: DemoProcess) => send(`${demo.url}/api/auth/sign-in/email`, { body: DEMO_CREDENTIALS });

  async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
    const started = performance.now();
    return [await work(), performance.now() - started];
  }

  it.each(['refusing', 'silent'] as const)(
    'T119 starts with the database %s, and recovers by itself',
    async (state) => {
      await proxy.set(state);
      const demo = await start(proxy.url);
      expect(await demo.status('/health')).toBe(200);
      expect(await demo.status('/ready')).toBe(503);
      const answer = await signInDemo(demo);
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, expect.any(String)]);
      await proxy.set('open');
      await demo.ready();
      const { body } = await signInDemo(demo);
      expect(await guarded(demo, body.accessToken)).toBe(200);
    },
  );

  it('T119 the network falls silent while it migrates, and it recovers by itself', async () => {
    const sql = await connectSql(database.url);
    // The lock of migrations is held elsewhere, so that it stands in the middle of its preparation.
    await sql.run('SELECT pg_advisory_lock(4127331)');
    const demo = await start(proxy.url);
    await until('it waits for the lock', () => proxy.connectionCount > 0);
    await proxy.set('silent');
    await sql.close();
    await sleep(300);
    expect(await demo.status('/ready')).toBe(503);
    await proxy.set('open');
    await demo.ready();
    expect((await signInDemo(demo)).status).toBe(200);
  });

  it('T119 readiness goes off when the database is lost, and on again', async () => {
    const demo = await start(proxy.url);
    await demo.ready();
    await proxy.set('refusing');
    proxy.dropAll();
    await until('readiness is off', async () => (await demo.status('/ready')) === 503);
    expect(await demo.status('/health')).toBe(200);
    await proxy.set('open');
    await demo.ready();
  });

  it('T119 two nodes start at once on an empty database: one schema, each user once, tokens good on both', async () => {
    const [one, two] = await Promise.all([start(), start()]);
    await Promise.all([one.ready(), two.ready()]);
    const { body } = await signInDemo(one);
    for (const demo of [one, two]) expect(await guarded(demo, body.accessToken)).toBe(200);
    expect((await refresh(two, body.refreshToken)).status).toBe(200);
    const sql = await connectSql(database.url);
    expect(await sql.run('SELECT email FROM auth_user ORDER BY email')).toEqual([
      { email: 'admin@example.com' },
      { email: DEMO_CREDENTIALS.email },
    ]);
    const names = await sql.run<{ name: string }>('SELECT name FROM migrations');
    expect(new Set(names.map(({ name }) => name)).size).toBe(names.length);
    await sql.close();
  });

  it('T119 SIGKILL in a storm of refreshes: every acknowledged token works, and none is half issued', async () => {
    const [victim, survivor] = [await start(), await start()];
    await Promise.all([victim.ready(), survivor.ready()]);
    const users = await Promise.all(Array.from({ length: 6 }, () => signUp(victim.url)));
    for (let round = 0; round < 2; round++) {
      const target = round === 0 ? victim : await start();
      await target.ready();
      const chains = users.map((user) => ({ last: user.refreshToken, access: user.accessToken, count: 0 }));
      const storm = chains.map(async (chain) => {
        for (;;) {
          const answer = await refresh(target, chain.last).catch(() => null);
          if (answer === null) return;
          expect(answer.status).toBe(200);
          Object.assign(chain, {
            last: answer.body.refreshToken,
            access: answer.body.accessToken,
            count: chain.count + 1,
          });
        }
      });
      await until('the storm is under way', () => chains.every(({ count }) => count > 10));
      await target.end('SIGKILL');
      await Promise.all(storm);
      for (const [index, chain] of chains.entries()) {
        expect(await guarded(survivor, chain.access)).toBe(200);
        const answer = await refresh(survivor, chain.last);
        expect(answer.status).toBe(200);
        users[index] = { ...users[index]!, ...answer.body } as SignedInUser;
      }
    }
    const sql = await connectSql(database.url);
    const halves = await sql.run(
      `SELECT p.id FROM auth_token p WHERE p.kind = 'refresh' AND
         (SELECT count(*) FROM auth_token c WHERE c.parent_id = p.id) <> CASE WHEN p.consumed_at IS NULL THEN 0 ELSE 2 END`,
    );
    await sql.close();
    expect(halves).toEqual([]);
  });

  it('T119 SIGTERM under load: readiness off, requests in flight finish, none dropped, exit code 0', async () => {
    const demo = await start();
    await demo.ready();
    const user = await signUp(demo.url);
    const stopSending = new AbortController();
    const failures: unknown[] = [];
    const statuses = new Set<number>();
    const load = (request: () => Promise<{ status: number }>) =>
      (async () => {
        while (!stopSending.signal.aborted) {
          try {
            statuses.add((await request()).status);
          } catch (error) {
            failures.push(error);
          }
        }
      })();
    const signInOnce = () =>
      send(`${demo.url}/api/auth/sign-in/email`, { body: { email: user.email, password: user.password } });
    const getSession = () => send(`${demo.url}/api/auth/get-session`, { bearer: user.token });
    const workers = [signInOnce, signInOnce, signInOnce, signInOnce, getSession, getSession].map(load);
    await sleep(300);
    const ending = timed(() => demo.end('SIGTERM'));
    // As a load balancer does: no new requests once it is told that there shall be none.
    await until('readiness is off', async () => {
      if ((await demo.status('/ready')) === 503) stopSending.abort();
      return stopSending.signal.aborted;
    });
    await Promise.all(workers);
    const [code, elapsed] = await ending;
    expect([code, failures, [...statuses]]).toEqual([0, [], [200]]);
    expect(elapsed).toBeLessThan(SHUTDOWN_BOUND_MILLISECONDS);
  });

  it('T119 SIGTERM is not held up by a client that never finishes its request', async () => {
    const demo = await start();
    await demo.ready();
    const { port } = new URL(demo.url);
    const slow = connect(Number(port), '127.0.0.1');
    slow.on('error', () => undefined).write('POST /api/auth/sign-in/email HTTP/1.1\r\nHost: localhost\r\nContent-Le');
    const idle = connect(Number(port), '127.0.0.1').on('error', () => undefined);
    await sleep(100);
    const [code, elapsed] = await timed(() => demo.end('SIGTERM'));
    slow.destroy();
    idle.destroy();
    expect(code).toBe(0);
    expect(elapsed).toBeLessThan(SHUTDOWN_BOUND_MILLISECONDS);
  });

  it.each(['refusing', 'silent'] as const)(
    'T119 SIGTERM while the database is %s: exit in time, code 0',
    async (state) => {
      const demo = await start(proxy.url);
      await demo.ready();
      await proxy.set(state);
      if (state === 'refusing') proxy.dropAll();
      const inFlight = signInDemo(demo);
      await sleep(50);
      const [code, elapsed] = await timed(() => demo.end('SIGTERM'));
      expect((await inFlight).status).toBe(503);
      expect(code).toBe(0);
      expect(elapsed).toBeLessThan(SHUTDOWN_BOUND_MILLISECONDS);
    },
  );

  it('T119 SIGTERM before the database ever answered: exit in time, code 0', async () => {
    await proxy.set('silent');
    const demo = await start(proxy.url);
    const [code, elapsed] = await timed(() => demo.end('SIGTERM'));
    expect(code).toBe(0);
    expect(elapsed).toBeLessThan(SHUTDOWN_BOUND_MILLISECONDS);
  });
});
