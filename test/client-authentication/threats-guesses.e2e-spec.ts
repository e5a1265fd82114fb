import type { TestApp } from '../support/app.js';
import * as oauth from '../support/client-auth.js';
import { send, type Answer } from '../support/http.js';

const { MACHINE, SPA, basic, proof } = oauth;
/** 256 bits, as the guide asks for. */
const LONG = { ...MACHINE, clientId: 'long', clientSecret: 'q3Jt0eVwq1m8mV9xY2bC7nZ4uA6sD5fG8hK0lP1rTzE=' };
const SECOND = { ...LONG, clientId: 'second' };
const AT_THE_BOUND = { ...MACHINE, clientId: 'bound', clientSecret: 'c'.repeat(32) };
const BELOW_IT = { ...MACHINE, clientId: 'below', clientSecret: 'c'.repeat(31) };
const SIGNING = {
  ...MACHINE,
  clientId: 'hmac',
  clientSecret: 'a secret that signs, long enough 0123456789',
  tokenEndpointAuthMethod: 'client_secret_jwt' as const,
};

describe('T081 guessing the secrets of clients', () => {
  let host: TestApp;
  let second: TestApp;
  beforeAll(async () => {
    const provider = { dynamicRegistration: 'open' as const };
    const options = {
      provider,
      clients: [MACHINE, LONG, SECOND, AT_THE_BOUND, BELOW_IT, SPA, SIGNING],
      auth: { rateLimits: true, trustProxy: ['loopback'] },
    };
    host = await oauth.createOAuthApp(options);
    second = await oauth.createOAuthApp({ ...options, databaseUrl: host.databaseUrl });
  });
  afterAll(async () => {
    await second.close();
    await host.close();
  });

  const from = (address: string, headers: Record<string, string>, to = host, route = 'oauth2/token') =>
    oauth.submit(
      to,
      route,
      { grant_type: 'client_credentials', token: 'x' },
      { 'x-forwarded-for': address, ...headers },
    );
  const statuses = async (count: number, ask: (index: number) => Promise<Answer>) => {
    const all: number[] = [];
    for (let index = 0; index < count; index++) all.push((await ask(index)).status);
    return all;
  };
  const wrong = (client = 'machine', index = 0) => basic(client, `guess ${index}`);

  it('F07: per client and address: 429 with Retry-After, and never for the right secret of 256 bits', async () => {
    const address = '198.51.100.1';
    const routes = ['oauth2/token', 'oauth/introspect', 'oauth2/revoke'];
    const guesses = await statuses(20, (index) => from(address, wrong('long', index), host, routes[index % 3]!));
    expect(guesses).toEqual(Array.from({ length: 20 }, () => 401));
    const late = await from(address, wrong('long'));
    expect([late.status, late.body.error]).toEqual([429, 'temporarily_unavailable']);
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
    for (const client of [SECOND, LONG]) expect((await from(address, proof(client))).status).toBe(200);
    expect((await from('198.51.100.2', proof(MACHINE))).status).toBe(200);
  });

  it('F07: per address, over many names, known and unknown, counted across processes; the right secret passes in each', async () => {
    const address = '198.51.100.3';
    const guesses = await statuses(100, (index) =>
      from(address, wrong(`client ${index % 50}`), index % 2 === 0 ? host : second),
    );
    expect(new Set(guesses)).toEqual(new Set([401]));
    for (const to of [host, second]) {
      expect((await from(address, wrong('another'), to)).status).toBe(429);
      expect((await from(address, proof(LONG), to)).status).toBe(200);
    }
  });

  it.each([
    ['below', BELOW_IT, 429],
    ['of', AT_THE_BOUND, 200],
  ])('F07: a right secret %s 32 characters, after 20 guesses (RFC 6819 4.3.5.1)', async (_length, client, status) => {
    const address = `198.51.100.${client.clientSecret.length}`;
    expect((await from(address, proof(client))).status).toBe(200);
    await statuses(20, (index) => from(address, wrong(client.clientId, index)));
    expect((await from(address, proof(client))).status).toBe(status);
    const { clientId: client_id, clientSecret: client_secret } = client;
    const form = { grant_type: 'client_credentials', client_id, client_secret };
    const answer = await oauth.submit(host, 'oauth2/token', form, { 'x-forwarded-for': address });
    expect(answer.status).toBe(status);
    // Another process learns of the guesses by the first one that it sees fail itself.
    await from(address, wrong(client.clientId), second);
    expect((await from(address, proof(client), second)).status).toBe(status);
    expect((await from('198.51.100.2', proof(client))).status).toBe(200);
  });

  it('F07: an address full by guesses at other clients holds up short secrets only', async () => {
    const address = '198.51.100.41';
    await statuses(100, (index) => from(address, wrong(`name ${index}`)));
    expect((await from(address, proof(BELOW_IT))).status).toBe(429);
    expect((await from(address, proof(AT_THE_BOUND))).status).toBe(200);
  });

  it('the public client that another one names, and assertions, are guesses as well', async () => {
    const address = '198.51.100.4';
    const fields = { grant_type: 'client_credentials', ...oauth.byAssertion('ey.ey.ey') };
    const byAssertion = () => oauth.submit(host, 'oauth2/token', fields, { 'x-forwarded-for': address });
    expect(await statuses(21, byAssertion)).toEqual([...Array.from({ length: 20 }, () => 401), 429]);
  });

  it('F07: a good assertion passes whatever others have tried from its address', async () => {
    const address = '198.51.100.6';
    await statuses(21, () => from(address, wrong('hmac')));
    expect((await from(address, wrong('hmac'))).status).toBe(429);
    const assertion = await oauth.assertionOf('hmac', new TextEncoder().encode(SIGNING.clientSecret));
    const fields = { grant_type: 'client_credentials', ...oauth.byAssertion(assertion) };
    expect((await oauth.submit(host, 'oauth2/token', fields, { 'x-forwarded-for': address })).status).toBe(200);
  });

  it('F11: a wrong secret costs the same statements for a client that there is, in memory or not, and for one that there is not', async () => {
    const during = oauth.watchStatements(host);
    const { body } = await send(`${host.url}/api/auth/oauth2/register`, { body: { redirect_uris: [oauth.CALLBACK] } });
    const work = (client: string, address: string) => during(() => from(address, wrong(client)));
    const unknown = await work('no-such-client', '198.51.100.7');
    expect(unknown).toContain('auth_oauth_client_find');
    for (const name of [body.client_id, body.client_id, 'no-such-client'])
      expect(await work(name, '198.51.100.8')).toEqual(unknown);
  });

  it('success is never counted, and costs no statement for the limits', async () => {
    const address = '198.51.100.5';
    const during = oauth.watchStatements(host);
    await from(address, proof(MACHINE));
    const seen = await during(() => statuses(30, () => from(address, proof(MACHINE))));
    expect(new Set(seen)).toEqual(new Set(['auth_token_insert_own']));
    expect(await statuses(80, () => from(address, proof(MACHINE)))).toEqual(Array.from({ length: 80 }, () => 200));
  });
});
