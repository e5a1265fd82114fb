import { ApiKeysService, JwtService, type StaticClientOptions } from '../../src/index.js';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import { send, type Answer } from '../support/http.js';
import * as exchanges from '../support/token-exchange.js';
import { signUp, type SignedInUser } from '../support/users.js';

const { BILLING, BILLING_API, DESK, LEDGER, ORDERS, ORDERS_API, TYPE, trade } = exchanges;
const DESK_SCOPE = 'openid billing:read';
const GRANTS = [exchanges.EXCHANGE];
/** It exchanges keys and JWTs of sessions. */
const GATE: StaticClientOptions = { ...ORDERS_API, clientId: 'gate', grantTypes: GRANTS };
/** It stands for this server. */
const FRONT: StaticClientOptions = { ...GATE, clientId: 'front', resources: [TEST_ISSUER] };
const HIDDEN: StaticClientOptions = {
  ...DESK,
  clientId: 'hidden',
  metadata: { subject_type: 'pairwise' },
};

describe('kinds of subject tokens', () => {
  let host: TestApp;
  let ada: exchanges.Customer;
  let key: { id: string; key: string };
  let owner: SignedInUser;
  beforeAll(async () => {
    const more = { targets: [BILLING], scopes: ['billing:read', 'read:data'] };
    host = await exchanges.createExchangeHost({
      clients: [GATE, FRONT, HIDDEN],
      exchange: {
        clients: {
          ...exchanges.RULES,
          gate: { ...more, subjectTokenTypes: ['api_key', 'jwt', 'access_token'] },
          front: more,
          hidden: { ...more, subjectTokenTypes: ['id_token'] },
        },
      },
      core: {
        jwt: { audience: [ORDERS, LEDGER] },
        accounts: { session: { scopes: ['billing:read', 'orders:read'] } },
        cacheTtl: '60s',
      },
    });
    ada = await exchanges.customerOf(host, { client: DESK, scope: DESK_SCOPE, resource: undefined });
    owner = await signUp(host.url);
  });
  afterAll(() => host.close());
  beforeEach(async () => {
    key = await host.app
      .get(ApiKeysService)
      .create({ owner: { kind: 'user', id: owner.id }, scopes: ['billing:read'] });
  });

  const tradeId = (client: StaticClientOptions, token: string | undefined) =>
    trade(host, client, token!, { subject_token_type: TYPE.id, resource: BILLING });
  const tradeKey = (text: string, client = GATE) =>
    trade(host, client, text, { subject_token_type: TYPE.apiKey, resource: BILLING });
  const outcome = ({ status, body }: Answer) => [status, body.error];
  const opens = async (token: string) => (await send(`${host.url}/billing`, { bearer: token })).status;
  const REFUSED = [400, 'invalid_request'];

  it('RFC 8693 3 (I6, I17): an ID token of the client itself; what it buys ends with the session', async () => {
    const { status, body } = await tradeId(DESK, ada.tokens.id_token);
    expect([status, body.scope]).toEqual([200, 'billing:read']);
    expect(await opens(body.access_token)).toBe(200);
    expect(await exchanges.introspect(host, BILLING_API, body.access_token)).toMatchObject({
      sub: ada.id,
      client_id: 'desk',
      act: { sub: 'desk' },
      auth_time: exchanges.claimsOf(ada.tokens.id_token!).auth_time,
    });
    expect(body).not.toHaveProperty('id_token');
    const gone = await exchanges.customerOf(host, { client: DESK, scope: DESK_SCOPE, resource: undefined });
    const got = await tradeId(DESK, gone.tokens.id_token);
    await exchanges.signOut(gone);
    expect(await opens(got.body.access_token)).toBe(401);
    expect(outcome(await tradeId(DESK, gone.tokens.id_token))).toEqual(REFUSED);
  });

  it('(I17): a withdrawn consent ends what an ID token has bought, and it buys no more', async () => {
    const bob = await exchanges.customerOf(host, { client: DESK, scope: DESK_SCOPE, resource: undefined });
    const { body } = await tradeId(DESK, bob.tokens.id_token);
    const headers = { cookie: bob.browser.cookie, origin: TEST_ISSUER };
    const url = `${host.url}/api/auth/oauth2/applications/desk`;
    expect((await send(url, { method: 'DELETE', headers })).status).toBeLessThan(300);
    expect(await opens(body.access_token)).toBe(401);
    expect(outcome(await tradeId(DESK, bob.tokens.id_token))).toEqual(REFUSED);
  });

  it('(I6): an ID token of another client is nobody else’s, not even of an API that it was sent to', async () => {
    const shop = await exchanges.customerOf(host);
    expect(outcome(await tradeId(DESK, shop.tokens.id_token))).toEqual(REFUSED);
    expect(outcome(await tradeId(ORDERS_API, shop.tokens.id_token))).toEqual(REFUSED);
  });

  it('(I6, I17): a pairwise client exchanges its own name of the user', async () => {
    const eve = await exchanges.customerOf(host, { client: HIDDEN, scope: DESK_SCOPE, resource: undefined });
    expect(exchanges.claimsOf(eve.tokens.id_token!).sub).not.toBe(eve.id);
    const { status, body } = await tradeId(HIDDEN, eve.tokens.id_token);
    expect([status, (await send(`${host.url}/billing`, { bearer: body.access_token })).body.subjectId]).toEqual([
      200,
      eve.id,
    ]);
  });

  it('T188: no kind of token is taken for another', async () => {
    const signed = await host.app.get(JwtService).sign({}, { subject: ada.id, audience: 'desk' });
    const confused: [StaticClientOptions, string, string][] = [
      [DESK, TYPE.access, ada.tokens.id_token!],
      [DESK, TYPE.id, ada.tokens.access_token],
      [DESK, TYPE.id, signed],
      [GATE, TYPE.jwt, ada.tokens.id_token!],
      [GATE, TYPE.jwt, signed],
      [GATE, TYPE.apiKey, ada.tokens.access_token],
      [GATE, TYPE.access, key.key],
      [GATE, TYPE.jwt, key.key],
      [DESK, TYPE.refresh, ada.tokens.access_token],
      [DESK, 'urn:ietf:params:oauth:token-type:saml2', ada.tokens.access_token],
      [DESK, 'access_token', ada.tokens.access_token],
    ];
    for (const [client, type, token] of confused) {
      const answer = await trade(host, client, token, { subject_token_type: type, resource: BILLING });
      expect([type, ...outcome(answer)]).toEqual([type, ...REFUSED]);
    }
  });

  it('a refresh token buys no access token of another service, even for its own client', async () => {
    const { tokens } = await exchanges.customerOf(host, {
      client: DESK,
      scope: `${DESK_SCOPE} offline_access`,
      resource: undefined,
    });
    const form = { subject_token_type: TYPE.refresh, resource: BILLING };
    expect(outcome(await trade(host, DESK, tokens.refresh_token!, form))).toEqual(REFUSED);
    expect((await trade(host, DESK, tokens.access_token, { resource: BILLING })).status).toBe(200);
  });

  const ends: [string, (id: string) => Promise<unknown>][] = [
    ['deleted', (id) => host.app.get(ApiKeysService).delete(id)],
    ['revoked', (id) => host.app.get(ApiKeysService).revoke(id)],
    ['disabled', (id) => host.app.get(ApiKeysService).update(id, { enabled: false })],
    ['given other scopes', (id) => host.app.get(ApiKeysService).update(id, { scopes: ['read:data'] })],
    ['rotated out', (id) => host.app.get(ApiKeysService).rotate(id, { overlap: 60 })],
  ];
  it.each(ends)('an API key buys a token for its owner, which ends when the key is %s', async (_name, end) => {
    const { status, body } = await tradeKey(key.key);
    expect([status, body.scope]).toEqual([200, 'billing:read']);
    expect((await send(`${host.url}/billing`, { bearer: body.access_token })).body).toMatchObject({
      subjectId: owner.id,
      clientId: 'gate',
      actor: { subjectId: 'gate' },
    });
    const next = await trade(host, BILLING_API, body.access_token, { resource: BILLING });
    await end(key.id);
    expect([await opens(body.access_token), await opens(next.body.access_token)]).toEqual([401, 401]);
    expect((await exchanges.introspect(host, BILLING_API, body.access_token)).active).toBe(false);
  });

  it('an API key with another name keeps what it has bought', async () => {
    const { body } = await tradeKey(key.key);
    await host.app.get(ApiKeysService).update(key.id, { name: 'another' });
    expect(await opens(body.access_token)).toBe(200);
  });

  it('a key of a service, from some addresses only, without scopes, or for a client without that rule: refused', async () => {
    const keys = host.app.get(ApiKeysService);
    const ofService = await keys.create({ owner: { kind: 'service', id: 'robot' }, scopes: ['billing:read'] });
    const local = await keys.create({
      owner: { kind: 'user', id: owner.id },
      scopes: ['billing:read'],
      allowedIps: ['127.0.0.1'],
    });
    const bare = await keys.create({ owner: { kind: 'user', id: owner.id } });
    expect(outcome(await tradeKey(ofService.key))).toEqual(REFUSED);
    expect(outcome(await tradeKey(local.key))).toEqual(REFUSED);
    expect(outcome(await tradeKey(bare.key))).toEqual([400, 'invalid_scope']);
    expect(outcome(await tradeKey(key.key, ORDERS_API))).toEqual(REFUSED);
  });

  it('an exchange counts as one request with the key, and a refused one as none', async () => {
    const keys = host.app.get(ApiKeysService);
    const { key: counted } = await keys.create({
      owner: { kind: 'user', id: owner.id },
      scopes: ['billing:read'],
      remaining: 1,
    });
    expect((await trade(host, GATE, counted, { subject_token_type: TYPE.apiKey, resource: LEDGER })).status).toBe(400);
    expect((await tradeKey(counted)).status).toBe(200);
    expect(outcome(await tradeKey(counted))[0]).toBe(429);
  });

  it('the JWT of a session, for what the client stands for; what it buys ends with the session', async () => {
    const user = await signUp(host.url);
    const jwtFor = async (audience: string) =>
      (await send(`${host.url}/api/auth/token?audience=${encodeURIComponent(audience)}`, { bearer: user.token })).body
        .token;
    const form = { subject_token_type: TYPE.jwt, resource: BILLING };
    const { status, body } = await trade(host, GATE, await jwtFor(ORDERS), form);
    expect([status, body.scope]).toEqual([200, 'billing:read']);
    expect(outcome(await trade(host, GATE, await jwtFor(LEDGER), form))).toEqual(REFUSED);
    expect(await opens(body.access_token)).toBe(200);
    const late = await jwtFor(ORDERS);
    await send(`${host.url}/api/auth/sign-out`, { body: {}, bearer: user.token });
    expect(await opens(body.access_token)).toBe(401);
    expect(outcome(await trade(host, GATE, late, form))).toEqual(REFUSED);
  });

  it('an opaque token of a first-party app is for this server, and for a client that stands for it', async () => {
    const { accessToken } = await signUp(host.url);
    expect(outcome(await trade(host, GATE, accessToken, { resource: BILLING }))).toEqual(REFUSED);
    const { status, body } = await trade(host, FRONT, accessToken, { resource: BILLING });
    expect([status, body.scope]).toEqual([200, 'billing:read']);
    expect((await send(`${host.url}/api/auth/list-sessions`, { bearer: accessToken })).status).toBe(200);
    expect((await send(`${host.url}/api/auth/list-sessions`, { bearer: body.access_token })).status).toBe(401);
  });
});
