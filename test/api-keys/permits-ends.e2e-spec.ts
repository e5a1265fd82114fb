import { setTimeout as sleep } from 'node:timers/promises';
import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { startDeafProxy, type DeafProxy } from '../support/deaf-proxy.js';
import { atOnce, inTurn, passed, useUntilHeld, windowOf } from '../support/permits.js';
import { until } from '../support/until.js';
import { signUp, type SignedInUser } from '../support/users.js';

const HOUR = 3_600_000;

/** What ends permits that are in memory: a change of the key, a notice, the life of the block, the end of the process. */
describe('permits in memory end', () => {
  let one: KeyApp;
  let two: KeyApp;
  let ada: SignedInUser;
  const auth = { cacheTtl: '60s' } as const;
  const start = (databaseUrl?: string, own: object = auth) =>
    createKeyApp({}, { auth: own, ...(databaseUrl !== undefined && { databaseUrl }) });
  beforeAll(async () => {
    one = await start();
    two = await start(one.databaseUrl);
    ada = await signUp(one.url);
  });
  afterAll(async () => {
    await two.close();
    await one.close();
  });

  const limited = (rateLimitMax = 1_000) => one.issue({ owner: ada, rateLimitMax, rateLimitTimeWindow: HOUR });
  const within = async (host: KeyApp, work: (host: KeyApp) => Promise<void>) => work(host).finally(() => host.close());

  it.each([
    ['revoked', (id: string) => one.call(ada, 'revoke', { keyId: id })],
    ['deleted', (id: string) => one.call(ada, 'delete', { keyId: id })],
    ['disabled', (id: string) => one.call(ada, 'update', { keyId: id, enabled: false })],
    ['rotated without overlap', (id: string) => one.call(ada, 'rotate', { keyId: id, overlap: 0 })],
  ])(
    'T025 a key that is %s: 401 at once on the process that ended it, on the other at the next notice',
    async (_, end) => {
      const made = await limited();
      await useUntilHeld(one, made, 4);
      await useUntilHeld(two, made, 8);
      expect((await end(made.id)).status).toBe(200);
      expect((await one.use(made.key)).status).toBe(401);
      await until('the other process refuses it', async () => (await two.use(made.key)).status === 401);
    },
  );

  it('T025 a key that expires while permits are held is refused', async () => {
    const made = await one.issue({ owner: ada, expiresIn: 2, rateLimitMax: 1_000, rateLimitTimeWindow: HOUR });
    await useUntilHeld(one, made, 1);
    await until('it expires', async () => {
      const [row] = await one.sql<{ over: boolean }>(
        'SELECT expires_at <= now() AS over FROM auth_api_key WHERE id = $1',
        [made.id],
      );
      return row!.over;
    });
    expect((await one.use(made.key)).status).toBe(401);
  });

  it('T025 requests in flight when a key is revoked: after the answer none passes', async () => {
    const made = await limited();
    await useUntilHeld(one, made, 4);
    const before = atOnce([one], made.key, { requests: 60, connections: 8 });
    await one.keys.revoke(made.id);
    const after = await atOnce([one], made.key, { requests: 30, connections: 8 });
    expect(passed(after)).toBe(0);
    await before;
  });

  it('T021 a changed limit takes effect at once where it was changed, and on the other process at the next notice', async () => {
    const made = await limited();
    await useUntilHeld(one, made, 4);
    await useUntilHeld(two, made, 8);
    await one.keys.update(made.id, { rateLimitMax: 3 });
    expect(await inTurn([one], made.key, 5)).toEqual([200, 200, 200, 429, 429]);
    await until('the other process refuses it', async () => (await two.use(made.key)).status === 429);
    expect(await windowOf(one, made.id)).toEqual({ counted: 3, held: 0 });
  });

  it('T021 a change that leaves the limit as it is loses no permits', async () => {
    const made = await limited(100);
    const used = await useUntilHeld(one, made, 4);
    await one.keys.update(made.id, { name: 'another' });
    await until('they are given back', async () => (await windowOf(one, made.id)).held === 0);
    expect((await windowOf(one, made.id)).counted).toBe(used);
    expect(passed(await inTurn([two, one], made.key, 110 - used))).toBe(100 - used);
  });

  it('T021 a process that shuts down gives back what it holds', async () => {
    const made = await limited(100);
    const third = await start(one.databaseUrl);
    const used = await useUntilHeld(third, made, 4);
    await third.close();
    expect(await windowOf(one, made.id)).toEqual({ counted: used, held: 0 });
  });

  it('T021 a block whose life is over gives back what is left, without being asked', async () =>
    within(await start(one.databaseUrl, { cacheTtl: 1 }), async (third) => {
      const made = await limited(100);
      const used = await useUntilHeld(third, made, 2);
      await until('it is given back', async () => (await windowOf(one, made.id)).held === 0);
      expect((await windowOf(one, made.id)).counted).toBe(used);
    }));

  describe('on a process that hears no notices', () => {
    let proxy: DeafProxy;
    beforeAll(async () => {
      proxy = await startDeafProxy(one.databaseUrl);
    });
    afterAll(() => proxy.close());

    it.each([
      ['T025 F15 a revoked key is refused', 401, (id: string) => one.keys.revoke(id)],
      ['T021 F15 a smaller limit is kept', 429, (id: string) => one.keys.update(id, { rateLimitMax: 1 })],
    ])('%s within cacheTtl, however many permits are held', async (_what, status, change) =>
      within(await start(proxy.url, { cacheTtl: 2 }), async (deaf) => {
        const made = await limited(10_000);
        await useUntilHeld(deaf, made, 32);
        await change(made.id);
        expect((await one.use(made.key)).status).toBe(status === 429 ? 200 : 401);
        const changedAt = performance.now();
        let lastPassedAt = changedAt;
        // Slowly enough that the block is not used up meanwhile.
        await until('it is refused', async () => {
          await sleep(100);
          const sentAt = performance.now();
          const answer = await deaf.use(made.key);
          if (answer.status === status) return true;
          lastPassedAt = sentAt;
          return false;
        });
        expect(lastPassedAt - changedAt).toBeLessThan(2_000);
      }),
    );

    it('T021 F15 its permits are spent once: never more than the limit, and all of it once its block is over', async () =>
      within(await start(proxy.url, { cacheTtl: 2 }), async (deaf) => {
        const made = await limited(100);
        const used = await useUntilHeld(deaf, made, 4);
        const first = passed(await inTurn([one], made.key, 110 - used));
        expect(first).toBeLessThanOrEqual(100 - used);
        await until('its block is over', async () => (await windowOf(one, made.id)).held === 0);
        expect(passed(await inTurn([one, deaf], made.key, 20))).toBe(100 - used - first);
      }));
  });
});
