import { AuthEvents, type AnyAuthEvent } from '../../src/index.js';
import type { TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import * as exchanges from '../support/token-exchange.js';

const { AGENT, BILLING, BILLING_API, LEDGER, ORDERS_API, SHOP, TYPE, trade } = exchanges;
const NO_TOKEN = 'The subject token is malformed, unknown, has ended, or is not for this client';

describe.each(['opaque', 'jwt'] as const)('token exchange of %s access tokens', (format) => {
  let host: TestApp;
  let ada: exchanges.Customer;
  const events: AnyAuthEvent[] = [];
  beforeAll(async () => {
    host = await exchanges.createExchangeHost({ format });
    host.app.get(AuthEvents).onAny((event) => void events.push(event));
    ada = await exchanges.customerOf(host);
  });
  afterAll(() => host.close());
  beforeEach(() => void events.splice(0));

  const subject = () => ada.tokens.access_token;

  it('RFC 8693 2.2.1 (I2): the answer says what was issued, and never has a refresh token', async () => {
    const answer = await trade(host, ORDERS_API, subject(), { resource: BILLING });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body).toEqual({
      access_token: expect.any(String),
      issued_token_type: TYPE.access,
      token_type: 'Bearer',
      expires_in: expect.any(Number),
      expires_at: expect.any(Number),
      scope: 'billing:read ledger:read',
    });
    expect(answer.body.access_token.startsWith('ey')).toBe(format === 'jwt');
  });

  it('RFC 8693 4.1 (I4, I10): principal and introspection show who acts, and the subject stays the user', async () => {
    const { body } = await trade(host, ORDERS_API, subject(), { resource: BILLING });
    const { body: seen } = await send(`${host.url}/billing`, { bearer: body.access_token });
    expect(seen).toMatchObject({
      kind: 'user',
      subjectId: ada.id,
      clientId: 'orders',
      actor: { subjectId: 'orders', issuer: null, actor: null },
    });
    const told = await exchanges.introspect(host, BILLING_API, body.access_token);
    expect(told).toMatchObject({
      active: true,
      sub: ada.id,
      client_id: 'orders',
      act: { sub: 'orders' },
      aud: BILLING,
    });
    if (format === 'jwt')
      expect(exchanges.claimsOf(body.access_token)).toMatchObject({
        sub: ada.id,
        client_id: 'orders',
        act: { sub: 'orders' },
        aud: BILLING,
        scope: 'billing:read ledger:read',
      });
  });

  it('RFC 8693 4.1 (I4): a chain names the last actor first, and keeps the subject', async () => {
    const first = await trade(host, ORDERS_API, subject(), { resource: BILLING });
    const second = await trade(host, BILLING_API, first.body.access_token, { resource: LEDGER });
    const { body: seen } = await send(`${host.url}/ledger`, { bearer: second.body.access_token });
    expect(seen).toMatchObject({
      subjectId: ada.id,
      clientId: 'billing',
      actor: { subjectId: 'billing', actor: { subjectId: 'orders', actor: null } },
      scopes: ['ledger:read'],
    });
  });

  it('(I8): at most four actors, one after the other', async () => {
    let token = subject();
    const hops = [
      [ORDERS_API, BILLING],
      [BILLING_API, BILLING],
      [BILLING_API, BILLING],
      [BILLING_API, BILLING],
    ] as const;
    for (const [client, resource] of hops) {
      const { status, body } = await trade(host, client, token, { resource });
      expect(status).toBe(200);
      token = body.access_token;
    }
    const { status, body } = await trade(host, BILLING_API, token, { resource: BILLING });
    expect([status, body.error, body.error_description]).toEqual([
      400,
      'invalid_request',
      'This exchange is not allowed',
    ]);
    const { act } = await exchanges.introspect(host, BILLING_API, token);
    expect(JSON.stringify(act).match(/"sub"/g)).toHaveLength(4);
  });

  it('RFC 8693 2.1 (I1, I4): an actor token names who acts, if the options let them', async () => {
    const mine = await exchanges.ownToken(host, AGENT, exchanges.ORDERS);
    const form = { resource: BILLING, actor_token: mine, actor_token_type: TYPE.access };
    const { status, body } = await trade(host, ORDERS_API, subject(), form);
    expect([status, (await exchanges.introspect(host, BILLING_API, body.access_token)).act]).toEqual([
      200,
      { sub: 'agent' },
    ]);
    const refused = await trade(host, BILLING_API, body.access_token, { ...form, resource: LEDGER });
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_request']);
    expect(refused.body.error_description).toContain('The actor token');
  });

  it('(I8): exp is that of the subject token at most', async () => {
    await host.sql(
      `UPDATE auth_token SET expires_at = now() + interval '50 seconds' WHERE id IN (
      SELECT t.id FROM auth_token t JOIN auth_token_family f ON f.id = t.family_id WHERE f.subject = $1 AND t.client_id IS NULL AND t.kind = 'access')`,
      [ada.id],
    );
    const { body } = await trade(host, ORDERS_API, subject(), { resource: BILLING });
    expect(body.expires_in).toBeLessThanOrEqual(50);
    expect(body.expires_in).toBeGreaterThan(40);
    if (format === 'jwt') expect(exchanges.claimsOf(body.access_token).exp).toBeLessThanOrEqual(body.expires_at + 1);
    ada = await exchanges.customerOf(host);
  });

  it('events tell client, subject, actor, mode and family, and no token', async () => {
    const { body } = await trade(host, ORDERS_API, subject(), { resource: BILLING, scope: 'billing:read' });
    const told = events.filter(({ name }) => name === 'tokens.exchanged');
    expect(told).toMatchObject([
      {
        event: {
          clientId: 'orders',
          subjectId: ada.id,
          actorId: 'orders',
          mode: 'delegation',
          subjectTokenType: TYPE.access,
          subjectClientId: 'shop',
          audience: [BILLING],
          scopes: ['billing:read'],
          familyId: expect.any(String),
        },
      },
    ]);
    expect(JSON.stringify(events)).not.toContain(body.access_token);
    expect(JSON.stringify(events)).not.toContain(subject());
  });

  it('RFC 8693 2.1 (I6): whose token? of the client itself, or for what it stands for; else refused in one text', async () => {
    const { body: foreign } = await trade(host, ORDERS_API, subject(), { resource: BILLING });
    const ended = await exchanges.customerOf(host);
    await exchanges.signOut(ended);
    const cases = [
      [BILLING_API, subject()],
      [ORDERS_API, foreign.access_token + 'x'],
      [exchanges.LEDGER_API, foreign.access_token],
      [ORDERS_API, ended.tokens.access_token],
      [ORDERS_API, 'nonsense'],
      [ORDERS_API, ada.tokens.id_token!],
      [ORDERS_API, await exchanges.ownToken(host, AGENT, exchanges.ORDERS)],
    ] as const;
    for (const [client, token] of cases) {
      const { status, body } = await trade(host, client, token, {
        resource: client === exchanges.LEDGER_API ? LEDGER : client === BILLING_API ? LEDGER : BILLING,
      });
      expect([status, body.error, body.error_description]).toEqual([400, 'invalid_request', NO_TOKEN]);
    }
    expect((await trade(host, ORDERS_API, foreign.access_token, { resource: BILLING })).status).toBe(200);
  });

  it('(I8): acr, amr, auth_time and roles are carried over unchanged', async () => {
    await host.sql(
      `UPDATE auth_token_family SET context = COALESCE(context, '{}') || '{"acr":"urn:loa:2","amr":["pwd","otp"],"roles":["buyer"]}'
      WHERE subject = $1 AND client_id = 'shop'`,
      [ada.id],
    );
    const before = await exchanges.introspect(host, SHOP, subject());
    const { body } = await trade(host, ORDERS_API, subject(), { resource: BILLING });
    const after = await exchanges.introspect(host, BILLING_API, body.access_token);
    for (const member of ['acr', 'amr', 'auth_time', 'roles', 'sid', 'sub'])
      expect([member, after[member]]).toEqual([member, before[member]]);
    if (format === 'jwt')
      expect(exchanges.claimsOf(body.access_token)).toMatchObject({ acr: 'urn:loa:2', roles: ['buyer'] });
    expect((await send(`${host.url}/billing`, { bearer: body.access_token })).body.roles).toEqual(['buyer']);
  });
});
