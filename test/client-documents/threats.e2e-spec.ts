import type { TestApp } from '../support/app.js';
import { expectErrorPage } from '../support/authorization.js';
import { startDnsServer, type DnsServer } from '../support/dns-server.js';
import { DOCUMENT, startDocumentHost, type DocumentHost } from '../support/document-host.js';
import { begin, createReadingHost, documentClient } from '../support/document-clients.js';
import { send } from '../support/http.js';
import { Navigator, tokenRequest } from '../support/oauth.js';

/** Hosts of addresses that lead inside, in every spelling that some parser takes for one. */
const INSIDE = [
  'localhost',
  'LOCALHOST',
  'client.localhost',
  'localhost.',
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '0177.0.0.1',
  '0x7f.0.0.1',
  '0x7f000001',
  '2130706433',
  '127.0.0.1.',
  '0.0.0.0',
  '0',
  '[::1]',
  '[::]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[2002:7f00:1::1]',
  '[fe80::1]',
  '[fc00::1]',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.0.1',
  '100.64.0.1',
  '169.254.169.254',
  '[fd00:ec2::254]',
  'metadata',
  'metadata.google.internal',
  'printer.local',
  'router.home.arpa',
  '①②⑦.⓪.⓪.①',
  '127.0.0.1%2f@app.example',
  'app.example@127.0.0.1',
  'app.example%23@127.0.0.1',
  'app.example\\@127.0.0.1',
];

describe('T163 T164 a server that strangers make call others', () => {
  let host: TestApp;
  let site: DocumentHost;
  let dns: DnsServer;
  beforeAll(async () => {
    dns = await startDnsServer();
    site = await startDocumentHost();
    host = await createReadingHost({}, {}, { allowPrivateNetwork: false });
  });
  afterAll(async () => {
    await host.close();
    await site.close();
    await dns.close();
  });

  const port = () => new URL(site.at('/')).port;

  it.each(INSIDE)(
    'T163 H10 CIMD 8.6: https://%s is not called, at no endpoint, and costs no statement that writes',
    async (inside) => {
      const id = `https://${inside}:${port()}/id.json`;
      const client = documentClient(id);
      expectErrorPage((await begin(host, client, {}, new Navigator(host))).page);
      expect((await tokenRequest(host, client, { grant_type: 'authorization_code', code: 'x' })).status).toBe(401);
      for (const path of ['par', 'revoke', 'introspect']) {
        const body = new URLSearchParams({ client_id: id, token: 'x' }).toString();
        const headers = { 'content-type': 'application/x-www-form-urlencoded' };
        expect((await send(`${host.url}/api/auth/oauth2/${path}`, { body, headers })).status).toBe(401);
      }
      expect(site.seen).toEqual([]);
      expect(await host.sql('SELECT client_id FROM auth_client_document')).toEqual([]);
    },
  );

  it.each([
    ['loopback', ['127.0.0.1']],
    ['a private network', ['10.1.2.3']],
    ['cloud metadata', ['169.254.169.254']],
    ['a public address and one that is not', ['93.184.216.34', '127.0.0.1']],
  ])('T163 H10: a name that leads to %s is refused', async (_, addresses) => {
    dns.records.set('rebind.example', addresses);
    const client = documentClient(`https://rebind.example:${port()}/id.json`);
    expectErrorPage((await begin(host, client, {}, new Navigator(host))).page);
    expect(dns.asked).toContain('rebind.example');
    expect(site.seen).toEqual([]);
    expect(await host.sql('SELECT client_id FROM auth_client_document')).toEqual([]);
  });

  it('T164 H10 CIMD 8.6: neither are the keys that a document names, when they are needed', async () => {
    const lax = await createReadingHost();
    dns.records.set('keys.example', ['169.254.169.254']);
    try {
      const id = site.put('/keys.json', {
        ...DOCUMENT,
        token_endpoint_auth_method: 'private_key_jwt',
        jwks_uri: 'https://keys.example/jwks',
        logo_uri: site.at('/logo.png'),
        client_uri: site.at('/'),
        policy_uri: site.at('/policy'),
        tos_uri: site.at('/terms'),
      });
      const { page, browser } = await begin(lax, documentClient(id));
      await browser.get(page.location!);
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: id, sub: id, aud: 'http://localhost:3000', jti: 'j', iat: now, exp: now + 60 };
      const assertion = `${part({ alg: 'ES256', kid: 'a' })}.${part(claims)}.${'A'.repeat(86)}`;
      const answer = await tokenRequest(lax, documentClient(id), {
        grant_type: 'authorization_code',
        code: 'x',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      });
      expect([401, 503]).toContain(answer.status);
      expect(dns.asked).toContain('keys.example');
      // Of all addresses in it, only its keys are ever fetched.
      expect(site.seen).toEqual(['/keys.json']);
    } finally {
      await lax.close();
    }
  });
});

