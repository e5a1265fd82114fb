import { createTestApp, type TestApp } from '../support/app.js';
import { askTokens, tokenProof } from '../support/dpop-grants.js';
import { DpopKey } from '../support/dpop.js';
import { MACHINE } from '../support/client-auth.js';
import { preflight } from '../support/cors.js';
import { basic, AUTHORIZE, providerOptions, WEB } from '../support/oauth.js';
import { send } from '../support/http.js';

const ORIGIN = 'https://spa.example';
const ROUTES = ['token', 'par', 'userinfo', 'revoke', 'register', 'jwks'];

describe.each(['express', 'fastify'] as const)('B19, 0.5: scripts on %s', (adapter) => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({
      adapter,
      auth: providerOptions(
        {
          clients: [WEB, MACHINE],
          corsOrigins: [ORIGIN],
          dynamicRegistration: 'open',
        } as never,
        { clientCredentials: true, dpop: { nonce: 'required' } },
      ),
    });
  });
  afterAll(() => host.close());

  const listOf = (headers: Headers, name: string) => (headers.get(name) ?? '').toLowerCase().split(/, */);

  it.each(ROUTES)('0.5: a preflight of oauth2/%s allows DPoP', async (route) => {
    const { headers } = await preflight(
      `${host.url}/api/auth/oauth2/${route}`,
      ORIGIN,
      route === 'userinfo' || route === 'jwks' ? 'GET' : 'POST',
    );
    expect(listOf(headers, 'access-control-allow-headers')).toContain('dpop');
  });

  it('0.5, RFC 9449 8: a nonce can be read by the script that is told to use it', async () => {
    const key = new DpopKey();
    const ask = (dpop: string) =>
      send(`${host.url}/api/auth/oauth2/token`, {
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
        headers: { ...basic(MACHINE.clientId, MACHINE.clientSecret!), dpop, origin: ORIGIN },
      });
    const first = await ask(tokenProof(key));
    expect(first.body.error).toBe('use_dpop_nonce');
    expect(first.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    const exposed = listOf(first.headers, 'access-control-expose-headers');
    expect(exposed).toEqual(expect.arrayContaining(['dpop-nonce', 'www-authenticate']));
    expect((await ask(tokenProof(key, { nonce: first.headers.get('dpop-nonce')! }))).status).toBe(200);
    expect((await askTokens(host, MACHINE, { grant_type: 'client_credentials' }, key)).status).toBe(400);
  });

  it('L1: never at authorize', async () => {
    const { headers } = await preflight(host.url + AUTHORIZE, ORIGIN, 'GET');
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('access-control-allow-headers')).toBeNull();
    const asked = await send(host.url + AUTHORIZE, { headers: { origin: ORIGIN, dpop: 'x' } });
    expect(asked.headers.get('access-control-allow-origin')).toBeNull();
    expect(asked.headers.get('access-control-expose-headers')).toBeNull();
  });
});
