import { createDeviceHost, type DeviceHost } from '../support/device.js';
import { signUp } from '../support/users.js';

const FROM = { 'x-forwarded-for': '192.0.2.1' };

describe('RFC 8628 3.1 how many codes one address may ask for', () => {
  let host: DeviceHost;
  beforeEach(async () => {
    host = await createDeviceHost({}, { auth: { rateLimits: true, trustProxy: ['loopback'] } });
  });
  afterEach(() => host.close());

  /** As if so many had been given out from every address that has asked. */
  const fill = (points: number) =>
    host.sql(`UPDATE auth_rate_limit SET points = $1 WHERE key LIKE 'device-issue-address:%'`, [points]);
  const ask = (from: string, at = 'device/code') => host.ask({}, { headers: { 'x-forwarded-for': from }, at });

  it('429 in the OAuth shape with Retry-After after 60 in a minute, under each of the names, and no row', async () => {
    expect((await ask('192.0.2.1')).status).toBe(200);
    await fill(59);
    expect((await ask('192.0.2.1', 'oauth2/device_authorization')).status).toBe(200);
    for (const at of ['device/code', 'oauth2/device_authorization', 'oauth/device_authorization']) {
      const refused = await ask('192.0.2.1', at);
      expect([refused.status, refused.body.error]).toEqual([429, 'temporarily_unavailable']);
      expect(refused.body.error_description).toMatch(/Too many requests/);
      expect(refused.headers.get('cache-control')).toBe('no-store');
      const seconds = Number(refused.headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(60);
    }
    expect(await host.sql('SELECT id FROM auth_device_authorization')).toHaveLength(2);
    expect((await ask('192.0.2.2')).status).toBe(200);
  });

  it('429 for the whole /64 of an IPv6 address', async () => {
    expect((await ask('2001:db8:1:1::1')).status).toBe(200);
    await fill(60);
    expect((await ask('2001:db8:1:1:ffff::2')).status).toBe(429);
    expect((await ask('2001:db8:1:2::1')).status).toBe(200);
  });

  it('a request that gives no codes is not counted, and polls are not either', async () => {
    const { body } = await host.ask({}, { headers: FROM });
    await fill(59);
    for (let count = 0; count < 3; count++) {
      expect((await host.ask({ scope: 'no-such-scope' }, { headers: FROM })).body.error).toBe('invalid_scope');
      expect((await host.ask({ client_id: 'nobody' }, { headers: FROM })).status).toBe(401);
    }
    expect((await ask('192.0.2.1')).status).toBe(200);
    expect((await host.pollInTime(body.device_code, {}, { headers: FROM })).body.error).toBe('authorization_pending');
  });
});

describe('rateLimits: false', () => {
  let host: DeviceHost;
  beforeEach(async () => {
    host = await createDeviceHost({}, { auth: { rateLimits: false, trustProxy: ['loopback'] } });
  });
  afterEach(() => host.close());

  it('RFC 8628 3.1 codes are given without a limit', async () => {
    for (let count = 0; count < 3; count++) expect((await host.ask({}, { headers: FROM })).status).toBe(200);
    expect(await host.sql('SELECT key FROM auth_rate_limit')).toEqual([]);
  });

  it('T099 wrong user codes are counted all the same: a code is short enough to be guessed (RFC 8628 5.1)', async () => {
    const user = await signUp(host.url);
    const statuses: number[] = [];
    for (const last of 'BCDFGHJ') statuses.push((await host.open(`ZZZZ-ZZZ${last}`, user)).status);
    expect(statuses).toEqual([404, 404, 404, 404, 404, 429, 429]);
  });
});
