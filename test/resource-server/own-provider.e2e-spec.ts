import { createOAuthApp, MACHINE, proof, RESOURCE_SERVER, submit, tokensFor, WEB } from '../support/client-auth.js';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import { freePort } from '../support/free-port.js';
import { send } from '../support/http.js';
import { API, createResourceServer, type ResourceServer } from '../support/resource-server.js';
import { signUp, type SignedInUser } from '../support/users.js';

const JWT_WEB = { ...WEB, clientId: 'jwt-web', accessTokenFormat: 'jwt' as const };

describe('tokens of our own provider, at a resource server without a database', () => {
  let provider: TestApp;
  let host: ResourceServer;
  let issuer: string;
  let ada: SignedInUser;
  beforeAll(async () => {
    const port = await freePort();
    issuer = `http://127.0.0.1:${port}`;
    const clients = [WEB, JWT_WEB, MACHINE, RESOURCE_SERVER];
    provider = await createOAuthApp({ clients, port, auth: { issuer } });
    host = await createResourceServer({
      issuers: [
        {
          issuer,
          introspection: {
            endpoint: `${issuer}/api/auth/oauth2/introspect`,
            clientId: RESOURCE_SERVER.clientId,
            clientSecret: RESOURCE_SERVER.clientSecret!,
            cacheTtl: 0,
            negativeCacheTtl: 0,
          },
        },
      ],
      audience: API,
      allowPrivateNetwork: true,
      cacheTtl: 0,
    });
    ada = await signUp(provider.url);
  });
  afterAll(async () => {
    await host?.close();
    await provider?.close();
  });
  const me = (bearer: string) => send(`${host.url}/api/me`, { bearer });

  it('200 a JWT for our API, by discovery and key set', async () => {
    const { access_token: token } = await tokensFor(provider, JWT_WEB, ada, { resources: [API] });
    expect((await me(token)).body).toMatchObject({
      kind: 'user',
      issuer,
      subjectId: `${issuer}|${ada.id}`,
      clientId: 'jwt-web',
      credentialType: 'external_jwt',
      scopes: ['email'],
      audience: [API],
    });
  });

  it('200 an opaque token for our API, by introspection, until it is revoked', async () => {
    const { access_token: token } = await tokensFor(provider, WEB, ada, { resources: [API] });
    expect((await me(token)).body).toMatchObject({
      clientId: 'web',
      credentialType: 'external_token',
      scopes: ['email'],
    });
    await submit(provider, 'oauth2/revoke', { token }, proof(WEB));
    expect((await me(token)).status).toBe(401);
  });

  it('200 a client of its own accord is a client', async () => {
    const form = { grant_type: 'client_credentials', resource: API };
    const { body } = await submit(provider, 'oauth2/token', form, proof(MACHINE));
    expect((await me(body.access_token)).body).toMatchObject({ kind: 'client', clientId: 'machine' });
  });

  it('T141 401 tokens for the provider itself, session tokens and refresh tokens', async () => {
    const { access_token: own } = await tokensFor(provider, JWT_WEB, ada);
    const offline = { scopes: ['email', 'offline_access'], resources: [API] };
    const { refresh_token: refresh } = await tokensFor(provider, WEB, ada, offline);
    for (const token of [own, ada.token, ada.accessToken, refresh!]) expect((await me(token)).status).toBe(401);
    expect(TEST_ISSUER).not.toBe(issuer);
  });
});
