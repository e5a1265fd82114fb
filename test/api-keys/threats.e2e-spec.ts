import { Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AuthEvents, UsersService } from '../../src/index.js';
import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** T021 is in test/api-keys/races, T022 to T024 in test/api-keys/limits, T027 in test/api-keys/statements. */
describe.each(['express', 'fastify'] as const)('threats to API keys on %s', (adapter) => {
  let host: KeyApp;
  let ada: SignedInUser;
  let eve: SignedInUser;
  const heard: unknown[] = [];
  beforeAll(async () => {
    host = await createKeyApp(
      {
        configurations: [
          { configId: 'narrow', prefix: 'narrow_', maxPermissions: { reports: ['read'] }, maxScopes: ['reports:read'] },
        ],
      },
      { adapter },
    );
    host.app.get(AuthEvents).onAny((event) => void heard.push(event));
    [ada, eve] = [await signUp(host.url), await signUp(host.url)];
  });
  afterAll(() => host.close());

  const rows = async () => (await host.sql<{ n: number }>('SELECT count(*)::int AS n FROM auth_api_key'))[0]!.n;
  const code = (answer: { status: number; body: any }) => [answer.status, answer.body?.code];
  const raw = (path: string, body: string, headers: Record<string, string> = {}) =>
    send(`${host.url}/api/auth/api-key/${path}`, {
      body,
      bearer: ada.token,
      headers: { 'content-type': 'application/json', ...headers },
    });

  it('T016 401 without a session whatever the body says; with one, userId is refused; no row', async () => {
    const before = await rows();
    for (const route of ['create', 'update', 'delete', 'revoke', 'rotate']) {
      const answer = await send(`${host.url}/api/auth/api-key/${route}`, {
        body: { userId: ada.id, keyId: randomUUID() },
      });
      expect(answer.status).toBe(401);
      expect(code(await host.call(eve, route, { userId: ada.id, keyId: randomUUID() }))).toEqual([
        400,
        'SERVER_ONLY_PROPERTY',
      ]);
    }
    expect(await rows()).toBe(before);
  });

  it('T017 with a ceiling users may narrow, never widen', async () => {
    const create = (body: object) => host.call(ada, 'create', { configId: 'narrow', ...body });
    const made = await create({ permissions: { reports: ['read'] }, scopes: ['reports:read'] });
    expect(made.body).toMatchObject({ permissions: { reports: ['read'] }, scopes: ['reports:read'] });
    for (const wide of [
      { permissions: { reports: ['read', 'write'] } },
      { permissions: { users: ['read'] } },
      { scopes: ['admin'] },
    ]) {
      expect(code(await create(wide))).toEqual([403, 'INSUFFICIENT_API_KEY_PERMISSIONS']);
      expect((await host.call(ada, 'update', { keyId: made.body.id, ...wide })).status).toBe(403);
    }
    expect((await host.call(ada, 'update', { keyId: made.body.id, permissions: {} })).body.permissions).toEqual({});
    expect((await host.use(made.body.key, 'reports')).status).toBe(403);
  });

  it('T018 404 for a foreign id, with the same body as for an unknown one', async () => {
    const { id } = await host.issue({ owner: ada });
    const foreign = await host.call(eve, 'update', { keyId: id, name: 'x' });
    const unknown = await host.call(eve, 'update', { keyId: randomUUID(), name: 'x' });
    expect([foreign.status, foreign.text]).toEqual([404, unknown.text]);
    expect(Object.keys(Object.fromEntries(foreign.headers)).toSorted()).toEqual(
      Object.keys(Object.fromEntries(unknown.headers)).toSorted(),
    );
  });

  it.each(['sha256', 'sha512', 'hmac'] as const)(
    'T019 a dump holds no key, only a %s digest and a short start',
    async (hashAlgorithm) => {
      const other = await createKeyApp({ hashAlgorithm }, { databaseUrl: host.databaseUrl });
      try {
        const { id, key, start } = await other.issue({ owner: ada });
        const [row] = await host.sql<{ dump: string; bytes: number }>(
          `SELECT k::text || encode(hash, 'base64') || encode(hash, 'escape') AS dump, length(hash) AS bytes FROM auth_api_key k WHERE id = $1`,
          [id],
        );
        expect(row!.dump).not.toContain(key.slice(start.length, start.length + 12));
        expect(row!.bytes).toBe(hashAlgorithm === 'sha512' ? 64 : 32);
        expect((await other.use(key)).status).toBe(200);
        // Made under another algorithm than this instance's, and still good.
        expect((await host.use(key)).status).toBe(200);
      } finally {
        await other.close();
      }
    },
  );

  it('T020 a key is prefix, 256 random bits in base62 and the CRC32 of what stands before', async () => {
    const { key } = await host.issue({ owner: ada });
    const [, body, checksum] = /^sk_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/.exec(key)!;
    let value = crc32(`sk_${body}`);
    let expected = '';
    for (; expected.length < 6; value = Math.floor(value / 62)) expected = BASE62[value % 62] + expected;
    expect(checksum).toBe(expected);
  });

  it('T025 401 at once for a key that expired, was disabled or revoked, or whose owner was banned or deleted', async () => {
    const ends: ((id: string, user: SignedInUser) => Promise<{ status: number }>)[] = [
      // A UUID is the same one in capitals, for the database and for what is remembered.
      (id) => host.call(ada, 'update', { keyId: id.toUpperCase(), enabled: false }),
      (id) => host.call(ada, 'revoke', { keyId: id.toUpperCase() }),
      (id) => host.call(ada, 'delete', { keyId: id.toUpperCase() }),
      (id) => host.call(ada, 'rotate', { keyId: id.toUpperCase(), overlap: 0 }),
      (id) => host.call(ada, 'update', { keyId: id, enabled: false }),
      (id) => host.call(ada, 'revoke', { keyId: id }),
      (id) => host.call(ada, 'delete', { keyId: id }),
    ];
    for (const end of ends) {
      const { id, key } = await host.issue({ owner: ada });
      expect((await host.use(key)).status).toBe(200);
      expect((await end(id, ada)).status).toBe(200);
      expect((await host.use(key)).status).toBe(401);
    }
    for (const end of ['disable', 'forget'] as const) {
      const user = await signUp(host.url);
      const { key } = await host.issue({ owner: user });
      expect((await host.use(key)).status).toBe(200);
      await host.app.get(UsersService)[end](user.id);
      expect((await host.use(key)).status).toBe(401);
    }
    // Its cached copy dies with it, though nobody says so.
    const { key } = await host.issue({ owner: ada, expiresIn: 1 });
    expect((await host.use(key)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    expect((await host.use(key)).status).toBe(401);
  });

  it('T026 only the exact resource and action open; empty, missing, wildcard and prototype names do not', async () => {
    const status = async (permissions: Record<string, string[]> | null, path = 'reports') =>
      (await host.use((await host.issue({ owner: ada, permissions })).key, path)).status;
    expect(await status({ reports: ['read'] })).toBe(200);
    expect(await status({ reports: ['write', 'read'], users: [] })).toBe(200);
    const lacking: (Record<string, string[]> | null)[] = [
      null,
      {},
      { reports: [] },
      { reports: ['write'] },
      { '*': ['*'] },
      { reports: ['*'] },
      { Reports: ['read'] },
    ];
    for (const permissions of lacking) expect(await status(permissions)).toBe(403);
    expect(await status({ reports: ['read'] }, 'nothing')).toBe(403);
    await expect(host.issue({ owner: ada, permissions: { constructor: ['read'] } as never })).rejects.toMatchObject({
      status: 400,
    });
  });

  it('T028 a key in the query, a cookie or the body is none, and no log line or event holds one', async () => {
    const lines: string[] = [];
    const keep = (...given: unknown[]) => void lines.push(given.map(String).join(' '));
    Logger.overrideLogger({ log: keep, error: keep, warn: keep, debug: keep, verbose: keep });
    const { id, key } = await host.issue({ owner: ada });
    for (const query of [`x-api-key=${key}`, `api_key=${key}`, `access_token=${key}`])
      expect((await send(`${host.url}/host/key?${query}`)).status).toBe(401);
    expect((await send(`${host.url}/host/key`, { headers: { cookie: `x-api-key=${key}` } })).status).toBe(401);
    await host.use(key);
    await host.keys.revoke(id);
    await host.use(key);
    await host.use(`${key}x`);
    Logger.overrideLogger(false);
    expect(lines.join('\n')).not.toContain(key);
    expect(JSON.stringify(heard)).not.toContain(key);
    expect(lines.join('\n')).toContain('revoked');
  });

  it('T028 two keys on one request are one too many; a key and a token too', async () => {
    const { key } = await host.issue({ owner: ada });
    for (const bearer of [key, ada.token]) {
      const answer = await send(`${host.url}/host/either`, { bearer, headers: { 'x-api-key': key } });
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
    }
    // A token of another kind in a key's header is no key, even when it is remembered as good.
    await send(`${host.url}/host/bearer`, { bearer: ada.accessToken });
    expect((await host.use(ada.accessToken)).status).toBe(401);
    expect((await send(`${host.url}/host/bearer`, { bearer: key })).status).toBe(401);
  });

  it('T029 a rotated key lives for its overlap, then not; both states are in the list', async () => {
    const { id, key } = await host.issue({ owner: ada, name: 'rolled' });
    const next = (await host.call(ada, 'rotate', { keyId: id, overlap: 600 })).body;
    expect([(await host.use(key)).status, (await host.use(next.key)).status]).toEqual([200, 200]);
    await host.sql(`UPDATE auth_api_key SET expires_at = now() WHERE id = $1`, [id]);
    await host.keys.update(id, { name: 'rolled' });
    expect([(await host.use(key)).status, (await host.use(next.key)).status]).toEqual([401, 200]);
    const listed = (await host.call(ada, 'list?search=rolled&sortDirection=asc')).body.apiKeys;
    expect(listed).toMatchObject([
      { id, rotatedTo: next.id },
      { id: next.id, rotatedFrom: id },
    ]);
  });

  it('T030 metadata is bounded in size and depth, and HTML in it is data', async () => {
    const nested = (levels: number): object => (levels === 1 ? {} : { a: nested(levels - 1) });
    expect(code(await host.call(ada, 'create', { metadata: { a: 'x'.repeat(4_100) } }))).toEqual([
      400,
      'METADATA_TOO_LARGE',
    ]);
    expect(code(await host.call(ada, 'create', { metadata: nested(6) }))).toEqual([400, 'INVALID_METADATA']);
    expect((await host.call(ada, 'create', { metadata: nested(5) })).status).toBe(200);
    expect((await raw('create', `{"metadata":${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}}`)).status).toBe(400);
    const html = '<script>alert(1)</script>';
    const made = await host.call(ada, 'create', { name: html, metadata: { html } });
    expect(made.headers.get('content-type')).toMatch(/^application\/json/);
    expect([made.body.name, made.body.metadata.html]).toEqual([html, html]);
  });
});
