import { setTimeout as sleep } from 'node:timers/promises';
import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { signUp, type SignedInUser } from '../support/users.js';

/** Two application instances on one database. */
describe('API keys under parallel use', () => {
  let one: KeyApp;
  let two: KeyApp;
  let ada: SignedInUser;
  const CACHE_TTL_MILLISECONDS = 5_000;
  beforeAll(async () => {
    one = await createKeyApp({ rotationOverlap: '1h' });
    two = await createKeyApp({ rotationOverlap: '1h' }, { databaseUrl: one.databaseUrl });
    ada = await signUp(one.url);
  });
  afterAll(async () => {
    await two.close();
    await one.close();
  });

  /** Half of the calls on each instance, all at once. */
  const onBoth = <T>(count: number, call: (host: KeyApp) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: count }, (_, index) => call(index % 2 === 0 ? one : two)));
  const tally = (values: unknown[]) =>
    values.reduce<Record<string, number>>(
      (sum, value) => ({ ...sum, [String(value)]: (sum[String(value)] ?? 0) + 1 }),
      {},
    );

  it('T021 quota 25, 400 parallel verifies on two instances: 25 accepted, the row at 0', async () => {
    const { id, key } = await one.issue({ owner: ada, remaining: 25 });
    const verdicts = await onBoth(400, (host) => host.keys.verify({ key }));
    expect(tally(verdicts.map(({ error }) => error?.code ?? 'valid'))).toEqual({ valid: 25, USAGE_EXCEEDED: 375 });
    expect(await one.sql('SELECT remaining FROM auth_api_key WHERE id = $1', [id])).toEqual([{ remaining: 0 }]);
  });

  it('T021 quota 25 over HTTP: 25 pass the guard, the others get 429', async () => {
    const { id, key } = await one.issue({ owner: ada, remaining: 25 });
    const answers = await onBoth(80, (host) => host.use(key));
    expect(tally(answers.map(({ status }) => status))).toEqual({ 200: 25, 429: 55 });
    expect(await one.sql('SELECT remaining FROM auth_api_key WHERE id = $1', [id])).toEqual([{ remaining: 0 }]);
  });

  it('T021 a limit of 10 per window lets 10 of 200 parallel requests through, window after window', async () => {
    const { id, key } = await one.issue({ owner: ada, rateLimitMax: 10, rateLimitTimeWindow: 3_600_000 });
    for (let window = 1; window <= 3; window++) {
      const verdicts = await onBoth(200, (host) => host.keys.verify({ key }));
      expect(tally(verdicts.map(({ error }) => error?.code ?? 'valid'))).toEqual({ valid: 10, RATE_LIMITED: 190 });
      await one.sql(`UPDATE auth_api_key SET window_started_at = now() - interval '1 hour' WHERE id = $1`, [id]);
    }
  });

  it('T021 the limit is checked before the quota is spent: refused requests cost nothing', async () => {
    const { id, key } = await one.issue({
      owner: ada,
      remaining: 50,
      rateLimitMax: 10,
      rateLimitTimeWindow: 3_600_000,
    });
    const verdicts = await onBoth(120, (host) => host.keys.verify({ key }));
    expect(tally(verdicts.map(({ error }) => error?.code ?? 'valid'))).toEqual({ valid: 10, RATE_LIMITED: 110 });
    expect(await one.sql('SELECT remaining FROM auth_api_key WHERE id = $1', [id])).toEqual([{ remaining: 40 }]);
  });

  it('20 parallel rotations leave one successor', async () => {
    const { id, key } = await one.issue({ owner: ada, name: 'to be rotated' });
    const answers = await onBoth(20, (host) => host.call(ada, 'rotate', { keyId: id }));
    expect(tally(answers.map(({ status }) => status))).toEqual({ 200: 1, 409: 19 });
    const successors = await one.sql('SELECT id FROM auth_api_key WHERE rotated_from = $1', [id]);
    expect(successors).toHaveLength(1);
    const winner = answers.find(({ status }) => status === 200)!;
    expect((await two.use(winner.body.key)).status).toBe(200);
    expect((await two.use(key)).status).toBe(200);
  });

  it('T021 rotations in the middle double no quota: all keys of the line spend the same one', async () => {
    const { id, key } = await one.issue({ owner: ada, remaining: 30 });
    await onBoth(2, (host) => host.keys.verify({ key }));
    const before = onBoth(20, (host) => host.keys.verify({ key }));
    const next = await one.keys.rotate(id);
    const between = onBoth(10, (host) => host.keys.verify({ key: next.key }));
    const again = await two.keys.rotate(next.id);
    const keys = [key, next.key, again.key];
    const after = Promise.all(
      Array.from({ length: 90 }, (_, index) => (index % 2 === 0 ? one : two).keys.verify({ key: keys[index % 3]! })),
    );
    const verdicts = [...(await before), ...(await between), ...(await after)];
    expect(tally(verdicts.map(({ error }) => error?.code ?? 'valid'))).toEqual({ valid: 28, USAGE_EXCEEDED: 92 });
    expect(await one.sql('SELECT remaining FROM auth_api_key WHERE id = $1', [again.id])).toEqual([{ remaining: 0 }]);
  });

  it.each([
    ['revoke', (id: string) => one.call(ada, 'revoke', { keyId: id })],
    ['delete', (id: string) => one.call(ada, 'delete', { keyId: id })],
    ['disable', (id: string) => one.call(ada, 'update', { keyId: id, enabled: false })],
  ])('T025 %s on one instance is seen by the other at once, at the latest after cacheTtl', async (_what, end) => {
    const { id, key } = await one.issue({ owner: ada });
    expect((await two.use(key)).status).toBe(200);
    expect((await two.use(key)).status).toBe(200);
    await end(id);
    expect((await one.use(key)).status).toBe(401);
    let status = 200;
    const deadline = Date.now() + CACHE_TTL_MILLISECONDS;
    while (status === 200 && Date.now() < deadline) {
      ({ status } = await two.use(key));
      if (status === 200) await sleep(5);
    }
    expect(status).toBe(401);
  });

  it('T021 a key that is revoked in the middle spends nothing more', async () => {
    const { id, key } = await one.issue({ owner: ada, remaining: 1_000 });
    const requests = onBoth(100, (host) => host.keys.verify({ key }));
    await one.keys.revoke(id);
    const [after] = await one.sql<{ remaining: number }>('SELECT remaining FROM auth_api_key WHERE id = $1', [id]);
    const accepted = (await requests).filter(({ valid }) => valid).length;
    const [end] = await one.sql<{ remaining: number }>('SELECT remaining FROM auth_api_key WHERE id = $1', [id]);
    expect(end!.remaining).toBe(1_000 - accepted);
    expect(end!.remaining).toBe(after!.remaining);
  });

  it('T036 a key made while its owner is being disabled is dead', async () => {
    const eve = await signUp(one.url);
    const { UsersService } = await import('../../src/index.js');
    const creations = onBoth(20, (host) => host.call(eve, 'create', {}));
    await two.app.get(UsersService).disable(eve.id);
    const made = (await creations).filter(({ status }) => status === 200);
    const alive = await one.sql('SELECT id FROM auth_api_key WHERE owner_id = $1 AND revoked_at IS NULL', [eve.id]);
    expect(alive).toEqual([]);
    for (const { body } of made) expect((await one.keys.verify({ key: body.key })).valid).toBe(false);
  });
});
