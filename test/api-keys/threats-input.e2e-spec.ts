import { randomUUID } from 'node:crypto';
import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { TEST_ISSUER } from '../support/app.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

describe.each(['express', 'fastify'] as const)('input to the API key routes on %s', (adapter) => {
  let host: KeyApp;
  let ada: SignedInUser;
  beforeAll(async () => {
    host = await createKeyApp({}, { adapter });
    ada = await signUp(host.url);
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

  it('T001 a parameter sent twice is no list', async () => {
    const { id } = await host.issue({ owner: ada });
    expect((await host.call(ada, `get?id=${id}&id=${id}`)).status).toBe(400);
    expect((await host.call(ada, 'list?search=a&search=b')).status).toBe(400);
  });

  it('T002 an unknown key is stripped, and an empty query value means absent', async () => {
    const made = await raw('create', '{"name":"a","oauth_query":"x","nonsense":{"a":1}}');
    expect(made.status).toBe(200);
    expect(made.body).not.toHaveProperty('nonsense');
    expect((await host.call(ada, 'list?search=&limit=')).status).toBe(200);
  });

  it('T003 NUL and T004 broken text: 400, no row', async () => {
    const before = await rows();
    for (const body of [
      '{"name":"a\\u0000b"}',
      '{"metadata":{"a":"\\u0000"}}',
      '{"metadata":{"\\u0000":1}}',
      '{"name":"\\ud800"}',
      '{"metadata":{"a":"\\udfff"}}',
    ])
      expect((await raw('create', body)).status).toBe(400);
    expect((await host.call(ada, 'get?id=%00')).status).toBe(400);
    expect((await host.call(ada, 'list?search=%ff')).status).toBe(400);
    await expect(host.issue({ owner: ada, metadata: { a: '\0' } })).rejects.toMatchObject({ status: 400 });
    expect(await rows()).toBe(before);
  });

  it('T005 T006 a body that is too large, of another type or no JSON', async () => {
    expect((await raw('create', JSON.stringify({ name: 'x'.repeat(70_000) }))).status).toBe(413);
    expect((await raw('create', '{"name":')).status).toBe(400);
    expect((await raw('create', '[]')).status).toBe(400);
    expect((await raw('create', '<a/>', { 'content-type': 'text/xml' })).status).toBe(415);
    expect([400, 415]).toContain(
      (await raw('create', 'name=a', { 'content-type': 'application/x-www-form-urlencoded' })).status,
    );
  });

  it('T007 a wrong method is 404 and changes nothing', async () => {
    const { id } = await host.issue({ owner: ada });
    for (const [method, path] of [
      ['GET', `delete?keyId=${id}`],
      ['DELETE', 'delete'],
      ['PUT', 'update'],
      ['POST', 'get'],
    ] as const)
      expect((await send(`${host.url}/api/auth/api-key/${path}`, { method, bearer: ada.token })).status).toBe(404);
    expect((await host.keys.get(id)).revokedAt).toBeNull();
  });

  it('T008 prototype names are refused, and Object.prototype is unchanged', async () => {
    for (const body of [
      '{"metadata":{"__proto__":{"x":1}}}',
      '{"metadata":{"a":{"constructor":1}}}',
      '{"permissions":{"prototype":["a"]}}',
    ])
      expect((await raw('create', body)).status).toBe(400);
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  const SERVER_ONLY = {
    id: randomUUID(),
    userId: 'somebody',
    role: 'admin',
    createdAt: '2020-01-01T00:00:00Z',
    revokedAt: null,
    disabled: false,
    permissions: { reports: ['read'] },
    scopes: ['reports:read'],
    remaining: 100,
    refillAmount: 5,
    refillInterval: 1_000,
    rateLimitMax: 1,
    rateLimitTimeWindow: 1_000,
    rateLimitEnabled: false,
    referenceId: 'somebody',
    key: 'sk_chosen',
  };
  it.each(Object.entries(SERVER_ONLY))(
    'T009 T017 400 SERVER_ONLY_PROPERTY for %s in create and update, no row',
    async (name, value) => {
      const { id } = await host.issue({ owner: ada, name: 'kept' });
      const before = await rows();
      const created = await host.call(ada, 'create', { name: 'x', [name]: value });
      expect(code(created)).toEqual([400, 'SERVER_ONLY_PROPERTY']);
      expect(created.body.message).toContain(name);
      expect(code(await host.call(ada, 'update', { keyId: id, name: 'x', [name]: value }))).toEqual([
        400,
        'SERVER_ONLY_PROPERTY',
      ]);
      expect(await rows()).toBe(before);
      expect((await host.keys.get(id)).name).toBe('kept');
    },
  );

  it.each(['1e309', '-1', '0', '1.5', '2147483648', '9e15', '"0x10"', '"60"', 'true', '[60]'])(
    'T010 400 for expiresIn %s',
    async (value) => {
      const before = await rows();
      expect((await raw('create', `{"expiresIn":${value}}`)).status).toBe(400);
      expect(await rows()).toBe(before);
    },
  );

  it.each([
    '+275761-01-01T00:00:00Z',
    '2030-02-30T00:00:00Z',
    'tomorrow',
    '9999-12-31T23:59:59Z',
    '0000-01-01T00:00:00Z',
    '',
  ])('T010 400 for expiresAt %s', async (expiresAt) => {
    expect((await host.call(ada, 'create', { expiresAt })).status).toBe(400);
  });

  it('T010 400 for a number in metadata that JSON cannot hold', async () => {
    expect((await raw('create', '{"metadata":{"a":1e309}}')).status).toBe(400);
  });

  it('T011 lengths are bounded before anything is parsed', async () => {
    expect((await host.use(`sk_${'a'.repeat(7_000)}`)).status).toBe(401);
    expect((await host.call(ada, 'create', { allowedIps: Array.from({ length: 101 }, () => '10.0.0.1') })).status).toBe(
      400,
    );
    expect((await host.call(ada, `list?search=${'a'.repeat(101)}`)).status).toBe(400);
    expect((await host.call(ada, 'get?id=' + 'a'.repeat(300))).status).toBe(400);
  });

  it.each(['api-key//list', 'api-key/list//', 'api-key/list;x', 'api-key%2flist', 'API-KEY/list'])(
    'T012 404 for %s',
    async (path) => {
      expect((await send(`${host.url}/api/auth/${path}`, { bearer: ada.token })).status).toBe(404);
    },
  );

  it('T013 T033 a cookie from another origin changes nothing; forged hosts are not believed', async () => {
    const before = await rows();
    const post = (origin: string, extra: Record<string, string> = {}) =>
      send(`${host.url}/api/auth/api-key/create`, { body: {}, headers: { cookie: ada.cookie, origin, ...extra } });
    expect((await post('https://evil.example')).status).toBe(403);
    expect(
      (await post('https://evil.example', { 'x-forwarded-host': 'evil.example', host: 'evil.example' })).status,
    ).toBe(403);
    expect(await rows()).toBe(before);
    expect((await post(TEST_ISSUER)).status).toBe(200);
  });

  it('T014 a forwarded address that nobody vouches for opens no allow list', async () => {
    const { key } = await host.issue({ owner: ada, allowedIps: ['203.0.113.7'] });
    const answer = await send(`${host.url}/host/key`, {
      headers: { 'x-api-key': key, 'x-forwarded-for': '203.0.113.7' },
    });
    expect(answer.status).toBe(401);
  });

  it('T015 names with line breaks are refused, those of other scripts reach no header', async () => {
    expect((await host.call(ada, 'create', { name: 'a\r\nSet-Cookie: x=1 — ключ' })).status).toBe(400);
    const made = await host.call(ada, 'create', { name: 'a Set-Cookie: x=1 — ключ' });
    expect(made.status).toBe(200);
    const answer = await host.use(made.body.key, 'reports');
    expect(answer.status).toBe(403);
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(answer.headers.get('www-authenticate')).toMatch(/^[\x20-\x7e]*error="insufficient_scope"/);
  });
});
