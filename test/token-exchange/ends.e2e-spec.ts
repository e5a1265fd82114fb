import { OAuthClientsService, UsersService } from '../../src/index.js';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { basic } from '../support/oauth.js';
import { until } from '../support/until.js';
import * as exchanges from '../support/token-exchange.js';

const { BILLING, BILLING_API, LEDGER, LEDGER_API, MIMIC, ORDERS_API, SHOP, trade } = exchanges;

/** Routes of the account, and what they are sent. */
const IN_PERSON: [string, object?][] = [
  ['list-sessions'],
  ['update-user', { name: 'Mallory' }],
  ['change-email', { newEmail: 'm@example.com' }],
  ['change-password', { currentPassword: 'correct horse battery', newPassword: 'another horse battery' }],
  ['revoke-sessions', {}],
  ['api-key/create', { name: 'mine' }],
  ['api-key/list'],
  ['token'],
  ['oauth2/applications'],
  ['oauth2/userinfo'],
];

/** The token of the web client, of the API that it calls, and of the API that that one calls. */
interface Chain {
  readonly customer: exchanges.Customer;
  readonly tokens: readonly [string, string, string];
}

describe.each(['opaque', 'jwt'] as const)('a chain of three clients, with %s tokens', (format) => {
  let host: TestApp;
  let other: TestApp;
  beforeAll(async () => {
    host = await exchanges.createExchangeHost({ format, core: { cacheTtl: '60s' } });
    const { databaseUrl } = host;
    other = await exchanges.createExchangeHost({ format, core: { cacheTtl: '60s' }, databaseUrl });
  });
  afterAll(async () => {
    await other.close();
    await host.close();
  });

  async function chain(first = ORDERS_API): Promise<Chain> {
    const customer = await exchanges.customerOf(host);
    const one = customer.tokens.access_token;
    const { body: two } = await trade(host, first, one, {
      resource: BILLING,
      scope: first === MIMIC ? undefined : 'billing:read ledger:read',
    });
    const { body: three } = await trade(host, BILLING_API, two.access_token, {
      resource: first === MIMIC ? BILLING : LEDGER,
    });
    const tokens = [one, two.access_token, three.access_token] as const;
    // In the memory of both processes.
    await expectAnswers(tokens, [200, 200, 200]);
    return { customer, tokens };
  }

  async function answers([one, two, three]: Chain['tokens']): Promise<number[]> {
    const asked = [host, other].flatMap(({ url }) => [
      send(`${url}/orders`, { bearer: one }),
      send(`${url}/billing`, { bearer: two }),
      send(`${url}/ledger`, { bearer: three }).then((answer) =>
        answer.status === 200 ? answer : send(`${url}/billing`, { bearer: three }),
      ),
    ]);
    return (await Promise.all(asked)).map(({ status }) => status);
  }
  /** In this process at once, in the other one when it has heard of it. */
  async function expectAnswers(tokens: Chain['tokens'], wanted: readonly number[]): Promise<void> {
    expect((await answers(tokens)).slice(0, 3)).toEqual(wanted);
    await until(
      'the other process answers the same',
      async () => (await answers(tokens)).slice(3).join() === wanted.join(),
    );
  }
  const active = async ([one, two, three]: Chain['tokens']) => [
    (await exchanges.introspect(host, SHOP, one)).active,
    (await exchanges.introspect(host, BILLING_API, two)).active,
    (await exchanges.introspect(host, LEDGER_API, three)).active,
  ];
  const revoke = (client: typeof SHOP, token: string) =>
    send(`${host.url}/api/auth/oauth2/revoke`, {
      body: new URLSearchParams({ token }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...basic(client.clientId, client.clientSecret!) },
    });

  const ends: [string, (customer: exchanges.Customer, tokens: Chain['tokens']) => Promise<unknown>][] = [
    ['one sign-out', (customer) => exchanges.signOut(customer)],
    ['revocation by the web client', (_customer, [one]) => revoke(SHOP, one)],
    ['the end of the user', ({ id }) => host.app.get(UsersService).disable(id)],
    [
      'withdrawal of consent',
      ({ browser }) =>
        send(`${host.url}/api/auth/oauth2/applications/shop`, {
          method: 'DELETE',
          headers: { cookie: browser.cookie, origin: TEST_ISSUER },
        }),
    ],
  ];
  it.each(ends)('T185 %s ends the whole chain, in every process and for introspection', async (_name, end) => {
    const { customer, tokens } = await chain();
    expect(await active(tokens)).toEqual([true, true, true]);
    await end(customer, tokens);
    await expectAnswers(tokens, [401, 401, 401]);
    expect(await active(tokens)).toEqual([false, false, false]);
    expect((await trade(host, ORDERS_API, tokens[0], { resource: BILLING })).body.error).toBe('invalid_request');
    expect((await trade(other, BILLING_API, tokens[1], { resource: LEDGER })).body.error).toBe('invalid_request');
  });

  it('T185 revocation of one exchanged token, by whoever got it, ends that one alone', async () => {
    const { tokens } = await chain();
    expect((await revoke(SHOP, tokens[1])).status).toBe(200);
    await expectAnswers(tokens, [200, 200, 200]);
    expect((await revoke(ORDERS_API, tokens[1])).status).toBe(200);
    await expectAnswers(tokens, [200, 401, 200]);
    expect(await active(tokens)).toEqual([true, false, true]);
  });

  it.each([
    ['shop', [401, 401, 401]],
    ['orders', [200, 401, 200]],
    ['billing', [200, 200, 401]],
  ] as const)(
    'T185 the end of the client %s ends its own tokens, and all if the user met it',
    async (clientId, left) => {
      const { tokens } = await chain();
      await host.app.get(OAuthClientsService).disable(clientId);
      try {
        await expectAnswers(tokens, left);
      } finally {
        await host.app.get(OAuthClientsService).enable(clientId);
      }
      // What has ended stays so.
      await expectAnswers(tokens, left);
    },
  );

  it('T186 what is of the user in person refuses exchanged tokens, in both modes, at every node', async () => {
    const { tokens } = await chain();
    const { tokens: mimicked } = await chain(MIMIC);
    const { body: seen } = await send(`${host.url}/billing`, { bearer: mimicked[1] });
    expect(seen).toMatchObject({ clientId: 'mimic', actor: null });
    for (const bearer of [tokens[1], tokens[2], mimicked[1]]) {
      for (const [route, body] of IN_PERSON) {
        const { status } = await send(`${host.url}/api/auth/${route}`, { bearer, ...(body && { body }) });
        expect([route, [401, 403].includes(status), status]).toEqual([route, true, status]);
      }
      const { status, text } = await send(`${host.url}/api/auth/get-session`, { bearer });
      expect([status, text]).toEqual([200, 'null']);
    }
    await expectAnswers(tokens, [200, 200, 200]);
  });

  it('RFC 8693 1.1: delegation and impersonation are told apart, and neither hides who acted before', async () => {
    const { customer, tokens } = await chain(MIMIC);
    const told = await exchanges.introspect(host, BILLING_API, tokens[1]);
    expect(told).toMatchObject({ sub: customer.id, client_id: 'mimic' });
    expect(told).not.toHaveProperty('act');
    expect(await exchanges.introspect(host, BILLING_API, tokens[2])).toMatchObject({ act: { sub: 'billing' } });
    const delegated = (await chain()).tokens[1];
    await host.sql(`UPDATE auth_token SET audience = ARRAY[$1, $2] WHERE client_id = 'orders'`, [
      BILLING,
      exchanges.ORDERS,
    ]);
    const { body } = await trade(host, MIMIC, delegated, { resource: BILLING });
    expect((await exchanges.introspect(host, BILLING_API, body.access_token)).act).toEqual({ sub: 'orders' });
  });
});
