import { ApiKeyUsage } from '../../src/api-keys/verification/api-key.usage.js';
import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { send } from '../support/http.js';
import { watchPool } from '../support/pool.js';
import { sweep } from '../support/sweep.js';
import { signUp, type SignedInUser } from '../support/users.js';

interface Day {
  readonly day: string;
  readonly requests: number;
}

describe('usage of keys by day', () => {
  let host: KeyApp;
  let ada: SignedInUser;
  beforeAll(async () => {
    host = await createKeyApp({ enableSessionForAPIKeys: true });
    ada = await signUp(host.url);
  });
  afterAll(() => host.close());

  const flush = (app: KeyApp = host) => app.app.get(ApiKeyUsage).flush();
  const times = (count: number, call: () => Promise<unknown>) => Promise.all(Array.from({ length: count }, call));
  const rowsOf = (id: string, app: KeyApp = host) =>
    app.sql<Day>(`SELECT day::text, requests FROM auth_api_key_usage WHERE key_id = $1 ORDER BY day`, [id]);
  const usageOf = async (id: string, query = '') =>
    (await host.call(ada, `usage?keyId=${id}${query}`)).body as { keyId: string; days: Day[] };
  const utcToday = async (app: KeyApp = host) =>
    (await app.sql<{ day: string }>(`SELECT (now() AT TIME ZONE 'UTC')::date::text AS day`))[0]!.day;
  const age = (id: string, days: number) =>
    host.sql('UPDATE auth_api_key_usage SET day = day - $2::int WHERE key_id = $1', [id, days]);

  it('T027 one row for a key and a day, by the statement that counts anyway, and none for a request', async () => {
    const { id, key } = await host.issue({ owner: ada });
    await host.use(key);
    const seen: string[] = [];
    watchPool(host, (name) => seen.push(name));
    await times(20, () => host.use(key));
    expect(seen).toEqual([]);
    await flush();
    expect(seen).toEqual(['auth_api_key_usage']);
    await times(4, () => host.use(key));
    await flush();
    expect(await rowsOf(id)).toEqual([{ day: await utcToday(), requests: 25 }]);
  });

  it('200 GET /api-key/usage: 30 days, oldest first, also those without a request', async () => {
    const { id, key } = await host.issue({ owner: ada });
    await times(3, () => host.use(key));
    await flush();
    await age(id, 29);
    await times(2, () => host.use(key));
    await flush();
    const { keyId, days } = await usageOf(id);
    expect([keyId, days.length]).toEqual([id, 30]);
    expect([days[0]!.requests, days.at(-1)]).toEqual([3, { day: await utcToday(), requests: 2 }]);
    expect(days.reduce((sum, { requests }) => sum + requests, 0)).toBe(5);
    expect(days.map(({ day }) => day)).toEqual(days.map(({ day }) => day).toSorted());
    expect(new Set(days.map(({ day }) => day)).size).toBe(30);
    await age(id, 1);
    expect((await usageOf(id)).days[0]!.requests).toBe(0);
    expect((await usageOf(id, '&days=31')).days[0]!.requests).toBe(3);
    expect((await usageOf(id, '&days=1')).days).toEqual([{ day: await utcToday(), requests: 0 }]);
    expect((await usageOf(id, '&days=90')).days).toHaveLength(90);
  });

  it('400 days that are no number from 1 to 90', async () => {
    const { id } = await host.issue({ owner: ada });
    for (const days of ['0', '-1', '91', '1.5', 'x', '1e2'])
      expect([days, (await host.call(ada, `usage?keyId=${id}&days=${days}`)).status]).toEqual([days, 400]);
    expect((await host.call(ada, 'usage')).status).toBe(400);
  });

  it('T018 404 for whoever does not own the key, 401 without a session, also with the key itself', async () => {
    const { id, key } = await host.issue({ owner: ada });
    const bob = await signUp(host.url);
    for (const keyId of [id, '01890000-0000-7000-8000-000000000000', 'x']) {
      const answer = await host.call(bob, `usage?keyId=${keyId}`);
      expect([answer.status, answer.body.code]).toEqual([404, 'KEY_NOT_FOUND']);
    }
    const url = `${host.url}/api/auth/api-key/usage?keyId=${id}`;
    expect((await send(url)).status).toBe(401);
    expect((await send(url, { headers: { 'x-api-key': key } })).status).toBe(401);
  });

  it('refused requests do not count', async () => {
    const { id, key } = await host.issue({ owner: ada, remaining: 2 });
    for (let request = 1; request <= 5; request++) await host.use(key);
    await host.use(`${key}x`);
    await flush();
    expect(await rowsOf(id)).toEqual([{ day: await utcToday(), requests: 2 }]);
  });

  it('is deleted with its key, also when a process still has something to write; a key that has not ended keeps it', async () => {
    const [gone, kept] = [await host.issue({ owner: ada }), await host.issue({ owner: ada })];
    for (const { key } of [gone, kept]) await host.use(key);
    await flush();
    for (const { key } of [gone, kept]) await host.use(key);
    await host.call(ada, 'delete', { keyId: gone.id });
    await flush();
    expect(await rowsOf(gone.id)).toEqual([]);
    expect((await rowsOf(kept.id))[0]!.requests).toBe(2);
  });

  it('is deleted with its owner', async () => {
    const bob = await signUp(host.url);
    const { id, key } = await host.issue({ owner: bob });
    await host.use(key);
    await flush();
    expect(await rowsOf(id)).toHaveLength(1);
    const { UsersService } = await import('../../src/index.js');
    await host.app.get(UsersService).forget(bob.id);
    expect(await rowsOf(id)).toEqual([]);
  });

  it('is swept after the retention, day by day', async () => {
    const { id, key } = await host.issue({ owner: ada });
    for (const days of [2, 89, 0]) {
      await host.use(key);
      await flush();
      await age(id, days);
    }
    expect(await rowsOf(id)).toHaveLength(3);
    await sweep(host);
    const left = (await usageOf(id, '&days=90')).days.filter(({ requests }) => requests > 0);
    expect([(await rowsOf(id)).length, left.length]).toEqual([2, 2]);
  });

  it('stops at the largest number', async () => {
    const { id, key } = await host.issue({ owner: ada });
    await host.sql('INSERT INTO auth_api_key_usage VALUES ($1, $2, 2147483646)', [id, await utcToday()]);
    await times(5, () => host.use(key));
    await flush();
    expect((await rowsOf(id))[0]!.requests).toBe(2_147_483_647);
  });
});

