import { IntrospectionEndpoint } from '../support/introspection-endpoint.js';
import { send } from '../support/http.js';
import { OutsideIssuer } from '../support/outside-issuer.js';
import { API, createResourceServer, type ResourceServer } from '../support/resource-server.js';

const endpoint = await new IntrospectionEndpoint().start();
const issuer = await new OutsideIssuer().start();

describe("RFC 7662: with tokens: 'jwt' JWTs are asked about, so that revoked ones end", () => {
  let host: ResourceServer;
  beforeAll(async () => {
    const introspection = {
      endpoint: endpoint.url,
      clientId: 'api',
      clientSecret: 's',
      cacheTtl: 0,
      tokens: 'jwt',
    } as const;
    host = await createResourceServer({
      issuers: [{ issuer: issuer.url, introspection }],
      audience: API,
      allowPrivateNetwork: true,
    });
  });
  afterAll(async () => {
    await host.close();
    await Promise.all([endpoint.stop(), issuer.stop()]);
  });

  it('200 while it is active and 401 once it is revoked; opaque tokens are refused unasked', async () => {
    const bearer = await issuer.token({ aud: API });
    endpoint.answer = () => ({ active: true, sub: 'their-user', aud: API, token_type: 'bearer' });
    const answer = await send(`${host.url}/api/me`, { bearer });
    expect(answer.body).toMatchObject({ issuer: issuer.url, credentialType: 'external_token', expiresAt: null });
    endpoint.answer = () => ({ active: false });
    expect((await send(`${host.url}/api/me`, { bearer })).status).toBe(401);
    expect(endpoint.calls).toHaveLength(2);
    expect((await send(`${host.url}/api/me`, { bearer: 'opaque' })).status).toBe(401);
    expect([endpoint.calls.length, issuer.requests]).toEqual([2, []]);
  });
});
