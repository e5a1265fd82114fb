import { AuthEvents, UsersService } from '../../src/index.js';
import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { delegate, keyAndDelegated, LESS, MAY } from '../support/delegated-keys.js';
import { signUp, type SignedInUser } from '../support/users.js';
import { until } from '../support/until.js';

/** Two application instances on one database, which remember keys for a minute. */
describe('T202 delegated keys end with the key that they were delegated from', () => {
  let one: KeyApp;
  let two: KeyApp;
  let ada: SignedInUser;
  const OPTIONS = { delegation: { maxDepth: 2 }, rotationOverlap: '1h' } as const;
  beforeAll(async () => {
    one = await createKeyApp(OPTIONS, { auth: { cacheTtl: '60s' } });
    two = await createKeyApp(OPTIONS, { auth: { cacheTtl: '60s' }, databaseUrl: one.databaseUrl });
    ada = await signUp(one.url);
  });
  afterAll(async () => {
    await two.close();
    await one.close();
  });

  /** A key, the key of an agent, and that of the agent's agent; all in the memory of both instances. */
  const line = async (owner = ada) => {
    const { parent, child } = await keyAndDelegated(one, owner);
    const { body: below } = await delegate(one, child.key);
    for (const host of [one, two])
      for (const { key } of [parent, child, below]) expect((await host.use(key)).status).toBe(200);
    return { parent, child, below };
  };
  const isRefused = (key: string) =>
    until(
      'refused on both instances',
      async () => (await one.use(key)).status === 401 && (await two.use(key)).status === 401,
    );

  type End = (parentId: string) => Promise<unknown>;
  const call =
    (route: string, body: object = {}): End =>
    (keyId) =>
      one.call(ada, route, { keyId, ...body });
  const ENDS: readonly (readonly [string, End])[] = [
    ['deleted', call('delete')],
    ['revoked', call('revoke')],
    ['disabled', call('update', { enabled: false })],
    ['rotated, although the old key lives on', call('rotate', { overlap: 3_600 })],
    ['narrowed', (id) => one.keys.update(id, { permissions: { reports: ['read'] }, scopes: [] })],
    ['bound to addresses', call('update', { allowedIps: ['127.0.0.1', '::1'] })],
    ['given a shorter life', call('update', { expiresIn: 60 })],
    ['given a limit', (id) => one.keys.update(id, { rateLimitMax: 5, rateLimitTimeWindow: 60_000 })],
    ['given a quota', (id) => one.keys.update(id, { remaining: 5 })],
  ];
  it.each(ENDS)('the key is %s: those below end on both instances, and say why', async (_name, end) => {
    const { parent, child, below } = await line();
    const told: string[] = [];
    const stop = one.app.get(AuthEvents).on('api-key.revoked', ({ keyId }) => void told.push(keyId));
    await end(parent.id);
    stop();
    for (const { key } of [child, below]) await isRefused(key);
    for (const { id } of [child, below]) {
      const { revokedAt, revokedReason } = await one.keys.get(id);
      expect(revokedAt).not.toBeNull();
      expect(revokedReason).toMatch(/^the key that it was delegated from was (changed|deleted|revoked|rotated)$/);
    }
    expect(told).toEqual(expect.arrayContaining([child.id, below.id]));
  });

  it('a key that is enabled again does not bring them back', async () => {
    const { parent, child } = await line();
    await one.call(ada, 'update', { keyId: parent.id, enabled: false });
    await one.call(ada, 'update', { keyId: parent.id, enabled: true });
    expect((await one.use(parent.key)).status).toBe(200);
    await isRefused(child.key);
  });

  it('the key in the middle ends: what is below ends, what is above and beside lives on', async () => {
    const { parent, child, below } = await line();
    const { body: beside } = await delegate(one, parent.key);
    await one.call(ada, 'revoke', { keyId: child.id });
    for (const { key } of [child, below]) await isRefused(key);
    for (const { key } of [parent, beside]) expect((await two.use(key)).status).toBe(200);
  });

  it('a new name and a quota that is topped up end nothing', async () => {
    const parent = await one.issue({ owner: ada, ...MAY, remaining: 50 });
    const { body: child } = await delegate(one, parent.key);
    await one.call(ada, 'update', { keyId: parent.id, name: 'renamed' });
    await one.keys.update(parent.id, { remaining: 500 });
    expect((await one.use(child.key)).status).toBe(200);
    expect((await one.keys.get(parent.id)).remaining).toBe(499);
  });

  it('the key expires: they expire with it, however long they asked for', async () => {
    const parent = await one.issue({ owner: ada, ...MAY, expiresIn: 2 });
    const { status, body: child } = await delegate(one, parent.key, { ...LESS, expiresIn: 600 });
    expect(status).toBe(200);
    expect((await two.use(child.key)).status).toBe(200);
    await isRefused(child.key);
  });

  it('the owner is disabled, and forgotten', async () => {
    for (const end of ['disable', 'forget'] as const) {
      const user = await signUp(one.url);
      const { child, below } = await line(user);
      await one.app.get(UsersService)[end](user.id);
      for (const { key } of [child, below]) await isRefused(key);
    }
  });

  it('a key that has ended delegates nothing, in whichever way it ended', async () => {
    for (const [name, end] of ENDS.slice(0, 3)) {
      const parent = await one.issue({ owner: ada, ...MAY });
      await end(parent.id);
      expect([name, (await delegate(one, parent.key)).status]).toEqual([name, 401]);
      const byHost = one.keys.delegate(parent.id, LESS);
      await expect(byHost).rejects.toMatchObject({ status: name === 'deleted' ? 404 : 401 });
    }
  });

  it('rows of ended ones are swept a day after they have expired, those of other keys are kept', async () => {
    const { parent, child } = await keyAndDelegated(one, ada);
    const old = await one.issue({ owner: ada });
    await one.sql(`UPDATE auth_api_key SET expires_at = now() - interval '25 hours' WHERE id = ANY($1)`, [
      [child.id, old.id],
    ]);
    const { Sweeper } = await import('../../src/common/sweeper/sweeper.js');
    await one.app.get(Sweeper).sweep();
    const left = await one.sql<{ id: string }>('SELECT id FROM auth_api_key WHERE id = ANY($1)', [
      [parent.id, child.id, old.id],
    ]);
    expect(left.map(({ id }) => id).sort()).toEqual([parent.id, old.id].sort());
  });
});
