import type { TestApp } from '../support/app.js';
import { DpopKey } from '../support/dpop.js';
import { askTokens, redeem } from '../support/dpop-grants.js';
import { send } from '../support/http.js';
import { obtainCode } from '../support/oauth.js';
import * as exchanges from '../support/token-exchange.js';

const { BILLING, DESK, ORDERS, ORDERS_API, SHOP, TYPE } = exchanges;
const SCOPE = 'openid billing:read';

describe.each(['opaque', 'jwt'] as const)('exchange of %s tokens that are bound to a key', (format) => {
  let host: TestApp;
  beforeAll(async () => {
    host = await exchanges.createExchangeHost({ format });
  });
  afterAll(() => host.close());

  async function bound(client: typeof SHOP, key: DpopKey): Promise<string> {
    const customer = await exchanges.customerOf(host);
    const code = await obtainCode(customer.browser, client, { scope: SCOPE, resource: ORDERS });
    const { status, body } = await redeem(host, client, code, key);
    expect([status, body.token_type]).toEqual([200, 'DPoP']);
    return body.access_token;
  }
  const trade = (client: typeof SHOP, token: string, proof?: DpopKey) => {
    const form = {
      grant_type: exchanges.EXCHANGE,
      subject_token: token,
      subject_token_type: TYPE.access,
      resource: BILLING,
    };
    return askTokens(host, client, form, proof);
  };

  it('RFC 9449 6 (I9): its own client proves the key again; another key, or none, will not do', async () => {
    const key = new DpopKey();
    const token = await bound(DESK, key);
    expect((await trade(DESK, token)).body.error).toBe('invalid_request');
    expect((await trade(DESK, token, new DpopKey())).body.error).toBe('invalid_request');
    const { status, body } = await trade(DESK, token, key);
    expect([status, body.token_type]).toEqual([200, 'DPoP']);
  });

  it('RFC 9449 5 (I9): a service that was called with it exchanges it; the new token is bound to the key that it proves, if any', async () => {
    const token = await bound(SHOP, new DpopKey());
    expect((await trade(ORDERS_API, token)).body.token_type).toBe('Bearer');
    const own = new DpopKey();
    const { body } = await trade(ORDERS_API, token, own);
    expect(body.token_type).toBe('DPoP');
    expect((await exchanges.introspect(host, exchanges.BILLING_API, body.access_token)).cnf).toEqual({
      jkt: own.thumbprint,
    });
    expect((await send(`${host.url}/billing`, { bearer: body.access_token })).status).toBe(401);
  });
});