describe('usage by day on two instances and in other time zones', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('two instances that use and write the same keys at once add up', async () => {
    const [one, two] = [
      await createKeyApp({}, { databaseUrl: database.url }),
      await createKeyApp({}, { databaseUrl: database.url }),
    ];
    try {
      const ada = await signUp(one.url);
      const keys = await Promise.all(Array.from({ length: 10 }, () => one.issue({ owner: ada })));
      for (let round = 1; round <= 3; round++) {
        await Promise.all(
          [one, two].flatMap((app) => keys.map(async ({ key }) => expect((await app.use(key)).status).toBe(200))),
        );
        await Promise.all([one, two].map((app) => app.app.get(ApiKeyUsage).flush()));
      }
      const counted = await one.sql(
        'SELECT DISTINCT u.requests, k.request_count::int AS n FROM auth_api_key_usage u JOIN auth_api_key k ON k.id = u.key_id',
      );
      expect(counted).toEqual([{ requests: 6, n: 6 }]);
    } finally {
      await Promise.all([one.close(), two.close()]);
    }
  });

  // At any time it is another day than in UTC in one of the two.
  it.each(['Pacific/Kiritimati', 'Etc/GMT+12'])('a day is one in UTC for a database in %s', async (zone) => {
    const own = await createTestDatabase();
    const name = new URL(own.url).pathname.slice(1);
    const host = await createKeyApp({}, { databaseUrl: own.url });
    await host.sql(`ALTER DATABASE "${name}" SET timezone TO '${zone}'`);
    await host.close();
    const again = await createKeyApp({}, { databaseUrl: own.url });
    try {
      expect(await again.sql('SHOW timezone')).toEqual([{ TimeZone: zone }]);
      const ada = await signUp(again.url);
      const { id, key } = await again.issue({ owner: ada });
      await again.use(key);
      await again.app.get(ApiKeyUsage).flush();
      const [row] = await again.sql(
        `SELECT day::text, (now() AT TIME ZONE 'UTC')::date::text AS today, requests FROM auth_api_key_usage WHERE key_id = $1`,
        [id],
      );
      expect(row).toMatchObject({ day: row!['today'], requests: 1 });
      const { days } = (await again.call(ada, `usage?keyId=${id}&days=1`)).body;
      expect(days).toEqual([{ day: row!['today'], requests: 1 }]);
    } finally {
      await again.close();
      await own.drop();
    }
  });
});
