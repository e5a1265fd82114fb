import { AuthModule } from '../../src/index.js';
import { testOptions, type TestApp } from '../support/app.js';
import { bootError } from '../support/boot-error.js';
import { API, createOAuthApp, MACHINE, OTHER_API, proof } from '../support/client-auth.js';
import { administer, AdminGuard, CALLBACK, register } from '../support/clients.js';
import { DpopKey } from '../support/dpop.js';
import { askTokens, spentProofs, told, tokenProof, visit } from '../support/dpop-grants.js';
import { REPORTS_PATH, ReportsController } from '../support/dpop-doors.js';
import { createDeviceHost, TV } from '../support/device.js';
import { send } from '../support/http.js';
import { signUp } from '../support/users.js';

const OWN = { grant_type: 'client_credentials' };
const BOUND = { dpop_bound_access_tokens: true };
const JWT = { ...MACHINE, clientId: 'jwt-machine', accessTokenFormat: 'jwt' as const };
const MUST = { ...MACHINE, clientId: 'must', metadata: BOUND };

describe('RFC 9449 5.2: who must prove a key', () => {
  let host: TestApp;
  const resources = [{ resource: API, dpopBoundAccessTokensRequired: true }, { resource: OTHER_API }];
  beforeAll(async () => {
    host = await createOAuthApp({
      clients: [MACHINE, JWT, MUST],
      controllers: [ReportsController],
      provider: { dynamicRegistration: 'open' },
      auth: { resources, administration: { guard: new AdminGuard() } },
    });
  });
  afterAll(() => host.close());

  it.each([MACHINE, JWT])('RFC 9449 5, B6: a client that may is given both kinds, $clientId', async (client) => {
    expect(await askTokens(host, client, OWN)).toMatchObject({ status: 200, body: { token_type: 'Bearer' } });
    for (const algorithm of ['ES256', 'ES384', 'ES512', 'Ed25519', 'PS256'] as const) {
      const key = new DpopKey(algorithm);
      const { status, body } = await askTokens(host, client, OWN, key);
      expect([algorithm, status, body.token_type]).toEqual([algorithm, 200, 'DPoP']);
      expect(await visit(host, REPORTS_PATH, body.access_token, key)).toMatchObject({
        status: 200,
        body: { confirmation: { jkt: key.thumbprint } },
      });
    }
  });

  it('RFC 9449 5.1, RFC 9864 2.2: Ed25519 under its old name is the same key', async () => {
    const key = new DpopKey('Ed25519');
    const { body } = await askTokens(host, MACHINE, OWN, tokenProof(key, { header: { alg: 'EdDSA' } }));
    expect((await visit(host, REPORTS_PATH, body.access_token, key)).status).toBe(200);
  });

  it('RFC 9449 5.2, B8: dpop_bound_access_tokens by options', async () => {
    expect(told(await askTokens(host, MUST, OWN))).toBe('400 invalid_dpop_proof');
    expect(await askTokens(host, MUST, OWN, new DpopKey())).toMatchObject({ body: { token_type: 'DPoP' } });
  });

  it('RFC 9449 5.2, B8: by registration and by administration, and what was asked for is told', async () => {
    const wish = { redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none', ...BOUND };
    for (const { status, body } of [
      await register(host, wish),
      await administer(host, 'POST', 'oauth-clients', wish),
    ]) {
      expect([status, body.dpop_bound_access_tokens]).toEqual([201, true]);
      const client = { clientId: body.client_id };
      const form = { grant_type: 'authorization_code', code: 'x', redirect_uri: CALLBACK };
      expect(told(await askTokens(host, client, form))).toBe('400 invalid_dpop_proof');
      expect(told(await askTokens(host, client, form, new DpopKey()))).toBe('400 invalid_grant');
    }
  });

  it.each(['true', 1, {}, [true]])('RFC 9449 5.2: dpop_bound_access_tokens is a boolean, not %p', async (value) => {
    const { status, body } = await register(host, { redirect_uris: [CALLBACK], dpop_bound_access_tokens: value });
    expect([status, body.error]).toEqual([400, 'invalid_client_metadata']);
  });

  it('B8, B21: a resource that takes bound tokens only', async () => {
    const form = { ...OWN, resource: API };
    expect(told(await askTokens(host, MACHINE, form))).toBe('400 invalid_dpop_proof');
    expect(await askTokens(host, MACHINE, form, new DpopKey())).toMatchObject({ body: { token_type: 'DPoP' } });
    expect(await askTokens(host, MACHINE, { ...OWN, resource: OTHER_API })).toMatchObject({
      body: { token_type: 'Bearer' },
    });
  });

  it('B13: a request that is refused for another reason spends no proof', async () => {
    const before = await spentProofs(host);
    const [key, wrong] = [new DpopKey(), { ...MACHINE, clientSecret: 'wrong' }];
    const once = tokenProof(key);
    expect(told(await askTokens(host, wrong, OWN, once))).toBe('401 invalid_client');
    expect(told(await askTokens(host, MACHINE, { ...OWN, scope: 'more' }, once))).toBe('400 invalid_scope');
    expect(told(await askTokens(host, MACHINE, { ...OWN, resource: 'https://no.example' }, once))).toBe(
      '400 invalid_target',
    );
    expect(told(await askTokens(host, MACHINE, { grant_type: 'none' }, once))).toBe('400 unsupported_grant_type');
    expect(await spentProofs(host)).toBe(before);
    expect((await askTokens(host, MACHINE, OWN, once)).status).toBe(200);
    expect(told(await askTokens(host, MACHINE, OWN, once))).toBe('400 invalid_dpop_proof');
    expect(await spentProofs(host)).toBe(before + 1);
  });

  it('RFC 9449 6.2, RFC 9449 5.1: introspection and discovery tell it', async () => {
    const key = new DpopKey();
    const { body } = await askTokens(host, MACHINE, OWN, key);
    const asked = await send(`${host.url}/api/auth/oauth2/introspect`, {
      body: new URLSearchParams({ token: body.access_token }),
      headers: proof(MACHINE),
    });
    expect(asked.body).toMatchObject({ active: true, token_type: 'DPoP', cnf: { jkt: key.thumbprint } });
    const document = await send(`${host.url}/.well-known/oauth-authorization-server`);
    const algorithms = ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'ES384', 'ES512'];
    expect(document.body.dpop_signing_alg_values_supported).toEqual(algorithms);
  });
});

