import { OAuthClientsService, type SeedClient } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { administer, CALLBACK, clientCount, createClientHost, provesItself, SMALLEST } from '../support/clients.js';
import { send } from '../support/http.js';
import { providerOptions } from '../support/oauth.js';
import { signUp } from '../support/users.js';

const API = 'https://api.example';

describe('administration of OAuth clients', () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createClientHost({}, { resources: [{ resource: API }] });
  });
  afterAll(() => host.close());

  const make = (body: object) => administer(host, 'POST', 'oauth-clients', body);

  it('403 without the right to it, 404 where it is off', async () => {
    for (const path of ['oauth-clients', 'initial-access-tokens'])
      expect((await send(`${host.url}/api/auth/admin/${path}`)).status).toBe(403);
    const off = await createTestApp({ databaseUrl: host.databaseUrl, auth: providerOptions() });
    try {
      expect((await administer(off, 'GET', 'oauth-clients')).status).toBe(404);
    } finally {
      await off.close();
    }
  });

  it('201 with policy; registration need not be switched on', async () => {
    const owner = await signUp(host.url);
    const policy = {
      requirePkce: false,
      skipConsent: true,
      firstParty: true,
      clientCredentialsScopes: ['reports:read'],
      resources: [API],
      accessTokenFormat: 'jwt',
    };
    const grants = ['authorization_code', 'refresh_token', 'client_credentials'];
    const { status, body } = await make({ ...SMALLEST, grant_types: grants, policy, ownerId: owner.id });
    expect(status).toBe(201);
    expect(body).toMatchObject({ policy, registeredBy: 'administration', userId: owner.id, grant_types: grants });
    expect(await provesItself(host, body.client_id, body.client_secret)).toBe(true);
    const own = await send(`${host.url}/api/auth/oauth2/get-client?client_id=${body.client_id}`, {
      bearer: owner.token,
    });
    expect(own.status).toBe(200);
    expect(own.body).not.toHaveProperty('policy');
  });

  it.each<[string, object]>([
    ['a scope that there is not', { clientCredentialsScopes: ['admin'] }],
    ['T106 a user scope for the client itself', { clientCredentialsScopes: ['openid'] }],
    ['a resource that there is not', { resources: ['https://other.example'] }],
  ])('400 for %s in the policy', async (_, policy) => {
    const before = await clientCount(host);
    const answer = await make({ ...SMALLEST, policy });
    expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_CLIENT_METADATA']);
    const odd = await make({ ...SMALLEST, policy: { skipConsent: 'yes' } });
    expect([odd.status, odd.body.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(await clientCount(host)).toBe(before);
  });

  it('lists, by page, owner and name', async () => {
    const owner = await signUp(host.url);
    const ids: string[] = [];
    for (const name of ['Alpha 100%', 'Beta', 'Gamma'])
      ids.unshift((await make({ ...SMALLEST, client_name: name, ownerId: owner.id })).body.client_id);
    const list = async (query: string) => {
      const { body } = await administer(host, 'GET', `oauth-clients?${query}`);
      return { total: body.total, ids: body.clients.map((client: { client_id: string }) => client.client_id) };
    };
    expect(await list(`ownerId=${owner.id}`)).toEqual({ total: 3, ids });
    expect(await list(`ownerId=${owner.id}&limit=1&offset=1`)).toEqual({ total: 3, ids: [ids[1]] });
    expect(await list(`search=${encodeURIComponent('100%')}`)).toEqual({ total: 1, ids: [ids[2]] });
    expect(await list(`search=${ids[0]}`)).toEqual({ total: 1, ids: [ids[0]] });
    expect((await administer(host, 'GET', 'oauth-clients?limit=501')).status).toBe(400);
  });

  it('PATCH merges metadata and policy', async () => {
    const { body: made } = await make({ ...SMALLEST, client_name: 'A', policy: { skipConsent: true } });
    const change = { client_name: 'B', redirect_uris: ['https://client.example/x'], policy: { requirePkce: true } };
    const { status, body } = await administer(host, 'PATCH', `oauth-clients/${made.client_id}`, change);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      client_name: 'B',
      redirect_uris: ['https://client.example/x'],
      policy: { skipConsent: true, requirePkce: true },
    });
    expect(await provesItself(host, made.client_id, made.client_secret)).toBe(true);
  });

  it('a secret is rotated, with an overlap', async () => {
    const { body: made } = await make(SMALLEST);
    const route = `oauth-clients/${made.client_id}/rotate-secret`;
    const { body } = await administer(host, 'POST', route, { overlapSeconds: 60 });
    for (const secret of [made.client_secret, body.client_secret])
      expect(await provesItself(host, made.client_id, secret)).toBe(true);
  });

  it.each([
    ['GET', ''],
    ['PATCH', ''],
    ['DELETE', ''],
    ['POST', '/disable'],
    ['POST', '/enable'],
    ['POST', '/rotate-secret'],
  ])('404 %s unknown%s', async (method, path) => {
    const body = method === 'PATCH' || path === '/rotate-secret' ? {} : undefined;
    expect((await administer(host, method, `oauth-clients/unknown${path}`, body)).status).toBe(404);
  });

  describe('seeds', () => {
    const service = () => host.app.get(OAuthClientsService);
    const seed: SeedClient = {
      client_id: 'seeded client',
      client_secret: 'the first secret of the seed',
      redirect_uris: [CALLBACK],
      grant_types: ['authorization_code', 'client_credentials'],
      scope: 'openid read:data',
      require_pkce: false,
    };

    it('are inserted, and again become what is given; the other way to send the secret is taken too', async () => {
      await service().seed([seed]);
      await service().seed([seed]);
      expect(await provesItself(host, seed.client_id, seed.client_secret!)).toBe(true);
      expect(await service().get(seed.client_id)).toMatchObject({
        policy: { requirePkce: false, clientCredentialsScopes: ['read:data'] },
      });
      const form = { client_id: seed.client_id, client_secret: seed.client_secret!, grant_type: 'authorization_code' };
      const answer = await send(`${host.url}/api/auth/oauth2/token`, {
        body: new URLSearchParams(form).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
      expect(answer.status).toBe(400);
      await service().seed([{ ...seed, client_secret: 'another secret', client_name: 'New' }]);
      expect(await provesItself(host, seed.client_id, seed.client_secret!)).toBe(false);
      expect(await provesItself(host, seed.client_id, 'another secret')).toBe(true);
    });

    it('a deleted one is there again, a disabled one stays disabled', async () => {
      await service().delete(seed.client_id);
      expect(await provesItself(host, seed.client_id, 'another secret')).toBe(false);
      await service().seed([seed]);
      expect(await provesItself(host, seed.client_id, seed.client_secret!)).toBe(true);
      await service().disable(seed.client_id);
      await service().seed([seed]);
      expect(await provesItself(host, seed.client_id, seed.client_secret!)).toBe(false);
    });

    it.each<[string, Record<string, unknown>]>([
      ['client "x": redirect_uris', { redirect_uris: ['javascript:x'] }],
      ['client "x": client_secret', { token_endpoint_auth_method: 'client_secret_basic', client_secret: undefined }],
      ['client "x": scope', { scope: 'admin' }],
    ])('say what is wrong: %s', async (text, change) => {
      const bad = { client_id: 'x', client_secret: 's', redirect_uris: [CALLBACK], ...change } as SeedClient;
      await expect(service().seed([bad])).rejects.toThrow(text);
    });
  });
});
