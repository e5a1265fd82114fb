import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

describe.each(['express', 'fastify'] as const)('POST /api-key/create on %s', (adapter) => {
  let host: KeyApp;
  let ada: SignedInUser;
  beforeAll(async () => {
    host = await createKeyApp({ configurations: [{ configId: 'test', prefix: 'sk_test_' }] }, { adapter });
    ada = await signUp(host.url);
  });
  afterAll(() => host.close());

  it('200 shows the key once, and the key opens a guarded route in both headers', async () => {
    const made = await host.call(ada, 'create', { name: 'Production', metadata: { environment: 'production' } });
    expect(made.status).toBe(200);
    expect(made.body.key).toMatch(/^sk_[0-9A-Za-z]{49}$/);
    expect(made.body).toMatchObject({
      name: 'Production',
      start: made.body.key.slice(0, 7),
      prefix: 'sk_',
      referenceId: ada.id,
      configId: 'default',
      enabled: true,
      rateLimitEnabled: false,
      remaining: null,
      expiresAt: null,
      metadata: { environment: 'production' },
      permissions: null,
    });
    const byHeader = await host.use(made.body.key);
    expect([byHeader.status, byHeader.body.key.name]).toEqual([200, 'Production']);
    const byBearer = await send(`${host.url}/host/either`, { bearer: made.body.key });
    expect(byBearer.body).toMatchObject({
      scheme: 'apiKey',
      subjectId: ada.id,
      kind: 'user',
      credentialId: made.body.id,
    });
    const listed = await host.call(ada, 'list');
    expect(listed.text).not.toContain(made.body.key);
    expect(listed.body).toMatchObject({ total: 1, apiKeys: [{ id: made.body.id, requestCount: 2 }] });
    expect(listed.body.apiKeys[0]).not.toHaveProperty('key');
  });

  it('200 expiresIn counts seconds of the database, expiresAt is taken as it is', async () => {
    const inAnHour = await host.call(ada, 'create', { expiresIn: 3_600 });
    const [row] = await host.sql<{ seconds: number }>(
      'SELECT extract(epoch FROM expires_at - created_at)::float8 AS seconds FROM auth_api_key WHERE id = $1',
      [inAnHour.body.id],
    );
    expect(row!.seconds).toBe(3_600);
    const expiresAt = new Date(Date.now() + 365 * 24 * 60 * 60 * 1000);
    const inAYear = await host.call(ada, 'create', { expiresAt });
    expect(inAYear.body.expiresAt).toBe(expiresAt.toISOString());
  });

  it('200 a configuration gives the prefix, and is chosen by name or by prefix', async () => {
    const byName = await host.call(ada, 'create', { configId: 'test' });
    expect(byName.body).toMatchObject({ configId: 'test', prefix: 'sk_test_' });
    expect(byName.body.key).toMatch(/^sk_test_/);
    expect((await host.use(byName.body.key)).body.key.configId).toBe('test');
    expect((await host.call(ada, 'create', { prefix: 'sk_test_' })).body.configId).toBe('test');
    const wrong = await host.call(ada, 'create', { prefix: 'pk_' });
    expect([wrong.status, wrong.body.code]).toEqual([400, 'INVALID_PREFIX']);
  });

  it.each([
    [
      'expiresIn and expiresAt together',
      { expiresIn: 60, expiresAt: '2999-01-01T00:00:00Z' },
      'CONFLICTING_EXPIRATION',
    ],
    ['an expiry in the past', { expiresAt: '2020-01-01T00:00:00Z' }, 'EXPIRES_IN_IS_TOO_SMALL'],
    ['an expiry beyond ten years', { expiresIn: 3_651 * 86_400 }, 'EXPIRES_IN_IS_TOO_LARGE'],
    ['an unknown configuration', { configId: 'nope' }, 'NO_DEFAULT_API_KEY_CONFIGURATION_FOUND'],
    ['a name of blanks', { name: '   ' }, 'INVALID_NAME_LENGTH'],
    ['a name that is too long', { name: 'x'.repeat(101) }, 'INVALID_NAME_LENGTH'],
    ['metadata that is no object', { metadata: ['a'] }, 'INVALID_METADATA_TYPE'],
    ['an allow list that is none', { allowedIps: ['10.0.0.0/33'] }, 'INVALID_IP_ADDRESS'],
    ['an address with a zone', { allowedIps: ['fe80::1%eth0'] }, 'INVALID_IP_ADDRESS'],
    ['a number where text belongs', { name: 7 }, 'VALIDATION_ERROR'],
  ])('400 for %s', async (_what, body, code) => {
    const { total } = (await host.call(ada, 'list')).body;
    const answer = await host.call(ada, 'create', body);
    expect([answer.status, answer.body.code]).toEqual([400, code]);
    expect((await host.call(ada, 'list')).body.total).toBe(total);
  });

  it('401 without a session, and with a key instead of one', async () => {
    expect((await send(`${host.url}/api/auth/api-key/create`, { body: {} })).status).toBe(401);
    const { key } = await host.issue({ owner: ada });
    const answer = await send(`${host.url}/api/auth/api-key/create`, { body: {}, headers: { 'x-api-key': key } });
    expect(answer.status).toBe(401);
  });
});
