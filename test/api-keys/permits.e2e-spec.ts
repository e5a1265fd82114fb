import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { atOnce, countStatements, inTurn, passed, useUntilHeld, windowOf } from '../support/permits.js';
import { signUp, type SignedInUser } from '../support/users.js';

const HOUR = 3_600_000;

/** Two processes on one database, both of which take permits in blocks. */
describe('permits of a rate limit, taken in blocks', () => {
  let one: KeyApp;
  let two: KeyApp;
  let ada: SignedInUser;
  let sent: Record<string, number>;
  beforeAll(async () => {
    // The longest, so that no block ends by itself where a test waits for another reason.
    const auth = { cacheTtl: '60s' } as const;
    one = await createKeyApp({ rotationOverlap: '1h' }, { auth });
    two = await createKeyApp({ rotationOverlap: '1h' }, { auth, databaseUrl: one.databaseUrl });
    ada = await signUp(one.url);
    sent = countStatements(one);
  });
  afterAll(async () => {
    await two.close();
    await one.close();
  });

  const limited = (rateLimitMax: number) => one.issue({ owner: ada, rateLimitMax, rateLimitTimeWindow: HOUR });
  const statements = async (work: () => Promise<unknown>): Promise<number> => {
    const sum = () => Object.values(sent).reduce((total, count) => total + count, 0);
    const before = sum();
    await work();
    return sum() - before;
  };

  it('T021 far from the limit a request costs a fifth of a statement at most, one after another or at once', async () => {
    const slow = await limited(10_000);
    expect(await statements(() => inTurn([one], slow.key, 200))).toBeLessThanOrEqual(40);
    const fast = await limited(10_000);
    expect(await statements(() => atOnce([one], fast.key, { requests: 400, connections: 16 }))).toBeLessThanOrEqual(80);
  });

  it('T021 a key that is seldom used holds nothing: its first request takes one permit', async () => {
    const { id, key } = await limited(10_000);
    await inTurn([one], key, 1);
    expect(await windowOf(one, id)).toEqual({ counted: 1, held: 0 });
  });

  it('T021 near the limit a request costs one statement, and nothing is held', async () => {
    const { id, key } = await limited(8);
    await one.use(key);
    const statuses: number[] = [];
    expect(await statements(async () => void statuses.push(...(await inTurn([one], key, 9))))).toBe(9);
    expect(passed(statuses)).toBe(7);
    expect(await windowOf(one, id)).toEqual({ counted: 8, held: 0 });
  });

  it('T021 100 of 150 requests in turn to two processes pass, and these are the first', async () => {
    const { key } = await limited(100);
    const statuses = await inTurn([one, two], key, 150);
    expect(statuses).toEqual([...Array.from({ length: 100 }, () => 200), ...Array.from({ length: 50 }, () => 429)]);
  });

  it.each([17, 100, 500])('T021 16 connections to two processes: %d pass, window after window', async (limit) => {
    const { id, key } = await limited(limit);
    for (let window = 1; window <= 2; window++) {
      const statuses = await atOnce([one, two], key, { requests: limit + 60, connections: 8 });
      expect([passed(statuses), statuses.length]).toEqual([limit, limit + 60]);
      expect(await windowOf(one, id)).toEqual({ counted: limit, held: 0 });
      await one.sql(`UPDATE auth_api_key SET window_started_at = window_started_at - interval '1 hour' WHERE id = $1`, [
        id,
      ]);
    }
  });

  it('T021 the last permit goes to whoever asks, not lost in the memory of a process that is no longer asked', async () => {
    const { id, key } = await limited(100);
    const used = await useUntilHeld(one, { id, key }, 4);
    const statuses = await inTurn([two], key, 110 - used);
    expect(passed(statuses)).toBe(100 - used);
    expect(statuses.slice(-10)).toEqual(Array.from({ length: 10 }, () => 429));
  });

  it('T021 permits of a process that died are lost to the window: fewer requests, never more', async () => {
    const { id, key } = await limited(20);
    expect(passed(await inTurn([two], key, 2))).toBe(2);
    await one.sql('UPDATE auth_api_key SET window_count = window_count + 5, window_held = 5 WHERE id = $1', [id]);
    const statuses = await inTurn([one, two], key, 20);
    expect([passed(statuses), statuses.slice(0, 13)]).toEqual([13, Array.from({ length: 13 }, () => 200)]);
  });

  it('T021 a new window begins without what was held of the one before', async () => {
    const { id, key } = await one.issue({ owner: ada, rateLimitMax: 400, rateLimitTimeWindow: 4_000 });
    await useUntilHeld(one, { id, key }, 16);
    const [row] = await one.sql<{ left: number }>(
      `SELECT extract(epoch FROM window_started_at + interval '4 s' - now())::float8 AS left FROM auth_api_key WHERE id = $1`,
      [id],
    );
    await new Promise((resolve) => setTimeout(resolve, row!.left * 1_000 + 5));
    expect((await two.use(key)).status).toBe(200);
    expect(await windowOf(one, id)).toEqual({ counted: 1, held: 0 });
    // What the first process still has in memory is of no use now.
    expect(await statements(() => one.use(key))).toBe(1);
    expect(await windowOf(one, id)).toEqual({ counted: 2, held: 0 });
  });

  it('T021 a rotation doubles no permits: both keys spend one window, whoever holds what', async () => {
    const { id, key } = await limited(200);
    const before = (await useUntilHeld(one, { id, key }, 4)) + (await useUntilHeld(two, { id, key }, 6));
    const next = await one.keys.rotate(id);
    const statuses = (
      await Promise.all([
        atOnce([one, two], key, { requests: 150, connections: 4 }),
        atOnce([two, one], next.key, { requests: 150, connections: 4 }),
      ])
    ).flat();
    expect(passed(statuses)).toBe(200 - before);
    expect(await windowOf(one, next.id)).toEqual({ counted: 200, held: 0 });
  });

  it('T021 a key with a quota takes no blocks: what is shown as remaining is what is left', async () => {
    const { id, key } = await one.issue({
      owner: ada,
      remaining: 500,
      rateLimitMax: 10_000,
      rateLimitTimeWindow: HOUR,
    });
    await one.use(key);
    expect(await statements(() => inTurn([one], key, 20))).toBe(20);
    expect((await one.keys.get(id)).remaining).toBe(479);
    expect(await windowOf(one, id)).toEqual({ counted: 21, held: 0 });
  });

  it('T027 requests that are spent from memory are counted as all others', async () => {
    const { id, key } = await limited(10_000);
    await inTurn([one], key, 50);
    expect(await one.keys.get(id)).toMatchObject({ requestCount: 50, lastRequest: expect.any(Date) });
    expect(await one.keys.verify({ key })).toMatchObject({ valid: true, key: { remaining: null, requestCount: 51 } });
  });
});
