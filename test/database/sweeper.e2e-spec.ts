import { createTestApp, type TestApp } from '../support/app.js';
import { connectSql, type SqlClient } from '../support/sql-client.js';
import { sweep } from '../support/sweep.js';
import { guarded, refresh } from '../support/tokens.js';
import { signUp } from '../support/users.js';

const FAMILIES = 2_000;
const TOKENS_EACH = 5;
const BATCH_ROWS = 1_000;

describe('T120 expired rows', () => {
  let hosts: TestApp[];
  let sql: SqlClient;

  beforeAll(async () => {
    const auth = { sweep: { enabled: false } };
    const first = await createTestApp({ auth });
    hosts = [first, await createTestApp({ auth, databaseUrl: first.databaseUrl })];
    sql = await connectSql(first.databaseUrl);
    // What each transaction deletes, cascades included.
    await sql.run(`CREATE TABLE test_deleted (transaction bigint, name text, rows int);
      CREATE FUNCTION test_count() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO test_deleted SELECT txid_current(), TG_TABLE_NAME, count(*) FROM gone; RETURN NULL; END $$;`);
    for (const table of ['auth_token', 'auth_token_family', 'auth_session']) {
      await sql.run(`CREATE TRIGGER test_count AFTER DELETE ON ${table} REFERENCING OLD TABLE AS gone
                     FOR EACH STATEMENT EXECUTE FUNCTION test_count()`);
    }
  });
  afterAll(async () => {
    await sql.close();
    for (const host of hosts.reverse()) await host.close();
  });
  beforeEach(() => sql.run('TRUNCATE test_deleted'));

  const count = async (text: string) => (await sql.run<{ n: number }>(`SELECT count(*)::int AS n FROM ${text}`))[0]!.n;

  /** Families that ended two days ago, with the refresh tokens they were rotated through. */
  async function expiredFamilies(): Promise<void> {
    await sql.run(
      `INSERT INTO auth_token_family (id, subject, source, scopes, expires_at)
       SELECT gen_random_uuid(), 'swept', 'session', '{}', now() - interval '2 days' FROM generate_series(1, $1::int)`,
      [FAMILIES],
    );
    await sql.run(
      `INSERT INTO auth_token (id, family_id, kind, hash, scopes, expires_at, consumed_at)
       SELECT gen_random_uuid(), f.id, 'refresh', sha256(gen_random_uuid()::text::bytea), '{}', f.expires_at, now() - interval '3 days'
       FROM auth_token_family f, generate_series(1, $1::int) WHERE f.subject = 'swept'`,
      [TOKENS_EACH],
    );
  }

  it('T120 12,000 of them go in batches, on one of two nodes at a time, each once', async () => {
    await expiredFamilies();
    const results = await Promise.all(hosts.map(sweep));
    const total = (name: string) => results.reduce((sum, result) => sum + result[name]!, 0);
    expect([total('auth_token'), total('auth_token_family')]).toEqual([FAMILIES * TOKENS_EACH, FAMILIES]);
    expect(await count(`auth_token_family WHERE subject = 'swept'`)).toBe(0);
    const largest = await sql.run<{ rows: number }>(
      'SELECT sum(rows)::int AS rows FROM test_deleted GROUP BY transaction ORDER BY 1 DESC LIMIT 1',
    );
    expect(largest[0]!.rows).toBeLessThanOrEqual(BATCH_ROWS);
  });

  it('T120 a node that finds another one sweeping leaves it to that', async () => {
    await expiredFamilies();
    await sql.run('BEGIN');
    await sql.run(`SELECT pg_advisory_xact_lock(hashtext('nest-authority sweep'))`);
    const idle = await sweep(hosts[0]!);
    expect(new Set(Object.values(idle))).toEqual(new Set([0]));
    await sql.run('COMMIT');
    await sweep(hosts[1]!);
    expect(await count(`auth_token_family WHERE subject = 'swept'`)).toBe(0);
  });

  it('T120 rows that somebody has locked are left out and do not hold it up', async () => {
    await expiredFamilies();
    await sql.run('BEGIN');
    const held = await sql.run(
      `SELECT id FROM auth_token WHERE family_id IN (SELECT id FROM auth_token_family WHERE subject = 'swept') LIMIT 3 FOR UPDATE`,
    );
    await sweep(hosts[0]!);
    expect(await count(`auth_token WHERE consumed_at < now() - interval '1 day'`)).toBe(held.length);
    await sql.run('COMMIT');
    await sweep(hosts[0]!);
    expect(await count(`auth_token_family WHERE subject = 'swept'`)).toBe(0);
  });

  it('T120 replay evidence stays until the end of the family: an old refresh token is still recognised', async () => {
    const [host] = hosts as [TestApp];
    const user = await signUp(host.url);
    const { body } = await refresh(host, user.refreshToken);
    await sql.run(
      `UPDATE auth_token t SET consumed_at = now() - interval '20 days', created_at = now() - interval '21 days'
       FROM auth_token_family f WHERE f.id = t.family_id AND f.subject = $1 AND consumed_at IS NOT NULL`,
      [user.id],
    );
    await sql.run(
      `UPDATE auth_token t SET expires_at = now() - interval '20 days' FROM auth_token_family f
       WHERE f.id = t.family_id AND f.subject = $1 AND t.kind = 'access' AND t.parent_id IS NULL`,
      [user.id],
    );
    const swept = await sweep(hosts[0]!);
    expect(swept['auth_token']).toBe(1);
    expect((await refresh(host, user.refreshToken)).status).toBe(401);
    expect((await refresh(host, body.refreshToken)).status).toBe(401);
    expect(await guarded(host, body.accessToken)).toBe(401);
  });

  it('T120 what is alive stays: sessions, sessions kept by refresh tokens, tokens, subjects', async () => {
    const [host] = hosts as [TestApp];
    const [user, kept, gone] = [await signUp(host.url), await signUp(host.url), await signUp(host.url)];
    for (const one of [kept, gone]) {
      await sql.run(`UPDATE auth_session SET expires_at = now() - interval '2 days' WHERE subject = $1`, [one.id]);
    }
    await sql.run(`UPDATE auth_token_family SET expires_at = now() - interval '2 days' WHERE subject = $1`, [gone.id]);
    await sql.run(
      `UPDATE auth_token t SET expires_at = f.expires_at FROM auth_token_family f WHERE f.id = t.family_id AND f.subject = $1`,
      [gone.id],
    );
    await sweep(hosts[0]!);
    const alive = (id: string) => count(`auth_session WHERE subject = '${id}'`);
    expect([await alive(user.id), await alive(kept.id), await alive(gone.id)]).toEqual([1, 1, 0]);
    expect((await refresh(host, kept.refreshToken)).status).toBe(200);
    expect(await guarded(host, user.token)).toBe(200);
  });

  it('T120 all that has expired goes in one sweep, however much it is: rows may expire faster than a round of batches deletes them', async () => {
    const rows = 61_500;
    await sql.run(
      `INSERT INTO auth_one_time_token (token_hash, session_id, expires_at)
       SELECT sha256(i::text::bytea), gen_random_uuid(), now() - interval '1 hour' FROM generate_series(1, $1::int) AS i`,
      [rows],
    );
    expect((await sweep(hosts[0]!))['auth_one_time_token']).toBe(rows);
    expect(await count('auth_one_time_token')).toBe(0);
  });

  it('T120 rows that are kept are passed over, and those that expired after them go', async () => {
    // As many as two batches, some of them at the same moment; each kept by a family that lives.
    await sql.run(
      `INSERT INTO auth_session (id, token_hash, subject, expires_at)
       SELECT gen_random_uuid(), sha256(i::text::bytea), 'kept', now() - interval '3 days' + (i / 1500) * interval '1 minute'
       FROM generate_series(1, $1::int) AS i`,
      [2 * BATCH_ROWS],
    );
    await sql.run(
      `INSERT INTO auth_token_family (id, subject, session_id, source, scopes, expires_at)
       SELECT gen_random_uuid(), subject, id, 'session', '{}', now() + interval '1 day' FROM auth_session WHERE subject = 'kept'`,
    );
    await sql.run(
      `INSERT INTO auth_session (id, token_hash, subject, expires_at)
       SELECT gen_random_uuid(), sha256(i::text::bytea), 'gone', now() - interval '2 days' FROM generate_series(-10, -1) AS i`,
    );
    expect((await sweep(hosts[0]!))['auth_session']).toBe(10);
    const left = await sql.run(
      'SELECT subject, count(*)::int AS n FROM auth_session GROUP BY subject HAVING count(*) > 9',
    );
    expect(left).toEqual([{ subject: 'kept', n: 2 * BATCH_ROWS }]);
    expect((await sweep(hosts[0]!))['auth_session']).toBe(0);
    await sql.run(`UPDATE auth_token_family SET revoked_at = now() WHERE subject = 'kept'`);
    expect((await sweep(hosts[0]!))['auth_session']).toBe(2 * BATCH_ROWS);
  });

  it('T120 a session that is used again while its row is looked at stays', async () => {
    const [id] = await sql.run<{ id: string }>(
      `INSERT INTO auth_session (id, token_hash, subject, expires_at)
       VALUES (gen_random_uuid(), sha256('renewed'), 'renewed', now() - interval '2 days') RETURNING id`,
    );
    await sql.run('BEGIN');
    await sql.run(`UPDATE auth_session SET expires_at = now() + interval '1 day' WHERE id = $1`, [id!.id]);
    await sweep(hosts[0]!);
    await sql.run('COMMIT');
    await sweep(hosts[0]!);
    expect(await count(`auth_session WHERE subject = 'renewed'`)).toBe(1);
  });
});
