import { jest } from '@jest/globals';
import type { TestApp } from '../support/app.js';
import { age, failureOf, outboundHost, outboundTo, tokenOf, UPSTREAM_SECRET } from '../support/outbound.js';
import { until } from '../support/until.js';
import { granted, startUpstream, type Upstream } from '../support/upstream.js';

describe('outbound tokens', () => {
  let upstream: Upstream;
  let hosts: TestApp[];
  const here = () => hosts[0]!;

  beforeAll(async () => {
    upstream = await startUpstream();
    const names = ['herd', 'failing herd', 'crash', 'early', 'expiry', 'memory', 'sealed'];
    const first = await outboundHost(outboundTo(upstream, names), { poolSize: 1 });
    hosts = [first, await outboundHost(outboundTo(upstream, names), { databaseUrl: first.databaseUrl })];
  });
  afterAll(async () => {
    for (const host of hosts.toReversed()) await host.close();
    await upstream.close();
  });
  beforeEach(() => {
    upstream.answer(granted());
    upstream.seen.length = 0;
  });
  const everywhere = <T>(count: number, call: (host: TestApp) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, index) => call(hosts[index % 2]!)));

  it('T108 100 callers of two applications at one expiry: one request, the same token for all', async () => {
    const old = await tokenOf(here(), 'herd');
    await age(here(), 'herd', 59);
    const tokens = await everywhere(100, (host) => tokenOf(host, 'herd'));
    expect(new Set(tokens.map(({ accessToken }) => accessToken)).size).toBe(1);
    expect(tokens[0]!.accessToken).not.toBe(old.accessToken);
    expect(upstream.seen).toHaveLength(2);
  });

  it('T108 a failure is shared: 100 callers, one request, one answer', async () => {
    upstream.answer({ status: 500, body: {} });
    const failures = await everywhere(100, (host) => failureOf(host, 'failing herd'));
    expect(new Set(failures.map(({ code, status }) => `${status} ${code}`))).toEqual(
      new Set(['502 TOKEN_REQUEST_FAILED']),
    );
    expect(upstream.seen).toHaveLength(1);
  });

  it('T108 no database connection is held during the request, and a lease whose holder died runs out', async () => {
    upstream.answer(() => undefined);
    const waiting = failureOf(here(), 'crash');
    await until('the request has arrived', () => upstream.seen.length === 1);
    // The pool of this application has one connection.
    const [row] = await here().sql<{ lease_id: string }>(
      `SELECT lease_id FROM auth_client_credential WHERE application_name = 'crash' AND lease_expires_at > now()`,
    );
    expect(row!.lease_id).toMatch(/-/);
    // As if the holder had died: nobody will ever answer for this lease.
    const abandoned = crypto.randomUUID();
    await here().sql(`UPDATE auth_client_credential SET lease_id = $1 WHERE application_name = 'crash'`, [abandoned]);
    upstream.answer(granted());
    const taken = tokenOf(hosts[1]!, 'crash');
    await here().sql(
      `UPDATE auth_client_credential SET lease_expires_at = now() + interval '300 milliseconds' WHERE lease_id = $1`,
      [abandoned],
    );
    expect((await taken).accessToken).toMatch(/^upstream-token/);
    // The former holder has lost; what it brings home is not kept, and it gets the token of the other.
    await expect(waiting).rejects.toThrow('no AuthError');
    expect(upstream.seen).toHaveLength(2);
  });

  it('T108 near its end a token that is asked for is refreshed in the background, once', async () => {
    const cached = await tokenOf(here(), 'early');
    await age(here(), 'early', 90);
    const served = await everywhere(50, (host) => tokenOf(host, 'early'));
    expect(served.filter(({ accessToken }) => accessToken === cached.accessToken).length).toBeGreaterThan(0);
    await until('it was refreshed', async () => (await tokenOf(here(), 'early')).accessToken !== cached.accessToken);
    expect(upstream.seen).toHaveLength(2);
  });

  it.each([60, 59, 0, -100])(
    'T110 with %s seconds left by the database clock it is not handed out',
    async (seconds) => {
      const cached = await tokenOf(here(), 'expiry');
      await age(here(), 'expiry', seconds);
      const next = await tokenOf(here(), 'expiry');
      expect(next.accessToken).not.toBe(cached.accessToken);
      const [row] = await here().sql<{ good: boolean }>(
        `SELECT expires_at > now() + interval '60 seconds' AS good FROM auth_client_credential WHERE application_name = 'expiry'`,
      );
      expect(row!.good).toBe(true);
    },
  );

  it('T110 nor from memory', async () => {
    const names = ['memory'];
    const host = await outboundHost(outboundTo(upstream, names), { auth: { cacheTtl: '60s' } });
    const now = Date.now;
    try {
      upstream.answer(granted({ expires_in: 90 }));
      const cached = await tokenOf(host, 'memory');
      await age(host, 'memory', 3_000);
      expect((await tokenOf(host, 'memory')).accessToken).toBe(cached.accessToken);
      await age(host, 'memory', 20);
      jest.spyOn(Date, 'now').mockImplementation(() => now() + 31_000);
      expect((await tokenOf(host, 'memory')).accessToken).not.toBe(cached.accessToken);
    } finally {
      jest.restoreAllMocks();
      await host.close();
    }
  });

  it.each([
    ['scope', { scope: ['read'] }, {}],
    ['parameters', { parameters: { resource: 'https://api.example.com' } }, {}],
    ['client', {}, { clientId: 'another' }],
    ['secret', {}, { clientSecret: 'another-secret' }],
    ['endpoint', {}, { tokenEndpoint: '/tenant-2/token' }],
  ])('T110 after a change of %s the token of before is not handed out', async (_, application, provider) => {
    const cached = await tokenOf(here(), 'expiry');
    const options = outboundTo(upstream, ['expiry'], provider);
    Object.assign(options.applications!['expiry']!, application);
    const entry = options.providers!['upstream'] as { tokenEndpoint: string };
    if (entry.tokenEndpoint.startsWith('/')) entry.tokenEndpoint = upstream.origin + entry.tokenEndpoint;
    const changed = await outboundHost(options, { databaseUrl: here().databaseUrl });
    const before = upstream.seen.length;
    const next = await tokenOf(changed, 'expiry').finally(() => changed.close());
    expect(next.accessToken).not.toBe(cached.accessToken);
    expect(upstream.seen).toHaveLength(before + 1);
    expect((await tokenOf(here(), 'expiry')).accessToken).toBe(cached.accessToken);
  });

  it('T110 stored encrypted, and bound to its row', async () => {
    const { accessToken } = await tokenOf(here(), 'sealed');
    const [row] = await here().sql<{ text: string }>(
      `SELECT encode(access_token, 'escape') || encode(configuration, 'escape') AS text FROM auth_client_credential WHERE application_name = 'sealed'`,
    );
    expect(row!.text).not.toContain(accessToken);
    expect(row!.text).not.toContain(UPSTREAM_SECRET);
    const stolen = await tokenOf(here(), 'herd');
    await here().sql(
      `UPDATE auth_client_credential SET access_token = (SELECT access_token FROM auth_client_credential WHERE application_name = 'herd')
       WHERE application_name = 'sealed'`,
    );
    const next = await tokenOf(here(), 'sealed');
    expect([stolen.accessToken, accessToken]).not.toContain(next.accessToken);
  });
});
