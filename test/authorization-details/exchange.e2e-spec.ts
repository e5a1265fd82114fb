import { z } from 'zod';
import type { TestApp } from '../support/app.js';
import { exchange, Navigator, obtainCode } from '../support/oauth.js';
import * as exchanges from '../support/token-exchange.js';

const { BILLING, ORDERS, ORDERS_API, SHOP, trade } = exchanges;
const AT_ORDERS = { identifier: 'order-1', locations: [ORDERS], type: 'record' };
const AT_BILLING = { identifier: 'bill-1', locations: [BILLING], type: 'record' };
const ALSO_AT_BILLING = { identifier: 'bill-2', locations: [BILLING], type: 'record' };
const text = (...details: object[]) => JSON.stringify(details);

describe('RFC 9396 6: an exchange', () => {
  let host: TestApp;
  let token: string;
  beforeAll(async () => {
    const record = {
      title: 'One record',
      schema: z.strictObject({ identifier: z.string(), locations: z.array(z.string()) }),
    };
    host = await exchanges.createExchangeHost({ provider: { authorizationDetails: { record } } });
    const browser = new Navigator(host);
    await browser.signUp();
    const code = await obtainCode(browser, SHOP, {
      scope: 'orders:read billing:read',
      resource: ORDERS,
      authorization_details: text(AT_ORDERS, AT_BILLING, ALSO_AT_BILLING),
    });
    token = (await exchange(host, SHOP, code)).body.access_token;
  });
  afterAll(() => host?.close());

  it('K1 hands on what concerns the next service, and no more', async () => {
    const { body } = await trade(host, ORDERS_API, token, { resource: BILLING });
    expect(body.authorization_details).toEqual([AT_BILLING, ALSO_AT_BILLING]);
  });

  it('K3 6 hands on fewer of them, where that is asked for', async () => {
    const { body } = await trade(host, ORDERS_API, token, {
      resource: BILLING,
      authorization_details: text(AT_BILLING),
    });
    expect(body.authorization_details).toEqual([AT_BILLING]);
  });

  it.each([
    ['of another service', AT_ORDERS],
    ['that nobody has granted', { ...AT_BILLING, identifier: 'bill-3' }],
    ['of an unknown type', { ...AT_BILLING, type: 'other' }],
  ])('T207 refuses one %s', async (_name, detail) => {
    const refused = await trade(host, ORDERS_API, token, { resource: BILLING, authorization_details: text(detail) });
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_authorization_details']);
  });
});
