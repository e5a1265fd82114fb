import { AuthEvents } from '../../src/index.js';
import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

describe('verifying keys', () => {
  let host: KeyApp;
  let ada: SignedInUser;
  let eve: SignedInUser;
  let service: string;
  const reasons: unknown[] = [];
  beforeAll(async () => {
    host = await createKeyApp({ configurations: [{ configId: 'test', prefix: 'sk_test_' }] });
    host.app.get(AuthEvents).on('api-key.verification-failed', (event) => void reasons.push(event));
    [ada, eve] = [await signUp(host.url), await signUp(host.url)];
    service = (await host.issue({ owner: { kind: 'service', id: 'gateway' } })).key;
  });
  afterAll(() => host.close());

  const ask = (body: unknown, bearer = service) => send(`${host.url}/api/auth/api-key/verify`, { body, bearer });
  const endings: [string, string, (id: string) => Promise<unknown>][] = [
    ['disabled', 'KEY_DISABLED', (id) => host.keys.update(id, { enabled: false })],
    [
      'expired',
      'KEY_EXPIRED',
      (id) => host.sql(`UPDATE auth_api_key SET expires_at = now() - interval '1 second' WHERE id = $1`, [id]),
    ],
    ['revoked', 'KEY_REVOKED', (id) => host.keys.revoke(id)],
    ['revoked', 'KEY_REVOKED', (id) => host.keys.delete(id)],
  ];

  it('200 tells a service of any key, without its secret', async () => {
    const { id, key } = await host.issue({
      owner: ada,
      name: 'n',
      metadata: { a: 1 },
      permissions: { reports: ['read'] },
    });
    const answer = await ask({ key });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      valid: true,
      error: null,
      key: { id, name: 'n', metadata: { a: 1 }, referenceId: ada.id },
    });
    expect(answer.text).not.toContain(key);
    expect((await host.keys.get(id)).requestCount).toBe(1);
  });

  it.each(endings)(
    '200 with a distinct code, one answer for strangers at the guard: %s (%s)',
    async (reason, code, end) => {
      const { id, key } = await host.issue({ owner: ada });
      const unknown = await host.use((await host.issue({ owner: ada })).key.replace(/.{6}$/, 'aaaaaa'));
      await end(id);
      const verdict = await ask({ key });
      expect(verdict.body).toEqual({ valid: false, error: { code, message: expect.any(String) }, key: null });
      expect((await host.keys.verify({ key })).error?.code).toBe(code);
      const refused = await host.use(key);
      expect([refused.status, refused.body]).toEqual([401, unknown.body]);
      expect(refused.headers.get('www-authenticate')).toBe(unknown.headers.get('www-authenticate'));
      expect(reasons.at(-1)).toEqual({ keyId: id, reason });
    },
  );

  it('200 INVALID_API_KEY for an unknown key, garbage and the wrong configuration', async () => {
    const { id, key } = await host.issue({ owner: ada });
    await host.sql('DELETE FROM auth_api_key WHERE id = $1', [id]);
    const other = await host.issue({ owner: ada, configId: 'test' });
    for (const body of [{ key }, { key: 'garbage' }, { key: other.key, configId: 'default' }])
      expect((await ask(body)).body).toMatchObject({ valid: false, error: { code: 'INVALID_API_KEY' } });
    expect((await ask({ key: other.key, configId: 'test' })).body.valid).toBe(true);
  });

  it('200 limits are told apart and spent once', async () => {
    const { id, key } = await host.issue({ owner: ada, remaining: 1 });
    expect((await ask({ key })).body).toMatchObject({ valid: true, key: { remaining: 0 } });
    expect((await ask({ key })).body).toMatchObject({ valid: false, error: { code: 'USAGE_EXCEEDED' } });
    const limited = await host.issue({ owner: ada, rateLimitMax: 1, rateLimitTimeWindow: 60_000 });
    await ask({ key: limited.key });
    const refused = await ask({ key: limited.key });
    expect(refused.body.error).toMatchObject({ code: 'RATE_LIMITED', details: { tryAgainIn: expect.any(Number) } });
    expect((await host.keys.get(id)).requestCount).toBe(1);
  });

  it('200 permissions, scopes and addresses that are asked for', async () => {
    const { key } = await host.issue({
      owner: ada,
      permissions: { reports: ['read'] },
      scopes: ['a'],
      allowedIps: ['10.0.0.0/8'],
    });
    const code = async (body: object) =>
      (await ask({ key, ipAddress: '10.1.2.3', ...body })).body.error?.code ?? 'valid';
    expect(await code({ permissions: { reports: ['read'] }, scopes: ['a'] })).toBe('valid');
    expect(await code({ permissions: { reports: ['read', 'write'] } })).toBe('INSUFFICIENT_API_KEY_PERMISSIONS');
    expect(await code({ permissions: {} })).toBe('INSUFFICIENT_API_KEY_PERMISSIONS');
    expect(await code({ scopes: ['a', 'b'] })).toBe('INSUFFICIENT_API_KEY_PERMISSIONS');
    expect(await code({ ipAddress: '11.0.0.1' })).toBe('IP_ADDRESS_NOT_ALLOWED');
    expect(await code({ ipAddress: undefined })).toBe('IP_ADDRESS_NOT_ALLOWED');
  });

  it('401 for strangers; a user learns of their own keys only, and asking about another spends nothing', async () => {
    const { id, key } = await host.issue({ owner: ada, remaining: 5 });
    expect((await send(`${host.url}/api/auth/api-key/verify`, { body: { key } })).status).toBe(401);
    expect((await ask({ key }, eve.token)).body).toMatchObject({ valid: false, error: { code: 'INVALID_API_KEY' } });
    expect((await host.keys.get(id)).remaining).toBe(5);
    expect((await ask({ key }, ada.token)).body.valid).toBe(true);
    await host.keys.revoke(id);
    expect((await ask({ key }, eve.token)).body.error.code).toBe('INVALID_API_KEY');
    expect((await ask({ key }, ada.token)).body.error.code).toBe('KEY_REVOKED');
  });

  it('401 outside its allow list, 200 inside, by the address a trusted proxy tells', async () => {
    const proxied = await createKeyApp({}, { auth: { trustProxy: ['loopback'] } });
    try {
      const { key } = await proxied.issue({
        owner: { kind: 'service', id: 's' },
        allowedIps: ['203.0.113.0/24', '2001:db8::/32'],
      });
      const from = async (address: string) =>
        (await send(`${proxied.url}/host/key`, { headers: { 'x-api-key': key, 'x-forwarded-for': address } })).status;
      for (let round = 0; round < 2; round++) {
        expect([await from('203.0.113.9'), await from('2001:db8::1'), await from('198.51.100.1')]).toEqual([
          200, 200, 401,
        ]);
        expect((await proxied.use(key)).status).toBe(401);
      }
    } finally {
      await proxied.close();
    }
    const forged = await host.issue({ owner: ada, allowedIps: ['203.0.113.9'] });
    const answer = await send(`${host.url}/host/key`, {
      headers: { 'x-api-key': forged.key, 'x-forwarded-for': '203.0.113.9' },
    });
    expect(answer.status).toBe(401);
  });
});
