import { createTarget, AUTH, type Target } from '../support/attack.js';
import { TEST_PASSWORD } from '../support/users.js';

const HOPS: [string, string[], string][] = [
  ['one hop', ['X-Forwarded-For: 203.0.113.9'], '203.0.113.9'],
  ['a forged hop on the left', ['X-Forwarded-For: 198.51.100.1, 203.0.113.9'], '203.0.113.9'],
  ['a trusted hop on the right', ['X-Forwarded-For: 203.0.113.9, 10.1.2.3'], '203.0.113.9'],
  ['two lines of the header', ['X-Forwarded-For: 198.51.100.1', 'X-Forwarded-For: 203.0.113.9'], '203.0.113.9'],
  ['only trusted hops', ['X-Forwarded-For: 10.1.2.3, 127.0.0.1'], '127.0.0.1'],
  ['a hop that is no address', ['X-Forwarded-For: 203.0.113.9, unknown'], '127.0.0.1'],
  ['an empty header', ['X-Forwarded-For: '], '127.0.0.1'],
  ['a port', ['X-Forwarded-For: 203.0.113.9:4711'], '203.0.113.9'],
  ['IPv6 with brackets and port', ['X-Forwarded-For: [2001:DB8:0:0::1]:4711'], '2001:db8::1'],
  ['IPv4 written as IPv6', ['X-Forwarded-For: ::ffff:203.0.113.9'], '203.0.113.9'],
];

/** Signs in with these headers and reads back the address that was stored. */
async function storedAddress(target: Target, headers: string[]): Promise<string | null> {
  const body = JSON.stringify({ email: target.user.email, password: TEST_PASSWORD });
  const answer = await target.attack('POST', `${AUTH}/sign-in/email`, { body, headers });
  expect(answer.status).toBe(200);
  const [row] = await target.sql<{ ip_address: string | null }>(
    'SELECT ip_address FROM auth_session ORDER BY created_at DESC LIMIT 1',
  );
  return row?.ip_address ?? null;
}

describe.each(['express', 'fastify'] as const)('T014 the address of the client on %s', (adapter) => {
  describe('without trusted proxies', () => {
    let target: Target;
    beforeAll(async () => {
      target = await createTarget(adapter);
    });
    afterAll(() => target.close());

    it.each([
      'X-Forwarded-For: 203.0.113.9',
      'Forwarded: for=203.0.113.9',
      'X-Real-IP: 203.0.113.9',
      'CF-Connecting-IP: 203.0.113.9',
    ])('%s is not believed', async (line) => {
      expect(await storedAddress(target, [line])).toBe('127.0.0.1');
    });
  });

  describe('behind a proxy on the loopback', () => {
    let target: Target;
    beforeAll(async () => {
      target = await createTarget(adapter, { auth: { trustProxy: ['loopback', '10.0.0.0/8'] } });
    });
    afterAll(() => target.close());

    // How hops are read does not depend on the adapter; where the socket is does.
    it.each(adapter === 'express' ? HOPS : HOPS.slice(0, 2))('%s', async (_name, lines, expected) => {
      expect(await storedAddress(target, lines)).toBe(expected);
    });
  });

  describe('limits by address', () => {
    let target: Target;
    beforeAll(async () => {
      target = await createTarget(adapter, { auth: { trustProxy: ['loopback'], rateLimits: true } });
    });
    afterAll(() => target.close());

    it('429 with Retry-After when one /64 uses up the limit, whichever of its addresses it shows', async () => {
      const attempt = (index: number, network: string) =>
        target.attack('POST', `${AUTH}/sign-in/email`, {
          body: JSON.stringify({ email: `nobody-${index}@example.com`, password: 'wrong password' }),
          headers: [`X-Forwarded-For: ${network}:${index.toString(16)}::1`],
        });
      await target.sql(`DELETE FROM auth_rate_limit`);
      const first = await attempt(0, '2001:db8:1:2');
      expect(first.status).toBe(401);
      await target.sql(`UPDATE auth_rate_limit SET points = 60 WHERE key LIKE 'sign-in-address%'`);
      const other = await attempt(1, '2001:db8:1:2');
      target.expectRefused(other, [429]);
      expect(other.headers.map(([name]) => name)).toEqual(expect.arrayContaining(['retry-after', 'x-retry-after']));
      expect((await attempt(2, '2001:db8:1:3')).status).toBe(401);
    });
  });
});
