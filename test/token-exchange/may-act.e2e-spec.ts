import type { OAuthProviderHooks } from '../../src/index.js';
import type { TestApp } from '../support/app.js';
import * as exchanges from '../support/token-exchange.js';

const { AGENT, BILLING, ORDERS, ORDERS_API, TYPE, trade } = exchanges;

describe('RFC 8693 4.4 (I4): may_act, which the host sets', () => {
  let host: TestApp;
  let mayAct: unknown;
  beforeAll(async () => {
    const customAccessTokenClaims: OAuthProviderHooks['customAccessTokenClaims'] = ({ client }) =>
      client.clientId === 'shop' ? { may_act: mayAct } : {};
    host = await exchanges.createExchangeHost({ format: 'jwt', provider: { hooks: { customAccessTokenClaims } } });
  });
  afterAll(() => host.close());

  it('names who alone may act with the token, and is not handed on', async () => {
    const outcomes: unknown[] = [];
    for (const named of [{ sub: 'orders' }, { sub: 'agent' }, { sub: 'orders', iss: 'https://other.example' }]) {
      mayAct = named;
      const { tokens } = await exchanges.customerOf(host);
      expect(exchanges.claimsOf(tokens.access_token).may_act).toEqual(named);
      const agent = { actor_token: await exchanges.ownToken(host, AGENT, ORDERS), actor_token_type: TYPE.access };
      const itself = await trade(host, ORDERS_API, tokens.access_token, { resource: BILLING });
      const byAgent = await trade(host, ORDERS_API, tokens.access_token, { resource: BILLING, ...agent });
      outcomes.push([itself.status, byAgent.status]);
      if (itself.status === 200) expect(exchanges.claimsOf(itself.body.access_token)).not.toHaveProperty('may_act');
    }
    expect(outcomes).toEqual([
      [200, 400],
      [400, 200],
      [400, 400],
    ]);
  });

  it('that names nobody is a fault of the host, and gives no token', async () => {
    mayAct = { client: 'orders' };
    await expect(exchanges.customerOf(host)).rejects.toThrow('server_error');
  });
});
