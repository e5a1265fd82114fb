import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { delegate, keyAndDelegated, LESS, MAY } from '../support/delegated-keys.js';
import { watchPool } from '../support/pool.js';
import { signUp, type SignedInUser } from '../support/users.js';

/** Two application instances on one database. */
describe('delegated keys under parallel use', () => {
  let one: KeyApp;
  let two: KeyApp;
  let ada: SignedInUser;
  const OPTIONS = { delegation: { maxDepth: 2, maxPerKey: 5 } } as const;
  beforeAll(async () => {
    one = await createKeyApp(OPTIONS);
    two = await createKeyApp(OPTIONS, { databaseUrl: one.databaseUrl });
    ada = await signUp(one.url);
  });
  afterAll(async () => {
    await two.close();
    await one.close();
  });

  const onBoth = <T>(count: number, call: (host: KeyApp) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: count }, (_, index) => call(index % 2 === 0 ? one : two)));
  const tally = (values: readonly unknown[]) =>
    Object.fromEntries(
      [...new Set(values)].map((one) => [String(one), values.filter((other) => other === one).length]),
    );
  const alive = async (...ids: string[]) =>
    one.sql(
      `SELECT id FROM auth_api_key WHERE delegated_from = ANY($1) AND revoked_at IS NULL AND enabled AND expires_at > now()`,
      [ids],
    );

  it.each([
    ['deleted', (host: KeyApp, keyId: string) => host.call(ada, 'delete', { keyId })],
    ['revoked', (host: KeyApp, keyId: string) => host.call(ada, 'revoke', { keyId })],
    ['disabled', (host: KeyApp, keyId: string) => host.call(ada, 'update', { keyId, enabled: false })],
  ] as const)('T202 the key is %s while it delegates on two instances: nothing is left', async (_name, end) => {
    for (let round = 0; round < 8; round++) {
      const parent = await one.issue({ owner: ada, ...MAY });
      const delegating = onBoth(4, (host) => delegate(host, parent.key));
      const [answers] = await Promise.all([delegating, end(round % 2 === 0 ? one : two, parent.id)]);
      for (const { status } of answers) expect([200, 401]).toContain(status);
      expect(await alive(parent.id)).toEqual([]);
      for (const { status, body } of answers)
        if (status === 200) expect((await one.keys.verify({ key: body.key })).valid).toBe(false);
    }
  });

  it('T202 the first key ends while the second delegates: nothing is left', async () => {
    for (let round = 0; round < 8; round++) {
      const { parent, child } = await keyAndDelegated(one, ada);
      const delegating = onBoth(4, (host) => delegate(host, child.key));
      const [answers] = await Promise.all([delegating, two.call(ada, 'revoke', { keyId: parent.id })]);
      for (const { status } of answers) expect([200, 401]).toContain(status);
      expect(await alive(parent.id, child.id)).toEqual([]);
    }
  });

  it('T202 the owner ends while keys are delegated: nothing is left', async () => {
    const { UsersService } = await import('../../src/index.js');
    for (let round = 0; round < 4; round++) {
      const user = await signUp(one.url);
      const parent = await one.issue({ owner: user, ...MAY });
      const delegating = onBoth(4, (host) => delegate(host, parent.key));
      await Promise.all([delegating, two.app.get(UsersService).disable(user.id)]);
      expect(await alive(parent.id)).toEqual([]);
    }
  });

  it('T203 50 at once on two instances: as many keys as the option allows', async () => {
    const parent = await one.issue({ owner: ada, ...MAY });
    const answers = await onBoth(50, (host) => delegate(host, parent.key));
    expect(tally(answers.map(({ status, body }) => (status === 200 ? status : body.code)))).toEqual({
      200: 5,
      DELEGATION_LIMIT_REACHED: 45,
    });
    expect(await alive(parent.id)).toHaveLength(5);
    // One that has ended makes room for another.
    await one.call(ada, 'revoke', { keyId: answers.find(({ status }) => status === 200)!.body.id });
    expect((await delegate(two, parent.key)).status).toBe(200);
  });

  it('T203 and no more in a day than a hundred times as many', async () => {
    const { parent } = await keyAndDelegated(one, ada);
    await one.sql(
      `INSERT INTO auth_api_key (id, config_id, hash, start, owner_kind, owner_id, delegated_from, expires_at)
       SELECT gen_random_uuid(), 'default', sha256(gen_random_uuid()::text::bytea), 'x', 'user', $1, $2, now()
       FROM generate_series(2, 500)`,
      [ada.id, parent.id],
    );
    expect(await delegate(one, parent.key)).toMatchObject({ status: 403, body: { code: 'DELEGATION_LIMIT_REACHED' } });
    await one.sql(`UPDATE auth_api_key SET created_at = now() - interval '25 hours' WHERE delegated_from = $1`, [
      parent.id,
    ]);
    expect((await delegate(one, parent.key)).status).toBe(200);
  });

  it('T203 keys below share the quota of the first: 25 requests of 200 by all of them', async () => {
    const parent = await one.issue({ owner: ada, ...MAY, remaining: 25 + 3 });
    const keys = [parent.key];
    for (let made = 0; made < 2; made++) keys.push((await delegate(one, parent.key)).body.key);
    keys.push((await delegate(one, keys[1]!)).body.key);
    expect((await one.keys.get(parent.id)).remaining).toBe(25);
    let turn = 0;
    const verdicts = await onBoth(200, (host) => host.keys.verify({ key: keys[turn++ % keys.length]! }));
    expect(tally(verdicts.map(({ error }) => error?.code ?? 'valid'))).toEqual({ valid: 25, USAGE_EXCEEDED: 175 });
    expect((await one.keys.get(parent.id)).remaining).toBe(0);
  });

  it('T203 and its window: 10 requests of 120 by all of them', async () => {
    const parent = await one.issue({ owner: ada, ...MAY, rateLimitMax: 12, rateLimitTimeWindow: 3_600_000 });
    const keys = [parent.key];
    for (let made = 0; made < 2; made++) keys.push((await delegate(one, parent.key)).body.key);
    let turn = 0;
    const verdicts = await onBoth(120, (host) => host.keys.verify({ key: keys[turn++ % keys.length]! }));
    expect(tally(verdicts.map(({ error }) => error?.code ?? 'valid'))).toEqual({ valid: 10, RATE_LIMITED: 110 });
  });

  it('a delegated key costs what another does: 1 statement to learn of it, 1 where a limit is spent, else none', async () => {
    const host = await createKeyApp(OPTIONS, { auth: { cacheTtl: '60s' }, databaseUrl: one.databaseUrl });
    try {
      const { child } = await keyAndDelegated(host, ada);
      const limited = await host.issue({ owner: ada, ...MAY, remaining: 100 });
      const { body: below } = await delegate(host, limited.key, LESS);
      const seen: string[] = [];
      watchPool(host, (name) => seen.push(name));
      for (let request = 0; request < 3; request++) await host.use(child.key);
      expect(seen.splice(0)).toEqual(['auth_api_key_find_hash']);
      for (let request = 0; request < 3; request++) await host.use(below.key);
      expect(seen).toEqual([
        'auth_api_key_find_hash',
        'auth_api_key_spend',
        'auth_api_key_spend',
        'auth_api_key_spend',
      ]);
    } finally {
      await host.close();
    }
  });
});
