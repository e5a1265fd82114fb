import type { ResourceIssuerOptions } from '../../src/resource-server/index.js';
import { send, type Answer } from '../support/http.js';
import { API, createResourceServer, type ResourceServer } from '../support/resource-server.js';
import { VendorIssuer } from '../support/vendor-issuer.js';

/** Claims as the documentation of each vendor shows them; ids are made up. Options as docs/guides/resource-server.md has them. */
const vendor = await new VendorIssuer().start();
afterAll(() => vendor.stop());

function hostOf(issuer: ResourceIssuerOptions) {
  let host: ResourceServer;
  beforeAll(async () => {
    host = await createResourceServer({ issuers: [issuer], audience: API, allowPrivateNetwork: true });
  });
  afterAll(() => host.close());
  return (bearer: string, path = 'me'): Promise<Answer> => send(`${host.url}/api/${path}`, { bearer });
}

describe('Keycloak', () => {
  const iss = `${vendor.url}/realms/shop`;
  const claims = {
    jti: 'onrtac:0a5bdb5e-7a56-4a4f-9d8e-0d4b9d0a9d11',
    iss,
    aud: [API, 'account'],
    sub: 'f2b0f6ea-31a5-4f0b-8a0b-6b8f7a0b1c2d',
    typ: 'Bearer',
    azp: 'shop-spa',
    sid: '5a3c8c9a-1d2e-4f4e-9f4b-9a1f0e6b7c8d',
    acr: '1',
    'allowed-origins': ['https://shop.example.com'],
    realm_access: { roles: ['default-roles-shop', 'offline_access', 'admin'] },
    resource_access: { account: { roles: ['manage-account'] } },
    scope: 'openid email profile',
    email_verified: true,
    preferred_username: 'ann',
    email: 'ann@example.com',
  };
  vendor.documents[`/realms/shop/.well-known/openid-configuration`] = {
    issuer: iss,
    jwks_uri: `${iss}/protocol/openid-connect/certs`,
    introspection_endpoint: `${iss}/protocol/openid-connect/token/introspect`,
  };
  vendor.documents['/realms/shop/protocol/openid-connect/certs'] = { keys: [vendor.jwk] };
  const get = hostOf({ issuer: iss, type: 'JWT', claims: { typ: 'Bearer' }, roles: 'realm_access.roles' });

  it('200 a user, with the roles of the realm', async () => {
    const { body } = await get(await vendor.sign(claims), 'admin');
    expect(body).toMatchObject({
      kind: 'user',
      issuer: iss,
      subjectId: `${iss}|${claims.sub}`,
      clientId: 'shop-spa',
      scopes: ['openid', 'email', 'profile'],
      roles: ['default-roles-shop', 'offline_access', 'admin'],
      claims: { preferred_username: 'ann', sub: claims.sub },
    });
  });

  it('403 without the role; 401 for its ID and refresh tokens, and for a token of another audience', async () => {
    const other = await vendor.sign({ ...claims, realm_access: { roles: ['default-roles-shop'] } });
    expect((await get(other, 'admin')).body).toMatchObject({
      code: 'FORBIDDEN',
      details: { requiredRoles: ['admin', 'owner'] },
    });
    expect((await get(await vendor.sign({ ...claims, typ: 'ID', aud: 'shop-spa' }))).status).toBe(401);
    expect((await get(await vendor.sign({ ...claims, typ: 'ID' }))).status).toBe(401);
    expect((await get(await vendor.sign({ ...claims, typ: 'Refresh' }))).status).toBe(401);
    expect((await get(await vendor.sign({ ...claims, aud: 'account' }))).status).toBe(401);
  });
});

describe('Auth0', () => {
  const iss = `${vendor.url}/auth0/`;
  const claims = {
    iss,
    sub: 'auth0|65f1c0d2e4b0a1b2c3d4e5f6',
    aud: [API, `${iss}userinfo`],
    azp: 'my_client_id',
    scope: 'openid profile reports:read',
    permissions: ['reports:read'],
    'https://example.com/roles': ['owner'],
  };
  vendor.documents['/auth0/.well-known/openid-configuration'] = {
    issuer: iss,
    jwks_uri: `${iss}.well-known/jwks.json`,
  };
  vendor.documents['/auth0/.well-known/jwks.json'] = { keys: [vendor.jwk] };
  const get = hostOf({ issuer: iss, type: 'JWT', roles: '"https://example.com/roles"' });

  it('200 a user, with scopes and the roles of a namespaced claim', async () => {
    const bearer = await vendor.sign(claims);
    expect((await get(bearer, 'scoped')).body).toMatchObject({
      kind: 'user',
      clientId: 'my_client_id',
      roles: ['owner'],
      claims: { permissions: ['reports:read'] },
    });
    expect((await get(bearer, 'admin')).status).toBe(200);
  });

  it('200 a machine is a client; 401 an ID token, whose audience is its client', async () => {
    const machine = { iss, sub: 'my_client_id@clients', aud: API, azp: 'my_client_id', gty: 'client-credentials' };
    expect((await get(await vendor.sign(machine))).body).toMatchObject({ kind: 'client', clientId: 'my_client_id' });
    const idToken = { iss, sub: claims.sub, aud: 'my_client_id', nonce: 'n', sid: 's', name: 'Ann' };
    expect((await get(await vendor.sign(idToken))).status).toBe(401);
  });
});

describe('Amazon Cognito', () => {
  const iss = `${vendor.url}/eu-west-1_example`;
  const claims = {
    sub: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
    'cognito:groups': ['admin'],
    iss,
    version: 2,
    client_id: 'xxxxxxxxxxxxexample',
    origin_jti: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeef',
    event_id: 'bbbbbbbb-bbbb-cccc-dddd-eeeeeeeeeeee',
    token_use: 'access',
    scope: 'phone openid profile email',
    auth_time: 1_676_313_851,
    jti: 'cccccccc-bbbb-cccc-dddd-eeeeeeeeeeee',
    username: 'ann',
  };
  vendor.documents['/eu-west-1_example/.well-known/openid-configuration'] = {
    issuer: iss,
    jwks_uri: `${iss}/.well-known/jwks.json`,
  };
  vendor.documents['/eu-west-1_example/.well-known/jwks.json'] = { keys: [vendor.jwk] };
  const get = hostOf({
    issuer: iss,
    audience: 'xxxxxxxxxxxxexample',
    audienceClaim: 'client_id',
    type: false,
    claims: { token_use: 'access' },
    roles: 'cognito:groups',
  });

  it('200 an access token, which has neither typ nor aud; its groups are roles', async () => {
    expect((await get(await vendor.sign(claims, {}), 'admin')).body).toMatchObject({
      clientId: 'xxxxxxxxxxxxexample',
      credentialId: claims.jti,
      roles: ['admin'],
      audience: [],
      authenticatedAt: new Date(1_676_313_851_000).toISOString(),
      claims: { username: 'ann' },
    });
  });

  it('401 an ID token of the same user, and an access token of another app', async () => {
    const { client_id: aud, ...rest } = claims;
    expect((await get(await vendor.sign({ ...rest, aud, token_use: 'id' }, {}))).status).toBe(401);
    expect((await get(await vendor.sign({ ...claims, token_use: 'id' }, {}))).status).toBe(401);
    expect((await get(await vendor.sign({ ...claims, client_id: 'another' }, {}))).status).toBe(401);
  });
});