describe('T166 H11 CIMD 8.7: a server that strangers make call others too often', () => {
  let host: TestApp;
  let site: DocumentHost;
  beforeAll(async () => {
    site = await startDocumentHost();
    host = await createReadingHost(
      { limits: { perMinute: 6, perOrigin: 4, perAddress: 9 } },
      {},
      { rateLimits: true, trustProxy: ['loopback'], cacheTtl: 0 },
    );
  });
  afterAll(async () => {
    await host.close();
    await site.close();
  });

  const asking = async (id: string, address: string) => {
    const query = new URLSearchParams({
      client_id: id,
      response_type: 'code',
      redirect_uri: 'https://app.example/callback',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
      scope: 'openid',
    });
    const answer = await send(`${host.url}/api/auth/oauth2/authorize?${query}`, {
      headers: { accept: 'text/html', 'x-forwarded-for': address },
    });
    return answer.status;
  };
  const put = (path: string, name?: string) => site.put(path, DOCUMENT, {}, name);

  it('T166 by origin, in all, and by caller; above that an error page, nothing waits, and known clients go on', async () => {
    const known = put('/known.json', 'gone');
    expect(await asking(known, '203.0.113.1')).toBe(302);
    // One origin, many callers.
    const statuses: number[] = [];
    for (let index = 0; index < 6; index++)
      statuses.push(await asking(put(`/o${index}.json`), `203.0.113.${10 + index}`));
    expect(statuses).toEqual([302, 302, 302, 302, 429, 429]);
    expect(site.seen).not.toContain('/o4.json');
    // Another origin: five of six were used in all.
    expect(await asking(put('/p0.json', 'other'), '203.0.113.20')).toBe(302);
    expect(await asking(put('/p1.json', 'other'), '203.0.113.20')).toBe(429);
    // A known client is read again from a purse of its own.
    await host.sql(`UPDATE auth_client_document SET fresh_until = now() - interval '1 second' WHERE client_id = $1`, [
      known,
    ]);
    expect(await asking(known, '203.0.113.30')).toBe(302);
    expect(site.seen.filter((path) => path === '/known.json')).toHaveLength(2);
    // One caller, whatever they name.
    await host.sql('DELETE FROM auth_rate_limit');
    const caller: number[] = [];
    for (let index = 0; index < 10; index++)
      caller.push(await asking(`https://nobody-${index}.localhost:1/x`, '203.0.113.40'));
    expect(caller).toEqual([400, 400, 400, 400, 400, 400, 429, 429, 429, 429]);
  });

  it('T166 at once no more than a few of one host; the others are refused and do not wait', async () => {
    await host.sql('DELETE FROM auth_rate_limit');
    const slow = await createReadingHost();
    try {
      const ids = Array.from({ length: 7 }, (_, index) => site.at(`/slow${index}.json`));
      for (const id of ids) site.answer(new URL(id).pathname, () => undefined);
      const begun = performance.now();
      const pages = await Promise.all(ids.map((id) => begin(slow, documentClient(id), {}, new Navigator(slow))));
      expect(pages.map(({ page }) => page.status).toSorted()).toEqual([400, 400, 400, 400, 429, 429, 429]);
      expect(performance.now() - begun).toBeLessThan(6_000);
    } finally {
      await slow.close();
    }
  });
});
