import { AuthError, type ExchangeDecision, type TokenExchange } from '../../src/index.js';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import { send, type Answer } from '../support/http.js';
import { keepLogs } from '../support/logs.js';
import { basic } from '../support/oauth.js';
import * as exchanges from '../support/token-exchange.js';

const { AGENT, BILLING, BILLING_API, DESK, LEDGER, ORDERS, ORDERS_API, PUBLIC, TYPE, UNGRANTED, UNNAMED, trade } =
  exchanges;
const outcome = ({ status, body }: Answer) => [status, body.error];

describe('token exchange and hostile requests', () => {
  let host: TestApp;
  let ada: exchanges.Customer;
  let decide: (exchange: TokenExchange) => boolean | ExchangeDecision;
  const asked: TokenExchange[] = [];
  beforeAll(async () => {
    const authorize = (exchange: TokenExchange) => {
      asked.push(exchange);
      return decide(exchange);
    };
    host = await exchanges.createExchangeHost({ exchange: { authorize }, core: { cacheTtl: '60s' } });
    ada = await exchanges.customerOf(host);
  });
  afterAll(() => host.close());
  beforeEach(() => {
    asked.splice(0);
    // Clients of administration: only the hook knows them.
    decide = ({ hasRule }) => hasRule;
  });

  const subject = () => ada.tokens.access_token;
  const ask = (form: Record<string, string | undefined>, client = ORDERS_API) => trade(host, client, subject(), form);

  it('RFC 8693 2.1 (I1): what is missing or half there is invalid_request', async () => {
    const bad: Record<string, string | undefined>[] = [
      { subject_token: undefined },
      { subject_token: '' },
      { subject_token_type: undefined },
      { subject_token_type: '' },
      { actor_token: 'x' },
      { actor_token_type: TYPE.access },
      { actor_token: 'x', actor_token_type: 'urn:x' },
      { actor_token: 'x', actor_token_type: TYPE.access },
      { actor_token: subject(), actor_token_type: TYPE.apiKey },
      { requested_token_type: TYPE.refresh },
      { requested_token_type: TYPE.jwt },
      { subject_token: 'x'.repeat(16_385) },
    ];
    for (const change of bad) {
      const answer = await ask({ resource: BILLING, ...change });
      expect([change, ...outcome(answer)]).toEqual([change, 400, 'invalid_request']);
    }
    expect((await ask({ resource: BILLING, requested_token_type: TYPE.access })).status).toBe(200);
  });

  it('T187 without its subject token a request never turns into another grant', async () => {
    const form = { resource: BILLING, subject_token: undefined, subject_token_type: undefined };
    for (const client of [AGENT, DESK, ORDERS_API]) {
      const answer = await ask({ ...form, code: 'x', refresh_token: ada.tokens.refresh_token }, client);
      expect(['invalid_request', 'unauthorized_client']).toContain(answer.body.error);
    }
    const repeated = new URLSearchParams({
      grant_type: exchanges.EXCHANGE,
      subject_token: subject(),
      subject_token_type: TYPE.access,
    });
    repeated.append('subject_token', subject());
    expect(outcome(await exchanges.tradeForm(host, ORDERS_API, repeated))).toEqual([400, 'invalid_request']);
    const mixed = new URLSearchParams({ grant_type: exchanges.EXCHANGE });
    mixed.append('grant_type', 'client_credentials');
    expect(outcome(await exchanges.tradeForm(host, ORDERS_API, mixed))).toEqual([400, 'invalid_request']);
  });

  it('(I5): denied by default: a public client, one without the grant, one that nothing names', async () => {
    expect(outcome(await ask({ resource: BILLING }, UNGRANTED))).toEqual([400, 'unauthorized_client']);
    expect(outcome(await ask({ resource: BILLING }, PUBLIC))).toEqual([400, 'unauthorized_client']);
    expect(outcome(await ask({ resource: BILLING }, UNNAMED))).toEqual([400, 'invalid_request']);
    const body = new URLSearchParams({
      grant_type: exchanges.EXCHANGE,
      subject_token: subject(),
      subject_token_type: TYPE.access,
    });
    expect(
      outcome(await send(`${host.url}/api/auth/oauth2/token`, { body, headers: basic('orders', 'wrong') })),
    ).toEqual([401, 'invalid_client']);
  });

  it('RFC 8693 2.2.2 (I7): resource and audience are one list, and every value of it must be right', async () => {
    const lists: [readonly string[], readonly string[]][] = [
      [[LEDGER], []],
      [[], [LEDGER]],
      [[BILLING], [LEDGER]],
      [[LEDGER], [BILLING]],
      [[BILLING, LEDGER], []],
      [[], [BILLING, LEDGER]],
      [['https://unknown.example'], []],
      [[], ['billing']],
      [[], [TEST_ISSUER]],
      [[`${BILLING}#x`], []],
      [[`${BILLING}/`], []],
      [[BILLING.toUpperCase()], []],
      [['nonsense'], [BILLING]],
    ];
    for (const [resources, audiences] of lists) {
      const form = new URLSearchParams({
        grant_type: exchanges.EXCHANGE,
        subject_token: subject(),
        subject_token_type: TYPE.access,
      });
      for (const one of resources) form.append('resource', one);
      for (const one of audiences) form.append('audience', one);
      const answer = await exchanges.tradeForm(host, ORDERS_API, form);
      expect([resources, audiences, ...outcome(answer)]).toEqual([resources, audiences, 400, 'invalid_target']);
    }
    expect(asked).toEqual([]);
    for (const form of [
      { audience: BILLING },
      { resource: BILLING.replace('billing.example', 'BILLING.example:443') },
      {},
    ]) {
      const { status, body } = await ask(form);
      expect([status, (await exchanges.introspect(host, BILLING_API, body.access_token)).aud]).toEqual([200, BILLING]);
    }
    // Two targets, and none is named.
    const { body } = await ask({ resource: BILLING });
    expect(outcome(await trade(host, BILLING_API, body.access_token))).toEqual([400, 'invalid_target']);
  });

  it('audience is repeated at no other grant', async () => {
    const form = new URLSearchParams({ grant_type: 'client_credentials', audience: BILLING });
    form.append('audience', LEDGER);
    expect(outcome(await exchanges.tradeForm(host, AGENT, form))).toEqual([400, 'invalid_request']);
  });

  it('RFC 8693 2.2.2 (I8): scopes are those asked for, of the subject token, of the target and of the client, or none', async () => {
    for (const scope of [
      'billing:write',
      'orders:read',
      'openid',
      'offline_access',
      'billing:read openid',
      'unknown',
      '"',
      'read:data',
    ])
      expect([scope, ...outcome(await ask({ resource: BILLING, scope }))]).toEqual([scope, 400, 'invalid_scope']);
    const poor = await exchanges.customerOf(host, { scope: 'openid orders:read' });
    const none = await trade(host, ORDERS_API, poor.tokens.access_token, { resource: BILLING });
    expect(outcome(none)).toEqual([400, 'invalid_scope']);
    const { body } = await ask({ resource: BILLING, scope: 'billing:read' });
    expect(body.scope).toBe('billing:read');
    // A narrower token buys no wider one.
    const wider = await trade(host, BILLING_API, body.access_token, { resource: LEDGER, scope: 'ledger:read' });
    expect(outcome(wider)).toEqual([400, 'invalid_scope']);
  });

  it('T189 no actor is taken for another, nor for the subject', async () => {
    const agent = await exchanges.ownToken(host, AGENT, ORDERS);
    const elsewhere = await exchanges.ownToken(host, AGENT, BILLING);
    const eve = await exchanges.customerOf(host);
    const { body: delegated } = await ask({ resource: BILLING });
    const actors: [string, string][] = [
      [elsewhere, TYPE.access],
      [eve.tokens.access_token, TYPE.access],
      [eve.tokens.id_token!, TYPE.id],
      [agent, TYPE.id],
      [delegated.access_token, TYPE.access],
      ['nonsense', TYPE.access],
    ];
    for (const [token, type] of actors) {
      const { status, body } = await ask({ resource: BILLING, actor_token: token, actor_token_type: type });
      expect([status, body.error, body.error_description]).toEqual([
        400,
        'invalid_request',
        'The actor token is malformed, unknown, has ended, or is not of an actor that may act here',
      ]);
    }
    const swapped = await trade(host, ORDERS_API, agent, {
      resource: BILLING,
      actor_token: subject(),
      actor_token_type: TYPE.access,
    });
    expect(outcome(swapped)).toEqual([400, 'invalid_request']);
    const { body } = await ask({ resource: BILLING, actor_token: agent, actor_token_type: TYPE.access });
    const { body: seen } = await send(`${host.url}/billing`, { bearer: body.access_token });
    expect(seen).toMatchObject({ subjectId: ada.id, actor: { subjectId: 'agent' }, clientId: 'orders' });
  });

  it('the hook has the last word, and sees no token; what it answers that is neither true nor a decision refuses', async () => {
    // A mode that there is not must not end as an impersonation.
    const noMode = [{ mode: 'Delegation' }, { mode: null }];
    for (const answer of [false, undefined, null, 'yes', 1, ...noMode] as unknown as boolean[]) {
      decide = () => answer;
      expect(outcome(await ask({ resource: BILLING }))).toEqual([400, 'invalid_request']);
    }
    decide = () => {
      throw AuthError.forbidden('TOO_LATE', 'Not at this hour');
    };
    expect((await ask({ resource: BILLING })).status).toBe(403);
    decide = () => ({ scopes: ['billing:read', 'billing:write'] });
    expect((await ask({ resource: BILLING })).body.scope).toBe('billing:read');
    for (const scopes of [[], ['billing:write']]) {
      decide = () => ({ scopes });
      expect(outcome(await ask({ resource: BILLING }))).toEqual([400, 'invalid_scope']);
    }
    expect(asked[0]).toMatchObject({
      hasRule: true,
      mode: 'delegation',
      audience: [BILLING],
      scopes: ['billing:read', 'ledger:read'],
      subject: { subjectId: ada.id, clientId: 'shop', audience: expect.arrayContaining([ORDERS]) },
      actor: { subjectId: 'orders' },
    });
    expect(JSON.stringify(asked)).not.toContain(subject());
  });

  it('a client that only the hook knows: what it allows, and nothing that was not named', async () => {
    decide = ({ client, audience }) =>
      client.clientId === 'unnamed' && audience.includes(LEDGER) && { mode: 'impersonation' };
    const { status, body } = await ask({ resource: LEDGER, scope: 'ledger:read' }, UNNAMED);
    expect([status, body.scope]).toEqual([200, 'ledger:read']);
    expect(await exchanges.introspect(host, exchanges.LEDGER_API, body.access_token)).not.toHaveProperty('act');
    expect(outcome(await ask({ resource: BILLING }, UNNAMED))).toEqual([400, 'invalid_request']);
    expect(outcome(await ask({}, UNNAMED))).toEqual([400, 'invalid_target']);
    expect(outcome(await ask({ resource: LEDGER, scope: 'billing:write' }, UNNAMED))).toEqual([400, 'invalid_scope']);
  });

  it('(I31): no token is in a log, whatever goes wrong', async () => {
    const kept = keepLogs(host);
    const { id_token: idToken } = ada.tokens;
    await ask({ resource: LEDGER });
    await ask({ resource: BILLING, actor_token: idToken, actor_token_type: TYPE.access });
    await trade(host, BILLING_API, subject(), { resource: LEDGER });
    decide = () => {
      throw new Error('the policy is down');
    };
    expect((await ask({ resource: BILLING })).status).toBe(500);
    await host.sql('ALTER TABLE auth_token RENAME TO auth_token_away');
    try {
      expect((await ask({ resource: BILLING })).status).toBeGreaterThanOrEqual(500);
    } finally {
      await host.sql('ALTER TABLE auth_token_away RENAME TO auth_token');
    }
    const logged = kept.map(({ text }) => text).join('\n');
    expect(logged).toContain('the policy is down');
    for (const secret of [subject(), idToken!]) expect(logged).not.toContain(secret.slice(10, 40));
  });
});
