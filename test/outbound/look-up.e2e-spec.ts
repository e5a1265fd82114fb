import { lookup } from 'node:dns/promises';
import { GuardedFetch } from '../../src/common/outbound/guarded-fetch.js';
import { startDnsServer, type DnsServer } from '../support/dns-server.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

describe('F02 names are looked up by c-ares, never by the threads that database connections need', () => {
  let dns: DnsServer;
  let upstream: Upstream;
  const lax = new GuardedFetch({ allowPrivateNetwork: true });
  const strict = new GuardedFetch({ allowPrivateNetwork: false });
  const at = (host: string) => `http://${host}:${new URL(upstream.origin).port}/`;

  beforeEach(async () => {
    [dns, upstream] = await Promise.all([startDnsServer(), startUpstream()]);
    upstream.answer({ body: { ok: true } });
  });
  afterEach(async () => {
    await dns.close();
    await upstream.close();
  });

  it('F02 the servers are those of dns.setServers; one that never answers for IPv6 is no fault (RFC 8305 3)', async () => {
    dns.records.set('idp.example', ['127.0.0.1']);
    expect(await (await lax.fetch(at('idp.example'))).json()).toEqual({ ok: true });
    expect(dns.asked).toContain('idp.example');
    expect(upstream.seen[0]!.headers.host).toContain('idp.example');
  });

  it('F02 a DNS server that never answers ends in a timeout, and the question is called off', async () => {
    const call = lax.fetch(at('silent.example'), { timeoutMilliseconds: 400 });
    await expect(call).rejects.toMatchObject({ reason: 'timeout', message: expect.stringContaining('silent.example') });
    expect(dns.asked).toContain('silent.example');
  });

  it('F02 while 100 such look-ups wait, a look-up of the system is answered', async () => {
    const order: string[] = [];
    const hanging = Array.from({ length: 100 }, (_, index) =>
      lax
        .fetch(at(`n${index}.silent.example`), { timeoutMilliseconds: 2_000 })
        .catch(() => order.push('a silent name')),
    );
    await lookup('localhost');
    order.push('localhost');
    await Promise.all(hanging);
    expect(order[0]).toBe('localhost');
    expect(new Set(dns.asked).size).toBe(100);
  });

  it('F02 localhost, what is below it and the hosts file need no DNS (RFC 6761 6.3)', async () => {
    for (const host of ['localhost', 'app.localhost', 'LOCALHOST', 'localhost.'])
      expect((await lax.fetch(at(host))).status).toBe(200);
    expect(dns.asked).toEqual([]);
  });

  it('T096 F02 what the DNS says is judged as before: one bad address spoils the name', async () => {
    dns.records.set('inner.example', ['93.184.216.34', '127.0.0.1']);
    dns.records.set('metadata.example', ['169.254.169.254']);
    for (const host of ['inner.example', 'metadata.example'])
      await expect(strict.fetch(`https://${host}/`)).rejects.toMatchObject({ reason: 'address_refused' });
    await expect(lax.fetch(at('metadata.example'))).rejects.toMatchObject({ reason: 'address_refused' });
  });
});
