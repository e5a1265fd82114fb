import { createTestApp, type TestApp } from '../support/app.js';
import { TEST_CLIENTS } from '../support/client-tokens.js';
import { send } from '../support/http.js';

const NAMES = ['openid-configuration', 'oauth-authorization-server'];

describe.each(['express', 'fastify'] as const)('addresses of the metadata on %s', (adapter) => {
  let host: TestApp;
  const startWith = async (issuer: string, prefix?: string) => {
    host = await createTestApp({
      adapter,
      auth: { issuer, jwt: true, oauthProvider: { clients: TEST_CLIENTS } },
      configure: (app) => prefix !== undefined && app.setGlobalPrefix(prefix),
    });
  };
  afterEach(() => host.close());

  const expectDocument = async (path: string, issuer: string, base: string) => {
    const answer = await send(`${host.url}${path}`);
    expect([path, answer.status, answer.body.issuer]).toEqual([path, 200, issuer]);
    expect(answer.body.token_endpoint).toBe(`${base}/oauth2/token`);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('cache-control')).toMatch(/^public, max-age=\d+$/);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect((await send(`${host.url}${path}`, { method: 'HEAD' })).status).toBe(200);
  };

  it('RFC 8414 3, OIDC Discovery 4 at the root, and below our prefix', async () => {
    const issuer = 'http://localhost:3000';
    await startWith(issuer);
    for (const name of NAMES) {
      await expectDocument(`/.well-known/${name}`, issuer, `${issuer}/api/auth`);
      await expectDocument(`/api/auth/.well-known/${name}`, issuer, `${issuer}/api/auth`);
    }
  });

  it('RFC 8414 3.1 an issuer with a path: behind the well-known part, and before it as OIDC Discovery 4.1 has it', async () => {
    const issuer = 'https://auth.example/tenant';
    await startWith(issuer);
    const base = `${issuer}/api/auth`;
    await expectDocument('/.well-known/oauth-authorization-server/tenant', issuer, base);
    await expectDocument('/tenant/.well-known/openid-configuration', issuer, base);
    // For a proxy that takes the path away.
    await expectDocument('/.well-known/openid-configuration', issuer, base);
  });

  it('a global prefix of the host moves the endpoints and what is said of them, not the documents', async () => {
    const issuer = 'http://localhost:3000';
    await startWith(issuer, 'v1');
    const base = `${issuer}/v1/api/auth`;
    await expectDocument('/.well-known/openid-configuration', issuer, base);
    await expectDocument('/v1/api/auth/.well-known/openid-configuration', issuer, base);
    expect((await send(`${host.url}/v1/api/auth/oauth2/userinfo`)).status).toBe(401);
  });

  it('RFC 9110 15.5.6 405 with Allow for other methods, in the OAuth shape', async () => {
    await startWith('http://localhost:3000');
    for (const path of ['/.well-known/openid-configuration', '/api/auth/.well-known/oauth-authorization-server'])
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        const answer = await send(`${host.url}${path}`, { method });
        expect([method, answer.status, answer.body.error]).toEqual([method, 405, 'invalid_request']);
        expect(answer.headers.get('allow')).toBe('GET, HEAD');
      }
  });
});
