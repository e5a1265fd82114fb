import { Database, type Statement } from '../../src/common/database/database.js';
import type { Transaction } from '../../src/common/database/transaction.js';
import { AuthError, UsersService } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { cookiesOf, send, type Answer } from '../support/http.js';
import { killPooled, poolOf } from '../support/pool.js';
import { connectSql, killConnections, type SqlClient } from '../support/sql-client.js';
import { liveLeaves, post, refresh } from '../support/tokens.js';
import { signIn, signUp, TEST_PASSWORD } from '../support/users.js';

const statement = (text: string): Statement => ({ name: `test ${text}`.slice(0, 60), text });

describe('T118 a pool of one connection', () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({ poolSize: 1, auth: { rateLimits: true } });
  });
  afterAll(() => host.close());

  it('T118 serves every flow, also several at once', async () => {
    const user = await signUp(host.url);
    const ok = async (answer: Promise<Answer>) => {
      const { status, text } = await answer;
      expect([status, text]).toEqual([200, expect.any(String)]);
    };
    await Promise.all([
      ok(refresh(host, user.refreshToken)),
      ok(refresh(host, user.refreshToken)),
      ok(post(host, 'token/issue', user.token)),
      ok(post(host, 'update-user', user.token, { name: 'New' })),
      ok(send(`${host.url}/api/auth/get-session`, { headers: { cookie: user.cookie } })),
      ok(send(`${host.url}/api/auth/list-sessions`, { bearer: user.accessToken })),
      ok(send(`${host.url}/api/auth/sign-in/email`, { body: { email: user.email, password: TEST_PASSWORD } })),
    ]);
    const again = await send(`${host.url}/api/auth/sign-in/email`, {
      body: { email: user.email, password: TEST_PASSWORD },
      headers: { cookie: user.cookie, origin: 'http://localhost:3000' },
    });
    expect(cookiesOf(again)).toContain('session_token');
    await ok(post(host, 'revoke-other-sessions', again.body.token));
    const change = { currentPassword: TEST_PASSWORD, newPassword: 'another good password', revokeOtherSessions: true };
    const changed = await post(host, 'change-password', again.body.token, change);
    await ok(Promise.resolve(changed));
    await ok(post(host, 'token/revoke', changed.body.token, { refreshToken: again.body.refreshToken }));
    await ok(post(host, 'sign-out', changed.body.token));
    const last = await signIn(host.url, user.email, change.newPassword);
    const users = host.app.get(UsersService);
    await Promise.all([users.disable(user.id), users.find(user.id), refresh(host, last.refreshToken)]);
    await users.enable(user.id);
    const { token } = await signIn(host.url, user.email, change.newPassword);
    await ok(post(host, 'delete-user', token, { password: change.newPassword }));
    expect([poolOf(host).totalCount, poolOf(host).waitingCount]).toEqual([1, 0]);
  });
});

