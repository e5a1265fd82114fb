import { DocumentBuilder } from '@nestjs/swagger';
import type { ApiKeysOptions } from '../../src/index.js';
import { createAuthDocument } from '../../src/swagger/index.js';
import { resolveApiKeysOptions } from '../../src/api-keys/api-keys.settings.js';
import { createKeyApp } from '../support/api-keys.js';
import { send } from '../support/http.js';
import { signUp } from '../support/users.js';

describe('options of API keys', () => {
  const wrong: [string, ApiKeysOptions, RegExp][] = [
    ['a prefix without an underscore at its end', { prefix: 'sk' }, /apiKeys\.prefix: "sk".*underscore/],
    ['a prefix of our tokens', { prefix: 'nas_' }, /begins like the tokens "nas_…"/],
    ['a prefix that begins like our tokens', { prefix: 'naa_live_' }, /begins like the tokens "naa_…"/],
    [
      'two configurations with one prefix',
      { prefix: 'sk_', configurations: [{ configId: 'x', prefix: 'sk_' }] },
      /"default" and "x" have the same prefix/,
    ],
    [
      'an earlier prefix that another one has',
      { configurations: [{ configId: 'x', prefix: 'x_', earlierFormats: [{ prefix: 'nak_' }] }] },
      /same prefix "nak_"/,
    ],
    ['a configuration named twice', { configurations: [{ configId: 'default', prefix: 'x_' }] }, /configId "default"/],
    ['a short key', { keyLength: 16 }, /keyLength: 16 is out of range/],
    ['an unknown algorithm', { hashAlgorithm: 'md5' as never }, /hashAlgorithm: "md5"/],
    ['half a limit', { rateLimit: { max: 5 } }, /rateLimit: give both/],
    ['half a refill', { quota: { remaining: 1, refillAmount: 1 } }, /together/],
    ['defaults above the ceiling', { defaultPermissions: { a: ['b'] }, maxPermissions: {} }, /exceed maxPermissions/],
    ['a scope with a space', { maxScopes: ['a b'] }, /"a b" is not a scope/],
    ['a header that means something else', { apiKeyHeaders: 'Authorization' }, /cannot carry keys/],
    ['a misspelt option', { maxPermission: {} } as ApiKeysOptions, /^apiKeys: there is no option "maxPermission"/],
    [
      'a misspelt option of a configuration',
      { configurations: [{ configId: 'x', prefix: 'x_', maxExpires: '1d' } as never] },
      /^apiKeys\.configurations\[x\]: there is no option "maxExpires"/,
    ],
    [
      'an option of the whole block in a configuration',
      { configurations: [{ configId: 'x', prefix: 'x_', retention: '1d' } as never] },
      /^apiKeys\.configurations\[x\]: there is no option "retention"/,
    ],
    ['a misspelt limit', { rateLimit: { window: 1, max: 1, enable: false } as never }, /rateLimit: .*"enable"/],
    ['a misspelt quota', { quota: { remaining: 1, refil: 1 } as never }, /quota: there is no option "refil"/],
    ['a retention below the overlap', { retention: '1d' }, /retention/],
    ['a misspelt limit', { ratelimit: { window: 1, max: 1 } } as ApiKeysOptions, /apiKeys: .*"ratelimit".*rateLimit/],
    [
      'a misspelt option of a configuration',
      { configurations: [{ configId: 'x', prefix: 'x_', maxExpiry: '1d' } as never] },
      /apiKeys\.configurations\[x\]: .*"maxExpiry".*maxExpiresIn/,
    ],
    [
      'an option of the block in a configuration',
      { configurations: [{ configId: 'x', prefix: 'x_', retention: '90d' } as never] },
      /apiKeys\.configurations\[x\]: .*"retention"/,
    ],
    [
      'a misspelt member of a limit',
      { rateLimit: { window: 1, max: 1, enable: false } as never },
      /rateLimit: .*"enable"/,
    ],
    ['a misspelt member of a quota', { quota: { remaining: 1, refill: 1 } as never }, /quota: .*"refill"/],
  ];
  it.each(wrong)('%s stops the boot with a sentence', (_what, options, message) => {
    expect(() => resolveApiKeysOptions(options)).toThrow(message);
  });

  it("the options of better-auth's plugin start, with prefixes that contain one another", () => {
    const settings = resolveApiKeysOptions({
      prefix: 'sk_',
      keyLength: 32,
      hashAlgorithm: 'sha256',
      rateLimit: { window: 60 * 1000, max: 100 },
      configurations: [
        { configId: 'live', prefix: 'sk_live_' },
        { configId: 'test', prefix: 'sk_test_' },
      ],
    });
    expect(settings.configurations.get('default')).toMatchObject({
      rateLimit: { windowMilliseconds: 60_000, max: 100 },
    });
    expect(settings.formats.map(({ prefix }) => prefix)).toEqual(['sk_live_', 'sk_test_', 'sk_']);
  });

  it('the header is configurable, and the API document names it', async () => {
    const host = await createKeyApp({ apiKeyHeaders: ['X-Company-Key', 'x-api-key'], defaultScopes: ['reports:read'] });
    try {
      const { key } = await host.issue({ owner: { kind: 'service', id: 's' } });
      const status = async (headers: Record<string, string>) =>
        (await send(`${host.url}/host/scoped`, { headers })).status;
      expect([
        await status({ 'x-company-key': key }),
        await status({ 'x-api-key': key }),
        await status({ 'x-other': key }),
      ]).toEqual([200, 200, 401]);
      expect(await status({ 'x-company-key': key, 'x-api-key': key })).toBe(400);
      const document = createAuthDocument(host.app, new DocumentBuilder().build());
      expect(document.components?.securitySchemes?.['apiKey']).toMatchObject({
        type: 'apiKey',
        in: 'header',
        name: 'x-company-key',
      });
      expect(document.paths['/host/key']?.get?.security).toEqual([{ apiKey: [] }]);
      const routes = ['create', 'get', 'list', 'update', 'delete', 'revoke', 'rotate', 'verify'];
      for (const route of routes) {
        const operation = Object.values(document.paths[`/api/auth/api-key/${route}`] ?? {})[0] as any;
        expect(operation.summary).toBeDefined();
        expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['200', '400', '401', '503']));
      }
      const body = (document.paths['/api/auth/api-key/create'] as any).post.requestBody.content['application/json']
        .schema;
      const schemas = document.components!.schemas as any;
      const schema = body.$ref ? schemas[body.$ref.split('/').at(-1)] : body;
      expect(Object.keys(schema.properties)).toEqual(
        expect.arrayContaining(['name', 'expiresIn', 'metadata', 'permissions']),
      );
      expect(document.paths['/api/auth/admin/api-keys/{keyId}']).toMatchObject({ get: {}, patch: {}, delete: {} });
    } finally {
      await host.close();
    }
  });

  it('keys of an earlier prefix and length stay good', async () => {
    const before = await createKeyApp({ prefix: 'old_', keyLength: 24, hashAlgorithm: 'sha512' });
    const user = await signUp(before.url);
    const { key } = await before.issue({ owner: user });
    const after = await createKeyApp(
      { prefix: 'new_', keyLength: 40, earlierFormats: [{ prefix: 'old_', keyLength: 24 }] },
      { databaseUrl: before.databaseUrl },
    );
    try {
      expect((await after.use(key)).status).toBe(200);
      expect((await after.issue({ owner: user })).key).toMatch(/^new_[0-9A-Za-z]{60}$/);
    } finally {
      await after.close();
      await before.close();
    }
  });

  it('a rotated secret leaves HMAC keys good while the old one is listed', async () => {
    const [first, second] = ['first secret, long enough: 0123456789abc', 'second secret, long enough: 0123456789ab'];
    const before = await createKeyApp({ hashAlgorithm: 'hmac' }, { auth: { secret: first } });
    const { key } = await before.issue({ owner: { kind: 'service', id: 's' } });
    const both = await createKeyApp(
      { hashAlgorithm: 'hmac' },
      { auth: { secret: [second, first] }, databaseUrl: before.databaseUrl },
    );
    const neither = await createKeyApp(
      { hashAlgorithm: 'hmac' },
      { auth: { secret: second }, databaseUrl: before.databaseUrl },
    );
    try {
      expect([(await both.use(key)).status, (await neither.use(key)).status]).toEqual([200, 401]);
    } finally {
      await neither.close();
      await both.close();
      await before.close();
    }
  });

  it("better-auth's own keys are found with legacyCredentials, and only then", async () => {
    const { hash, randomUUID } = await import('node:crypto');
    const legacy = `sk_${'abcdefghijklmnopqrstuvwxyzABCDEF'.repeat(2)}`;
    const off = await createKeyApp();
    await off.sql(
      `INSERT INTO auth_api_key (id, config_id, hash, prefix, start, owner_kind, owner_id) VALUES ($1, 'default', $2, 'sk_', 'sk_abc', 'service', 's')`,
      [randomUUID(), hash('sha256', legacy, 'buffer')],
    );
    const on = await createKeyApp({}, { auth: { legacyCredentials: true }, databaseUrl: off.databaseUrl });
    try {
      expect([(await on.use(legacy)).status, (await off.use(legacy)).status]).toEqual([200, 401]);
    } finally {
      await on.close();
      await off.close();
    }
  });

  it('keys work in a host without accounts and without bearer tokens', async () => {
    const host = await createKeyApp({}, { auth: { accounts: false, bearer: false }, tables: ['apiKeys'] });
    try {
      const made = await host.admin('', { body: { userId: 'a user of the host', permissions: { reports: ['read'] } } });
      expect((await host.use(made.body.key, 'reports')).status).toBe(200);
      expect((await send(`${host.url}/host/either`, { bearer: made.body.key })).body.subjectId).toBe(
        'a user of the host',
      );
      expect((await send(`${host.url}/api/auth/api-key/list`, { bearer: made.body.key })).status).toBe(401);
    } finally {
      await host.close();
    }
  });

  it('keys work on a pool of one connection', async () => {
    const host = await createKeyApp({}, { poolSize: 1 });
    try {
      const user = await signUp(host.url);
      const made = await host.call(user, 'create', { name: 'x' });
      const rotated = await host.call(user, 'rotate', { keyId: made.body.id });
      expect((await host.use(rotated.body.key)).status).toBe(200);
      expect((await host.call(user, 'update', { keyId: rotated.body.id, name: 'y' })).status).toBe(200);
      expect((await host.call(user, 'revoke', { keyId: rotated.body.id })).status).toBe(200);
    } finally {
      await host.close();
    }
  });
});
