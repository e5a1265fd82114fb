import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { send } from '../support/http.js';
import { watchPool } from '../support/pool.js';
import { signUp, type SignedInUser } from '../support/users.js';

/** Counts what goes through the application's pool; the connection that listens for revocations is not part of it. */
describe('statements per keyed request', () => {
  let host: KeyApp;
  let ada: SignedInUser;
  let seen: string[] = [];
  beforeAll(async () => {
    host = await createKeyApp({}, { auth: { cacheTtl: '60s' } });
    ada = await signUp(host.url);
    watchPool(host, (name) => seen.push(name));
  });
  afterAll(() => host.close());

  const during = async (work: () => Promise<unknown>): Promise<string[]> => {
    seen = [];
    await work();
    return seen;
  };
  const times = (count: number, call: () => Promise<unknown>) => Promise.all(Array.from({ length: count }, call));

  it('0 in steady state without limits, after 1 to learn of the key', async () => {
    const { key } = await host.issue({ owner: ada });
    expect(await during(() => host.use(key))).toEqual(['auth_api_key_find_hash']);
    expect(await during(() => times(50, () => host.use(key)))).toEqual([]);
  });

  it('exactly 1 with a quota, with a limit and a quota, and with a limit that is near', async () => {
    const quota = await host.issue({ owner: ada, remaining: 1_000 });
    const both = await host.issue({ owner: ada, rateLimitMax: 1_000, rateLimitTimeWindow: 60_000, remaining: 1_000 });
    for (const { key } of [quota, both]) {
      await host.use(key);
      const statements = await during(() => times(20, () => host.use(key)));
      expect(statements).toEqual(Array.from({ length: 20 }, () => 'auth_api_key_spend'));
    }
    const near = await host.issue({ owner: ada, rateLimitMax: 8, rateLimitTimeWindow: 60_000 });
    await host.use(near.key);
    for (let request = 1; request <= 9; request++)
      expect(await during(() => host.use(near.key))).toEqual(['auth_api_key_spend']);
  });

  it('exactly 1 with a limit and without memory: cacheTtl 0 takes no blocks', async () => {
    const bare = await createKeyApp({}, { auth: { cacheTtl: 0 }, databaseUrl: host.databaseUrl });
    try {
      const { key } = await bare.issue({ owner: ada, rateLimitMax: 1_000, rateLimitTimeWindow: 60_000 });
      const names: string[] = [];
      watchPool(bare, (name) => names.push(name));
      for (let request = 1; request <= 10; request++) await bare.use(key);
      expect(names.filter((name) => name === 'auth_api_key_spend')).toHaveLength(10);
      expect(names).toHaveLength(20);
    } finally {
      await bare.close();
    }
  });

  it('a limit that is far costs a statement now and then', async () => {
    const { key } = await host.issue({ owner: ada, rateLimitMax: 10_000, rateLimitTimeWindow: 60_000 });
    const statements = await during(() => times(100, () => host.use(key)));
    expect(new Set(statements)).toEqual(new Set(['auth_api_key_find_hash', 'auth_api_key_spend']));
    expect(statements.length).toBeLessThanOrEqual(20);
  });

  it('T020 0 for garbage: wrong prefix, alphabet, length or checksum', async () => {
    const { key } = await host.issue({ owner: ada });
    const flipped = key.at(-1) === 'a' ? 'b' : 'a';
    const garbage = [
      key.slice(0, -1) + flipped,
      key.slice(0, -1),
      `${key}a`,
      key.replace('sk_', 'pk_'),
      key.replace(/.$/, '-'),
      'sk_',
      'x',
      `sk_${'a'.repeat(49)}`,
      `sk_${'a'.repeat(5_000)}`,
    ];
    for (const text of garbage) {
      const statements = await during(async () => expect((await host.use(text)).status).toBe(401));
      expect(statements).toEqual([]);
    }
    const byBearer = await during(() => send(`${host.url}/host/either`, { bearer: garbage[0]! }));
    expect(byBearer).toEqual([]);
  });

  it('T027 usage of many requests is one statement, and not before it is due', async () => {
    const { id, key } = await host.issue({ owner: ada });
    await times(30, () => host.use(key));
    expect(await host.sql('SELECT request_count::int AS n FROM auth_api_key WHERE id = $1', [id])).toEqual([{ n: 0 }]);
    expect((await host.keys.get(id)).requestCount).toBe(30);
    const { ApiKeyUsage } = await import('../../src/api-keys/verification/api-key.usage.js');
    expect(await during(() => host.app.get(ApiKeyUsage).flush())).toEqual(['auth_api_key_usage']);
    expect(await host.sql('SELECT request_count::int AS n FROM auth_api_key WHERE id = $1', [id])).toEqual([{ n: 30 }]);
    expect((await host.keys.get(id)).requestCount).toBe(30);
  });

  it('T027 what a request writes is in no index, so that updates stay HOT', async () => {
    const { id, key } = await host.issue({
      owner: ada,
      rateLimitMax: 1_000,
      rateLimitTimeWindow: 60_000,
      remaining: 500,
    });
    for (let request = 0; request < 20; request++) await host.use(key);
    const indexed = await host.sql<{ column: string }>(
      `SELECT a.attname AS column FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
       WHERE i.indrelid = 'auth_api_key'::regclass`,
    );
    const written = [
      'window_started_at',
      'window_count',
      'window_held',
      'window_taken',
      'remaining',
      'last_refill_at',
      'request_count',
      'last_request_at',
    ];
    expect(indexed.map(({ column }) => column).filter((column) => written.includes(column))).toEqual([]);
    expect((await host.keys.get(id)).remaining).toBe(480);
  });
});
