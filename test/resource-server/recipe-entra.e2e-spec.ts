import type { ResourceIssuerOptions } from '../../src/resource-server/index.js';
import { send } from '../support/http.js';
import { createResourceServer, type ResourceServer } from '../support/resource-server.js';
import { VendorIssuer } from '../support/vendor-issuer.js';

const TENANT = '72f988bf-86f1-41af-91ab-2d7cd011db47';
const OTHER = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a';
const API_ID = '6e74172b-be56-4843-9ff4-e66a39bb12e3';
const vendor = await new VendorIssuer().start();
const v2 = (tenant: string) => `${vendor.url}/${tenant}/v2.0`;
const v1 = (tenant: string) => `${vendor.url}/sts/${tenant}/`;

const claims = {
  aud: API_ID,
  iss: v2(TENANT),
  aio: 'AXQAi/8IAAAA',
  azp: '6e74172b-be56-4843-9ff4-e66a39bb12e4',
  azpacr: '0',
  name: 'Ann',
  oid: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
  preferred_username: 'ann@example.com',
  rh: 'I',
  roles: ['admin'],
  scp: 'access_as_user reports:read',
  sub: 'HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ',
  tid: TENANT,
  uti: 'fqiBqXLPj0eQa82S-IYFAA',
  ver: '2.0',
};

beforeAll(() => {
  const jwksUri = (version: string) => `${vendor.url}/common/discovery/${version}keys`;
  const document = (issuer: string, version: string) => ({ issuer, jwks_uri: jwksUri(version) });
  vendor.documents = {
    '/organizations/v2.0/.well-known/openid-configuration': document(v2('{tenantid}'), 'v2.0/'),
    [`/${TENANT}/v2.0/.well-known/openid-configuration`]: document(v2(TENANT), 'v2.0/'),
    '/common/.well-known/openid-configuration': document(v1('{tenantid}'), ''),
    '/common/discovery/v2.0/keys': { keys: [{ ...vendor.jwk, issuer: v2('{tenantid}') }] },
    '/common/discovery/keys': { keys: [vendor.jwk] },
  };
});
afterAll(() => vendor.stop());

async function using(issuer: ResourceIssuerOptions, test: (host: ResourceServer) => Promise<void>): Promise<void> {
  const host = await createResourceServer({ issuers: [issuer], allowPrivateNetwork: true, cacheTtl: 0 });
  await test(host).finally(() => host.close());
}
const get = (host: ResourceServer, bearer: string, path = 'me') => send(`${host.url}/api/${path}`, { bearer });
const entra = { audience: API_ID, type: 'JWT', roles: 'roles' } as const;
const many = {
  ...entra,
  issuer: v2('{tenantid}'),
  discoveryUri: `${vendor.url}/organizations/v2.0/.well-known/openid-configuration`,
};

describe('Microsoft Entra ID', () => {
  it('200 one tenant: scp are the scopes, app roles are roles', () =>
    using({ ...entra, issuer: v2(TENANT) }, async (host) => {
      expect((await get(host, await vendor.sign(claims), 'admin')).body).toMatchObject({
        kind: 'user',
        issuer: v2(TENANT),
        clientId: claims.azp,
        scopes: ['access_as_user', 'reports:read'],
        roles: ['admin'],
        claims: { oid: claims.oid, tid: TENANT },
      });
      expect((await get(host, await vendor.sign({ ...claims, iss: v2(OTHER), tid: OTHER }))).status).toBe(401);
    }));

  it('200 a daemon is a client: idtyp app', () =>
    using({ ...entra, issuer: v2(TENANT) }, async (host) => {
      const { scp: _scp, name: _name, preferred_username: _user, ...rest } = claims;
      const daemon = await vendor.sign({ ...rest, sub: claims.oid, idtyp: 'app' });
      expect((await get(host, daemon)).body).toMatchObject({ kind: 'client', scopes: [], roles: ['admin'] });
    }));

  it('200 several tenants: {tenantid} takes those that are listed, whose tid is that of the iss', () =>
    using({ ...many, tenants: [TENANT] }, async (host) => {
      expect((await get(host, await vendor.sign(claims))).body).toMatchObject({ issuer: v2(TENANT) });
      const refused = [
        { iss: v2(OTHER), tid: OTHER },
        { iss: v2(TENANT), tid: OTHER },
        { iss: v2(OTHER), tid: TENANT },
        { iss: v2('{tenantid}'), tid: '{tenantid}' },
        { iss: v2('common'), tid: 'common' },
        { iss: `${vendor.url}/${TENANT}/evil/v2.0`, tid: TENANT },
        { iss: v2(TENANT), tid: undefined },
      ];
      for (const change of refused)
        expect([change, (await get(host, await vendor.sign({ ...claims, ...change }))).status]).toEqual([change, 401]);
    }));

  it('200 any tenant, told apart by the issuer; a key of one tenant signs for no other', () =>
    using({ ...many, tenants: 'any' }, async (host) => {
      const theirs = await vendor.sign({ ...claims, iss: v2(OTHER), tid: OTHER });
      expect((await get(host, theirs)).body).toMatchObject({ subjectId: `${v2(OTHER)}|${claims.sub}` });
      vendor.documents['/common/discovery/v2.0/keys'] = { keys: [{ ...vendor.jwk, issuer: v2(TENANT) }] };
      await using({ ...many, tenants: 'any' }, async (fresh) => {
        expect((await get(fresh, theirs)).status).toBe(401);
        expect((await get(fresh, await vendor.sign(claims))).status).toBe(200);
        expect(
          (
            await get(
              fresh,
              await vendor.sign({ ...claims, iss: v2(OTHER), tid: OTHER }, { typ: 'JWT', kid: undefined }),
            )
          ).status,
        ).toBe(401);
      });
      const jwks = { keys: [{ ...vendor.jwk, issuer: v2(TENANT) }] };
      await using({ ...many, tenants: 'any', discoveryUri: undefined, jwks }, async (given) => {
        expect((await get(given, theirs)).status).toBe(401);
        expect((await get(given, await vendor.sign(claims))).status).toBe(200);
      });
    }));

  it('200 tokens of version 1.0: another issuer and document, and appid for azp', () =>
    using(
      {
        ...entra,
        audience: `api://${API_ID}`,
        issuer: v1('{tenantid}'),
        discoveryUri: `${vendor.url}/common/.well-known/openid-configuration`,
        tenants: [TENANT],
      },
      async (host) => {
        const { azp: _azp, ...rest } = claims;
        const old = { ...rest, aud: `api://${API_ID}`, iss: v1(TENANT), appid: 'my-app', ver: '1.0' };
        expect((await get(host, await vendor.sign(old))).body).toMatchObject({
          clientId: 'my-app',
          issuer: v1(TENANT),
        });
      },
    ));
});
