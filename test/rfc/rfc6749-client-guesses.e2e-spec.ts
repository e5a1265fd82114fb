import type { TestApp } from '../support/app.js';
import * as oauth from '../support/client-auth.js';
import type { Answer } from '../support/http.js';

const { MACHINE, SPA, basic, proof } = oauth;
const SECOND = { ...MACHINE, clientId: 'second' };

describe('T081 guessing the secrets of clients', () => {
  let host: TestApp;
  let second: TestApp;
  beforeAll(async () => {
    const options = { clients: [MACHINE, SECOND, SPA], auth: { rateLimits: true, trustProxy: ['loopback'] } };
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

  it('per client and address: 429 with Retry-After, for the right secret too, and nobody else is kept out', async () => {
    const address = '198.51.100.1';
    const routes = ['oauth2/token', 'oauth/introspect', 'oauth2/revoke'];
    const guesses = await statuses(20, (index) => from(address, wrong('machine', index), host, routes[index % 3]!));
    expect(guesses).toEqual(Array.from({ length: 20 }, () => 401));
    const late = await from(address, wrong());
    expect([late.status, late.body.error]).toEqual([429, 'temporarily_unavailable']);
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await from(address, proof(MACHINE))).status).toBe(429);
    expect((await from(address, proof(SECOND))).status).toBe(200);
    expect((await from('198.51.100.2', proof(MACHINE))).status).toBe(200);
  });

  it('per address, over many names, known and unknown; counted across processes', async () => {
    const address = '198.51.100.3';
    const guesses = await statuses(100, (index) =>
      from(address, wrong(`client ${index % 50}`), index % 2 === 0 ? host : second),
    );
    expect(new Set(guesses)).toEqual(new Set([401]));
    for (const to of [host, second]) expect((await from(address, proof(MACHINE), to)).status).toBe(429);
  });

  it('the public client that another one names, and assertions, are guesses as well', async () => {
    const address = '198.51.100.4';
    const fields = { grant_type: 'client_credentials', ...oauth.byAssertion('ey.ey.ey') };
    const byAssertion = () => oauth.submit(host, 'oauth2/token', fields, { 'x-forwarded-for': address });
    expect(await statuses(21, byAssertion)).toEqual([...Array.from({ length: 20 }, () => 401), 429]);
  });

  it('success is never counted, and costs no statement for the limits', async () => {
    const address = '198.51.100.5';
    const during = oauth.watchStatements(host);
    await from(address, proof(MACHINE));
    const seen = await during(() => statuses(30, () => from(address, proof(MACHINE))));
    expect(new Set(seen)).toEqual(new Set(['auth_token_family_insert']));
    expect(await statuses(80, () => from(address, proof(MACHINE)))).toEqual(Array.from({ length: 80 }, () => 200));
  });
});
