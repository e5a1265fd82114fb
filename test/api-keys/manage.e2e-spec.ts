import { randomUUID } from 'node:crypto';
import { AuthEvents } from '../../src/index.js';
import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { signUp, type SignedInUser } from '../support/users.js';

describe('managing keys', () => {
  let host: KeyApp;
  let ada: SignedInUser;
  let eve: SignedInUser;
  const events: { name: string; event: any }[] = [];
  beforeAll(async () => {
    host = await createKeyApp({
      configurations: [
        { configId: 'test', prefix: 'sk_test_' },
        { configId: 'bounded', prefix: 'sk_bounded_', maxExpiresIn: '1d' },
      ],
      rotationOverlap: '1h',
    });
    host.app.get(AuthEvents).onAny(({ name, event }) => void events.push({ name, event }));
    [ada, eve] = [await signUp(host.url), await signUp(host.url)];
  });
  afterAll(() => host.close());

  const code = (answer: { status: number; body: any }) => [answer.status, answer.body.code];
  const lastEvent = (name: string) => events.findLast((one) => one.name === name)?.event;

  describe('GET /api-key/get', () => {
    it('200 shows the row without the key', async () => {
      const made = await host.issue({ owner: ada, name: 'one', scopes: ['a'], permissions: { reports: ['read'] } });
      const answer = await host.call(ada, `get?id=${made.id}`);
      const { key, ...row } = JSON.parse(JSON.stringify(made));
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual(row);
      expect(answer.text).not.toContain(key);
    });

    it('404 for the wrong configuration, 400 without an id', async () => {
      const { id } = await host.issue({ owner: ada });
      expect(code(await host.call(ada, `get?id=${id}&configId=test`))).toEqual([404, 'KEY_NOT_FOUND']);
      expect(code(await host.call(ada, 'get'))).toEqual([400, 'VALIDATION_ERROR']);
    });
  });

  describe('POST /api-key/update', () => {
    it('200 changes what is named, keeps the rest, and the guard sees it at once', async () => {
      const { id, key } = await host.issue({ owner: ada, name: 'before', metadata: { a: 1 }, expiresIn: 3_600 });
      await host.use(key);
      const answer = await host.call(ada, 'update', { keyId: id, name: 'after' });
      expect(answer.body).toMatchObject({ name: 'after', metadata: { a: 1 }, enabled: true });
      expect(answer.body.expiresAt).not.toBeNull();
      expect((await host.use(key)).body.key.name).toBe('after');
      expect(lastEvent('api-key.updated')).toMatchObject({ keyId: id, changed: ['name'] });
    });

    it('200 enabled: false stops the key, true starts it again', async () => {
      const { id, key } = await host.issue({ owner: ada });
      await host.call(ada, 'update', { keyId: id, enabled: false });
      expect((await host.use(key)).status).toBe(401);
      await host.call(ada, 'update', { keyId: id, enabled: true });
      expect((await host.use(key)).status).toBe(200);
    });

    it('200 expiresIn: null takes the expiry away, metadata: null the metadata', async () => {
      const { id } = await host.issue({ owner: ada, expiresIn: 60, metadata: { a: 1 } });
      const answer = await host.call(ada, 'update', { keyId: id, expiresIn: null, metadata: null });
      expect(answer.body).toMatchObject({ expiresAt: null, metadata: null });
    });

    it('400 with nothing to change, and for a revoked key, which stays dead', async () => {
      const { id, key } = await host.issue({ owner: ada });
      expect(code(await host.call(ada, 'update', { keyId: id }))).toEqual([400, 'NO_VALUES_TO_UPDATE']);
      await host.call(ada, 'revoke', { keyId: id });
      expect(code(await host.call(ada, 'update', { keyId: id, enabled: true }))).toEqual([400, 'KEY_REVOKED']);
      expect((await host.use(key)).status).toBe(401);
    });
  });

  describe('POST /api-key/revoke and /api-key/delete', () => {
    it('200 a revoked key is dead and stays in the list with its reason; again is no error', async () => {
      const { id, key } = await host.issue({ owner: ada });
      await host.use(key);
      expect((await host.call(ada, 'revoke', { keyId: id, reason: 'leaked' })).body).toEqual({ success: true });
      expect((await host.use(key)).status).toBe(401);
      expect((await host.call(ada, `get?id=${id}`)).body).toMatchObject({ revokedReason: 'leaked' });
      expect(lastEvent('api-key.revoked')).toMatchObject({ keyId: id, reason: 'leaked' });
      expect((await host.call(ada, 'revoke', { keyId: id, reason: 'again' })).status).toBe(200);
      expect((await host.call(ada, `get?id=${id}`)).body.revokedReason).toBe('leaked');
    });

    it('200 a deleted key is dead and hidden', async () => {
      const { id, key } = await host.issue({ owner: ada });
      await host.use(key);
      expect((await host.call(ada, 'delete', { keyId: id })).body).toEqual({ success: true });
      expect((await host.use(key)).status).toBe(401);
      expect(code(await host.call(ada, `get?id=${id}`))).toEqual([404, 'KEY_NOT_FOUND']);
      expect(code(await host.call(ada, 'delete', { keyId: id }))).toEqual([404, 'KEY_NOT_FOUND']);
      expect(lastEvent('api-key.deleted')).toMatchObject({ keyId: id });
    });
  });

  describe('GET /api-key/list', () => {
    let owner: SignedInUser;
    beforeAll(async () => {
      owner = await signUp(host.url);
      for (const name of ['alpha', 'beta', 'gamma', 'delta']) await host.issue({ owner, name, expiresIn: 7_200 });
      await host.issue({ owner, name: 'other', configId: 'test' });
      await host.issue({ owner, name: 'soon', expiresIn: 600 });
      await host.keys.revoke((await host.issue({ owner, name: 'dead' })).id);
    });
    const names = async (query: string) =>
      (await host.call(owner, `list?${query}`)).body.apiKeys.map(({ name }: { name: string }) => name);

    it('200 pages, with the total before paging', async () => {
      const first = await host.call(owner, 'list?limit=2&sortBy=name&sortDirection=asc');
      expect(first.body).toMatchObject({ total: 7, limit: 2 });
      expect(first.body).not.toHaveProperty('offset');
      const seen: string[] = [];
      for (let offset = 0; offset < 8; offset += 2)
        seen.push(...(await names(`limit=2&offset=${offset}&sortBy=name&sortDirection=asc`)));
      expect(seen).toEqual(['alpha', 'beta', 'dead', 'delta', 'gamma', 'other', 'soon']);
    });

    it('200 sorts and filters', async () => {
      expect(await names('')).toEqual(['dead', 'soon', 'other', 'delta', 'gamma', 'beta', 'alpha']);
      expect(await names('sortBy=expiresAt&sortDirection=asc&limit=1')).toEqual(['soon']);
      expect(await names('configId=test')).toEqual(['other']);
      expect(await names('status=revoked')).toEqual(['dead']);
      expect(await names('search=ELT')).toEqual(['delta']);
      expect(await names('enabled=false')).toEqual([]);
      expect(await names('limit=undefined&search=lph')).toEqual(['alpha']);
    });

    it('200 keys that expire soon can be listed, by their owner and by host code', async () => {
      expect(await names('expiringWithin=3600')).toEqual(['soon']);
      const soon = await host.keys.list({ expiringWithinSeconds: 3_600, configId: 'default' });
      expect(soon.apiKeys.map(({ name }) => name)).toContain('soon');
    });

    it.each([
      'limit=501',
      'limit=-1',
      'limit=1.5',
      'limit=x',
      'offset=9e15',
      'sortBy=hash',
      'sortDirection=up',
      'status=x',
      'limit=1&limit=2',
    ])('400 for %s', async (query) => {
      expect(code(await host.call(owner, `list?${query}`))).toEqual([400, 'VALIDATION_ERROR']);
    });
  });

  describe('POST /api-key/rotate', () => {
    it('200 gives a successor with the same settings; the old key lives for the overlap (T029)', async () => {
      const made = await host.issue({
        owner: ada,
        name: 'rolling',
        metadata: { a: 1 },
        permissions: { reports: ['read'] },
        expiresIn: 86_400,
      });
      const answer = await host.call(ada, 'rotate', { keyId: made.id, overlap: 600 });
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({
        name: 'rolling',
        metadata: { a: 1 },
        permissions: { reports: ['read'] },
        rotatedFrom: made.id,
      });
      expect(answer.body.key).not.toBe(made.key);
      expect([(await host.use(made.key)).status, (await host.use(answer.body.key)).status]).toEqual([200, 200]);
      const old = (await host.call(ada, `get?id=${made.id}`)).body;
      expect(old.rotatedTo).toBe(answer.body.id);
      const [life] = await host.sql<{ old: number; next: number }>(
        `SELECT (SELECT extract(epoch FROM expires_at - now())::float8 FROM auth_api_key WHERE id = $1) AS old,
                (SELECT extract(epoch FROM expires_at - created_at)::float8 FROM auth_api_key WHERE id = $2) AS next`,
        [made.id, answer.body.id],
      );
      expect(life!.old).toBeGreaterThan(590);
      expect(life!.old).toBeLessThanOrEqual(600);
      expect(life!.next).toBe(86_400);
      expect(lastEvent('api-key.rotated')).toMatchObject({
        keyId: made.id,
        successorId: answer.body.id,
        overlapSeconds: 600,
      });
    });

    it('200 the successor of a key without an end has none, but where the configuration bounds lifetimes', async () => {
      const { id } = await host.issue({ owner: ada });
      expect((await host.call(ada, 'rotate', { keyId: id })).body.expiresAt).toBeNull();
      const bounded = await host.issue({ owner: ada, configId: 'bounded' });
      // Made before there was a bound.
      await host.sql('UPDATE auth_api_key SET expires_at = NULL WHERE id = $1', [bounded.id]);
      const { body } = await host.call(ada, 'rotate', { keyId: bounded.id });
      expect(Date.parse(body.expiresAt) - Date.parse(body.createdAt)).toBe(86_400_000);
    });

    it('200 overlap 0 ends the old key at once', async () => {
      const { id, key } = await host.issue({ owner: ada });
      await host.use(key);
      const answer = await host.call(ada, 'rotate', { keyId: id, overlap: 0 });
      expect([(await host.use(key)).status, (await host.use(answer.body.key)).status]).toEqual([401, 200]);
    });

    it('409 a second time, 400 for a dead key or too long an overlap', async () => {
      const { id } = await host.issue({ owner: ada });
      await host.call(ada, 'rotate', { keyId: id });
      expect(code(await host.call(ada, 'rotate', { keyId: id }))).toEqual([409, 'KEY_ALREADY_ROTATED']);
      const other = await host.issue({ owner: ada });
      expect(code(await host.call(ada, 'rotate', { keyId: other.id, overlap: 31 * 86_400 }))).toEqual([
        400,
        'OVERLAP_TOO_LONG',
      ]);
      await host.call(ada, 'revoke', { keyId: other.id });
      expect(code(await host.call(ada, 'rotate', { keyId: other.id }))).toEqual([400, 'KEY_REVOKED']);
      const expired = await host.issue({ owner: ada });
      await host.sql(`UPDATE auth_api_key SET expires_at = now() - interval '1 second' WHERE id = $1`, [expired.id]);
      expect(code(await host.call(ada, 'rotate', { keyId: expired.id }))).toEqual([400, 'KEY_EXPIRED']);
    });
  });

  it('T018 404 for a foreign key on every route, as for an unknown one, and nothing changes', async () => {
    const { id, key } = await host.issue({ owner: ada, name: 'mine' });
    const calls: [string, (keyId: string) => unknown][] = [
      ['update', (keyId) => ({ keyId, name: 'stolen' })],
      ['delete', (keyId) => ({ keyId })],
      ['revoke', (keyId) => ({ keyId })],
      ['rotate', (keyId) => ({ keyId })],
    ];
    for (const unknown of [id, randomUUID(), 'no-uuid']) {
      expect(code(await host.call(eve, `get?id=${unknown}`))).toEqual([404, 'KEY_NOT_FOUND']);
      for (const [route, body] of calls) {
        const answer = await host.call(eve, route, body(unknown));
        expect(code(answer)).toEqual([404, 'KEY_NOT_FOUND']);
        expect(answer.headers.get('www-authenticate')).toBeNull();
      }
    }
    expect((await host.call(eve, 'list')).body.total).toBe(0);
    expect((await host.use(key)).body.key.name).toBe('mine');
  });
});