describe('T118 conflicts of transactions', () => {
  let host: TestApp;
  let sql: SqlClient;
  let database: Database;

  beforeAll(async () => {
    host = await createTestApp();
    sql = await connectSql(host.databaseUrl);
    database = host.app.get(Database);
    await sql.run('CREATE TABLE test_row (id int PRIMARY KEY, value int NOT NULL DEFAULT 0)');
    await sql.run('INSERT INTO test_row (id) VALUES (1), (2)');
  });
  afterAll(async () => {
    await sql.close();
    await host.close();
  });

  const increment = (tx: Transaction, id: number) =>
    tx.query(statement('UPDATE test_row SET value = value + 1 WHERE id = $1'), [id]);
  const raise = (code: string) => statement(`DO $$ BEGIN RAISE EXCEPTION 'test' USING ERRCODE = '${code}'; END $$`);

  it('T118 a deadlock is run again, and both transactions happen once', async () => {
    let met = 0;
    let open: () => void = () => undefined;
    const meeting = new Promise<void>((resolve) => (open = resolve));
    const attempts = [0, 0];
    const cross = (index: number, first: number, second: number) =>
      database.transaction(async (tx) => {
        attempts[index]!++;
        await increment(tx, first);
        if (++met === 2) open();
        await meeting;
        await increment(tx, second);
      });
    await Promise.all([cross(0, 1, 2), cross(1, 2, 1)]);
    expect(attempts[0]! + attempts[1]!).toBe(3);
    expect(await sql.run('SELECT value FROM test_row ORDER BY id')).toEqual([{ value: 2 }, { value: 2 }]);
  });

  it.each(['40001', '40P01'])('T118 %s again and again is 503 after a few attempts', async (code) => {
    let attempts = 0;
    const failing = database.transaction(async (tx) => {
      attempts++;
      await tx.query(raise(code), []);
    });
    await expect(failing).rejects.toMatchObject({ status: 503, retryAfterSeconds: expect.any(Number) });
    expect(attempts).toBeGreaterThan(1);
    expect(attempts).toBeLessThan(10);
  });

  it('T118 a serialization failure that comes with the COMMIT is run again: its outcome is known', async () => {
    await sql.run(`CREATE TABLE test_once (id int);
      CREATE SEQUENCE test_attempts;
      CREATE FUNCTION test_fail_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('test_attempts') = 1 THEN RAISE EXCEPTION 'test' USING ERRCODE = '40001'; END IF; RETURN NEW; END $$;
      CREATE CONSTRAINT TRIGGER test_fail_once AFTER INSERT ON test_once DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION test_fail_once()`);
    await database.transaction((tx) => tx.query(statement('INSERT INTO test_once VALUES (1)'), []));
    expect(await sql.run('SELECT id FROM test_once')).toHaveLength(1);
  });

  it('T118 any other failure that comes with the COMMIT is no unknown outcome, and nothing has happened', async () => {
    await sql.run(`CREATE TABLE test_never (id int);
      CREATE FUNCTION test_fail() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'test' USING ERRCODE = '23514'; END $$;
      CREATE CONSTRAINT TRIGGER test_fail AFTER INSERT ON test_never DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION test_fail()`);
    let committed = false;
    const failing = database.transaction(async (tx) => {
      tx.afterCommit(() => (committed = true));
      await tx.query(statement('INSERT INTO test_never VALUES (1)'), []);
    });
    await expect(failing).rejects.toMatchObject({ code: '23514' });
    expect([committed, await sql.run('SELECT id FROM test_never')]).toEqual([false, []]);
  });

  // One chunk from the network may hold the answer that hands a connection over and the news of its end.
  it('T117 a connection that hears of its end before its user can listen does not end the process', async () => {
    await host.app.get(Database).query(statement('SELECT 1'), []);
    const listeners = await new Promise<number>((resolve, reject) => {
      poolOf(host).connect((error, client, release) => {
        if (error || !client) return reject(error);
        resolve(client.listenerCount('error'));
        release();
      });
    });
    expect(listeners).toBe(1);
  });

  it('T118 a single statement that lost against another is run again', async () => {
    await sql.run('CREATE SEQUENCE test_singles');
    const flaky = statement(`SELECT CASE WHEN nextval('test_singles') = 1 THEN test_raise() ELSE 7 END AS value`);
    await sql.run(`CREATE FUNCTION test_raise() RETURNS int LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'test' USING ERRCODE = '40001'; END $$`);
    expect(await database.query(flaky, [])).toEqual([{ value: 7 }]);
  });

  it('T118 retries end in time: conflicts that each take a second do not add up', async () => {
    let attempts = 0;
    const started = performance.now();
    const slow = database.transaction(async (tx) => {
      attempts++;
      await tx.query(statement('SELECT pg_sleep(1.2)'), []);
      await tx.query(raise('40P01'), []);
    });
    await expect(slow).rejects.toBeInstanceOf(AuthError);
    expect(attempts).toBeLessThanOrEqual(2);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('T118 a host whose database is serializable by default: 30 parallel refreshes are still one rotation', async () => {
    const name = new URL(host.databaseUrl).pathname.slice(1);
    await sql.run(`ALTER DATABASE ${name} SET default_transaction_isolation = 'serializable'`);
    await killPooled(host, sql);
    const user = await signUp(host.url);
    const answers = await Promise.all(Array.from({ length: 30 }, () => refresh(host, user.refreshToken)));
    await sql.run(`ALTER DATABASE ${name} RESET default_transaction_isolation`);
    await killConnections(sql);
    expect(answers.map(({ status }) => status)).toEqual(Array(30).fill(200));
    expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(1);
    expect(await liveLeaves({ sql: sql.run }, user.id)).toBe(1);
  });
});
