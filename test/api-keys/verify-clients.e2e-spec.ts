import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { API, MACHINE, SPA, proof, submit, tokensFor } from '../support/client-auth.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

const SCOPES = ['openid', 'email', 'offline_access', 'reports:read', 'reports:write', 'api-key:verify'];

describe.each(['express', 'fastify'] as const)('F11: who may have keys verified, on %s', (adapter) => {
  let host: KeyApp;
  let user: SignedInUser;
  let key: string;
  beforeAll(async () => {
    const clients = [{ ...SPA, scopes: SCOPES }, MACHINE];
    const oauthProvider = { clients, scopes: SCOPES };
    host = await createKeyApp(
      {},
      { adapter, auth: { jwt: true, clientCredentials: true, resources: [{ resource: API }], oauthProvider } },
    );
    user = await signUp(host.url);
    key = (await host.issue({ owner: user })).key;
  });
  afterAll(() => host.close());

  const verify = (bearer: string) => send(`${host.url}/api/auth/api-key/verify`, { bearer, body: { key } });

  it('a client that acts for the user: 403 without the scope, and nothing is told or spent', async () => {
    for (const scopes of [['openid'], ['openid', 'email', 'offline_access', 'reports:read']]) {
      const { access_token: token } = await tokensFor(host, SPA, user, { scopes });
      const answer = await verify(token);
      expect([answer.status, answer.body.error]).toEqual([403, 'insufficient_scope']);
      expect(answer.headers.get('www-authenticate')).toContain('scope="api-key:verify"');
      expect(answer.text).not.toContain('valid');
    }
    const { access_token: token } = await tokensFor(host, SPA, user, { scopes: ['openid', 'api-key:verify'] });
    expect((await verify(token)).body.valid).toBe(true);
  });

  it('the user, and a service by its own token', async () => {
    for (const token of [user.token, user.accessToken]) expect((await verify(token)).body.valid).toBe(true);
    const { body } = await submit(host, 'oauth2/token', { grant_type: 'client_credentials' }, proof(MACHINE));
    expect((await verify(body.access_token)).body.valid).toBe(true);
  });

  it('no other route of keys takes a token of a client, whatever its scopes', async () => {
    const { access_token: bearer } = await tokensFor(host, SPA, user, { scopes: SCOPES.slice(0, 4) });
    const routes: [string, object?][] = [
      ['list'],
      ['get?id=x'],
      ['create', {}],
      ['update', { keyId: 'x', name: 'y' }],
      ['delete', { keyId: 'x' }],
      ['revoke', { keyId: 'x' }],
      ['rotate', { keyId: 'x' }],
    ];
    for (const [route, body] of routes)
      expect((await send(`${host.url}/api/auth/api-key/${route}`, { bearer, ...(body && { body }) })).status).toBe(401);
  });
});
