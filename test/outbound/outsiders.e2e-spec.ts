import { ClientCredentialsService } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { startDnsServer, type DnsServer } from '../support/dns-server.js';
import { Navigator, providerOptions } from '../support/oauth.js';
import { outboundTo } from '../support/outbound.js';
import { ask, clientKey, jarClient, requestClaims, signObject, type ClientKey } from '../support/request-objects.js';
import { granted, startUpstream, type Upstream } from '../support/upstream.js';

const CROWD = 60;

describe('F02 what outsiders have us fetch (RFC 9101 10.4.1)', () => {
  let dns: DnsServer;
  let site: Upstream;
  let provider: Upstream;
  let key: ClientKey;
  let host: TestApp;

  beforeEach(async () => {
    [dns, site, provider, key] = await Promise.all([
      startDnsServer(),
      startUpstream(),
      startUpstream(),
      clientKey('RS256', 'k'),
    ]);
    const jwks = { keys: [key.publicJwk] };
    const silent = Array.from({ length: CROWD }, (_, index) =>
      jarClient(`silent-${index}`, { jwks, request_uris: [`https://n${index}.silent.example/object`] }),
    );
    const clients = [jarClient('jar', { jwks, request_uris: [`${site.origin}/object`] }), ...silent];
    host = await createTestApp({
      auth: providerOptions(
        { requestObjects: true, clients },
        { allowPrivateNetwork: true, clientCredentials: { outbound: outboundTo(provider, ['api']) } },
      ),
    });
    const object = await signObject(key, requestClaims('jar'));
    site.answer((_, response) => void response.end(object));
    provider.answer(granted());
  });
  afterEach(async () => {
    await host.close();
    await Promise.all([dns.close(), site.close(), provider.close()]);
  });

  const authorize = async (clientId: string, request_uri: string) => {
    const { status, location = '' } = await ask(new Navigator(host), clientId, { request_uri });
    return { status, location };
  };

  it.each([
    ['at once', 300],
    ['in waves', 25],
  ])('F02 300 requests with one request_uri, %s, are a few GETs, and all of them are served', async (_, width) => {
    for (let sent = 0; sent < 300; sent += width) {
      const answers = await Promise.all(
        Array.from({ length: width }, () => authorize('jar', `${site.origin}/object#${sent}`)),
      );
      for (const { status, location } of answers)
        expect([status, location]).toEqual([302, expect.not.stringContaining('error=')]);
    }
    expect(site.seen.length).toBeLessThan(100);
  });

  it('F02 while look-ups for outsiders hang, our own call for a token goes out and comes back first', async () => {
    const order: string[] = [];
    const hanging = Array.from({ length: CROWD }, (_, index) =>
      authorize(`silent-${index}`, `https://n${index}.silent.example/object`).then((answer) => {
        order.push('outsider');
        return answer;
      }),
    );
    await host.app.get(ClientCredentialsService).getToken('api');
    order.push('own');
    expect(order).toEqual(['own']);
    for (const { status, location } of await Promise.all(hanging)) {
      expect(status).toBe(302);
      expect(location).toMatch(/error=(?:invalid_request_uri|temporarily_unavailable)/);
    }
  });

  it('F02 a name that let us wait in vain is not asked for again at once', async () => {
    const again = () => authorize('silent-0', 'https://n0.silent.example/object');
    expect((await again()).location).toContain('error=invalid_request_uri');
    dns.asked.length = 0;
    for (let count = 0; count < 5; count++) expect((await again()).location).toContain('error=invalid_request_uri');
    expect(dns.asked).toEqual([]);
  });
});