describe('RFC 9449 5: where every client must', () => {
  it('requireBoundTokens: a client that has registered nothing proves a key as well', async () => {
    const host = await createOAuthApp({ clients: [MACHINE], provider: { requireBoundTokens: 'dpop' } });
    try {
      expect(told(await askTokens(host, MACHINE, OWN))).toBe('400 invalid_dpop_proof');
      expect((await askTokens(host, MACHINE, OWN, new DpopKey())).status).toBe(200);
    } finally {
      await host.close();
    }
  });

  it('RS256 is taken where the option names it, and told', async () => {
    const host = await createOAuthApp({ clients: [MACHINE], auth: { dpop: { algorithms: ['RS256'] } } });
    try {
      expect((await askTokens(host, MACHINE, OWN, new DpopKey('RS256'))).status).toBe(200);
      expect(told(await askTokens(host, MACHINE, OWN, new DpopKey()))).toBe('400 invalid_dpop_proof');
    } finally {
      await host.close();
    }
  });

  it.each<[object, RegExp]>([
    [{ algorithms: [] }, /dpop\.algorithms/],
    [{ algorithms: ['HS256'] }, /dpop\.algorithms: "HS256"/],
    [{ algorithms: ['none'] }, /dpop\.algorithms: "none"/],
    [{ resourceReplay: 'memory' }, /dpop\.resourceReplay/],
    [{ origins: ['api.example.com'] }, /dpop\.origins/],
    [{ proofMaxAge: '2h' }, /dpop\.proofMaxAge/],
    [{ nonce: 'always' }, /dpop\.nonce/],
  ])('options that make no sense stop the boot: %j', async (dpop, text) => {
    expect(await bootError(() => [AuthModule.forRoot(testOptions({ dpop } as never))])).toMatch(text);
  });
});

describe('RFC 9449 5, RFC 8628: the device grant', () => {
  it('polls that wait leave no row; the tokens are bound, and the refresh token of a television as well', async () => {
    const host = await createDeviceHost();
    try {
      const key = new DpopKey();
      const url = 'http://localhost:3000/api/auth/device/token';
      const dpop = () => ({ headers: { dpop: key.proof({ url }) } });
      const user = await signUp(host.url);
      const { body: codes } = await host.ask({ scope: 'openid offline_access' });
      for (let poll = 0; poll < 3; poll++)
        expect(told(await host.pollInTime(codes.device_code, {}, dpop()))).toBe('400 authorization_pending');
      expect(told(await host.pollInTime(codes.device_code, {}, { headers: { dpop: 'proof' } }))).toBe(
        '400 invalid_dpop_proof',
      );
      expect(await spentProofs(host)).toBe(0);
      await host.open(codes.user_code, user);
      await host.decide('approve', codes.user_code, user);
      const { status, body } = await host.pollInTime(codes.device_code, {}, dpop());
      expect([status, body.token_type]).toEqual([200, 'DPoP']);
      expect(await spentProofs(host)).toBe(1);
      const form = { grant_type: 'refresh_token', refresh_token: body.refresh_token };
      expect(told(await askTokens(host, TV, form, new DpopKey()))).toBe('400 invalid_grant');
      expect((await askTokens(host, TV, form, key)).status).toBe(200);
    } finally {
      await host.close();
    }
  });
});
