import { Client } from 'pg';
import { Database } from '../../src/common/database/database.js';
import { ApiKeyUsage } from '../../src/api-keys/verification/api-key.usage.js';
import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { sweep } from '../support/sweep.js';
import { signUp, type SignedInUser } from '../support/users.js';

describe('usage of keys', () => {
  let database: TestDatabase;
  let host: KeyApp;
  let ada: SignedInUser;
  beforeAll(async () => {
    database = await createTestDatabase();
    host = await createKeyApp({}, { databaseUrl: database.url });
    ada = await signUp(host.url);
  });
  afterAll(async () => {
    await host.close();
    await database.drop();
  });

  const rowOf = async (id: string) => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query(
      'SELECT request_count::int AS n, last_request_at FROM auth_api_key WHERE id = $1',
      [id],
    );
    await client.end();
    return rows[0] as { n: number; last_request_at: Date | null };
  };

  it('nothing is lost at shutdown, also not requests that are answered while it goes on', async () => {
    const other = await createKeyApp({}, { databaseUrl: database.url });
    const { id, key } = await other.issue({ owner: ada });
    for (let request = 0; request < 7; request++) await other.use(key);
    expect((await rowOf(id)).n).toBe(0);
    const late = Promise.allSettled(Array.from({ length: 20 }, () => other.use(key)));
    const closing = other.close();
    const answered = (await late).filter((one) => one.status === 'fulfilled' && one.value.status === 200).length;
    await closing;
    const row = await rowOf(id);
    expect(row.n).toBe(7 + answered);
    expect(row.last_request_at).not.toBeNull();
  });

  it('a failed write fails no request, is tried again and loses nothing', async () => {
    const { id, key } = await host.issue({ owner: ada });
    const usage = host.app.get(ApiKeyUsage);
    await usage.flush();
    const locker = new Client({ connectionString: database.url });
    await locker.connect();
    await locker.query('BEGIN');
    await locker.query('LOCK TABLE auth_api_key IN SHARE MODE');
    try {
      for (let request = 0; request < 3; request++) expect((await host.use(key)).status).toBe(200);
      const flush = usage.flush();
      expect((await host.use(key)).status).toBe(200);
      await flush;
      expect((await rowOf(id)).n).toBe(0);
      expect((await host.keys.get(id)).requestCount).toBe(4);
    } finally {
      await locker.query('ROLLBACK');
      await locker.end();
    }
    await usage.flush();
    expect((await rowOf(id)).n).toBe(4);
    expect((await host.keys.get(id)).requestCount).toBe(4);
  });

  it('two nodes that write the same keys at once add up', async () => {
    const keys = await Promise.all(Array.from({ length: 30 }, () => host.issue({ owner: ada })));
    const [one, two] = [new ApiKeyUsage(host.app.get(Database), 60), new ApiKeyUsage(host.app.get(Database), 60)];
    for (const { id } of keys) one.note(id);
    for (const { id } of keys.toReversed()) two.note(id);
    await Promise.all([one.flush(), two.flush()]);
    const counts = await host.sql('SELECT DISTINCT request_count::int AS n FROM auth_api_key WHERE id = ANY($1)', [
      keys.map(({ id }) => id),
    ]);
    expect(counts).toEqual([{ n: 2 }]);
  });

  it('expired, revoked and deleted rows go after the retention, others stay', async () => {
    const [live, expired, fresh, revoked] = await Promise.all(
      Array.from({ length: 4 }, () => host.issue({ owner: ada })),
    );
    await host.keys.revoke(revoked!.id);
    await host.sql(`UPDATE auth_api_key SET expires_at = now() - interval '91 days' WHERE id = $1`, [expired!.id]);
    await host.sql(`UPDATE auth_api_key SET expires_at = now() - interval '89 days' WHERE id = $1`, [fresh!.id]);
    await host.sql(`UPDATE auth_api_key SET revoked_at = now() - interval '91 days' WHERE id = $1`, [revoked!.id]);
    await sweep(host);
    const left = await host.sql<{ id: string }>('SELECT id FROM auth_api_key WHERE id = ANY($1)', [
      [live, expired, fresh, revoked].map((key) => key!.id),
    ]);
    expect(left.map(({ id }) => id).toSorted()).toEqual([live!.id, fresh!.id].toSorted());
  });
});
