import { randomUUID } from 'node:crypto';
import type { TestApp } from '../support/app.js';
import { AssertionIssuer, createAssertionHost, linkAccount, outcome, present } from '../support/assertions.js';
import { connectSql, waitForBlocked, waitForListeners, type SqlClient } from '../support/sql-client.js';
import { signUp, type SignedInUser } from '../support/users.js';

const PARALLEL = 100;
const PAUSE = 747_474;

describe('races of assertions, on two applications', () => {
  let hosts: TestApp[];
  let sql: SqlClient;
  let user: SignedInUser;
  const idp = new AssertionIssuer();

  beforeAll(async () => {
    await idp.start();
    const issuers = [{ issuer: idp.url, type: 'id-jag', algorithms: ['ES256'], createUsers: true }] as const;
    const first = await createAssertionHost(issuers, { poolSize: 15 });
    hosts = [first, await createAssertionHost(issuers, { poolSize: 15, databaseUrl: first.databaseUrl })];
    user = await signUp(first.url);
    await linkAccount(first, user.id, idp.url);
    sql = await connectSql(first.databaseUrl);
    await waitForListeners(sql, 2);
    await sql.run(`
      CREATE FUNCTION test_pause() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.source = 'jwt_bearer' THEN PERFORM pg_advisory_xact_lock_shared(${PAUSE}); END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER test_pause BEFORE INSERT ON auth_token_family FOR EACH ROW EXECUTE FUNCTION test_pause();`);
  });
  afterAll(async () => {
    await sql.close();
    for (const host of hosts.reverse()) await host.close();
    await idp.stop();
  });

  const spread = <T>(count: number, call: (host: TestApp, index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, index) => call(hosts[index % 2]!, index)));
  const rows = async (table: string, where = 'true') =>
    (await sql.run<{ n: number }>(`SELECT count(*)::int AS n FROM ${table} WHERE ${where}`))[0]!.n;
  const families = () => rows('auth_token_family', `source = 'jwt_bearer'`);
  const tally = (texts: string[]) =>
    Object.fromEntries([...new Set(texts)].map((text) => [text, texts.filter((one) => one === text).length]));

  it(`T192 EMA 7.4.2 (I25): ${PARALLEL} times one assertion on two instances: one token, no 5xx`, async () => {
    const [jag, before] = [await idp.idJag(), await families()];
    const answers = await spread(PARALLEL, (host) => present(host, jag));
    expect(tally(answers.map(outcome))).toEqual({ '200 read write': 1, '400 invalid_grant': PARALLEL - 1 });
    expect(await families()).toBe(before + 1);
  });

  it('T192 EMA 7.4.2 (I25): many assertions at once, each twice: each buys once; another issuer may have the same jti', async () => {
    const jags = await Promise.all(Array.from({ length: 20 }, () => idp.idJag()));
    const answers = await spread(40, (host, index) => present(host, jags[index >> 1]!));
    expect(tally(answers.map(outcome))).toEqual({ '200 read write': 20, '400 invalid_grant': 20 });
  });

  it('T192 RFC 7523 3 (I12): what dies between spending and writing leaves the assertion good, and its twin waits', async () => {
    const jag = await idp.idJag();
    await sql.run('SELECT pg_advisory_lock($1)', [PAUSE]);
    const first = present(hosts[0]!, jag);
    await waitForBlocked(sql, 1);
    const second = present(hosts[1]!, jag);
    await waitForBlocked(sql, 2);
    // The connection of the first is lost in the middle of its statement.
    await sql.run(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE wait_event_type = 'Lock' AND wait_event = 'advisory' AND datname = current_database()`,
    );
    await sql.run('SELECT pg_advisory_unlock($1)', [PAUSE]);
    const [lost, good] = await Promise.all([first, second]);
    expect([lost.status, outcome(good)]).toEqual([503, '200 read write']);
    expect(outcome(await present(hosts[0]!, jag))).toBe('400 invalid_grant');
  });

  it('T192 RFC 7523 3 (I12): what is refused spends nothing', async () => {
    const [jag, before] = [await idp.idJag(), await rows('auth_spent_jwt')];
    expect(outcome(await present(hosts[0]!, jag, { scope: 'admin' }))).toBe('400 invalid_scope');
    expect(outcome(await present(hosts[1]!, jag, { resource: 'https://elsewhere.example' }))).toBe(
      '400 invalid_target',
    );
    expect(await rows('auth_spent_jwt')).toBe(before);
    expect(outcome(await present(hosts[0]!, jag))).toBe('200 read write');
    expect(await rows('auth_spent_jwt')).toBe(before + 1);
  });

  it('T116 ID-JAG 4.4.1 (I26): the first assertions of a new user at once make one user, and all are for them', async () => {
    const email = `new-${randomUUID()}@example.com`;
    const jags = await Promise.all(Array.from({ length: 12 }, () => idp.idJag({ sub: 'newcomer', email })));
    const answers = await spread(12, (host, index) => present(host, jags[index]!));
    expect(tally(answers.map(outcome))).toEqual({ '200 read write': 12 });
    expect(await rows('auth_user', `email = '${email}'`)).toBe(1);
    expect(await rows('auth_linked_account', `account_id = 'newcomer'`)).toBe(1);
  });
});
