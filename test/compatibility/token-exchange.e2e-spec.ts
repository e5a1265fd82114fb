import * as oauth4webapi from 'oauth4webapi';
import * as oidc from 'openid-client';
import { AuthModule } from '../../src/index.js';
import { createTestApp, testOptions, type TestApp } from '../support/app.js';
import { freePort } from '../support/free-port.js';
import * as exchanges from '../support/token-exchange.js';

const { BILLING, ORDERS_API, TYPE } = exchanges;

/** The API that exchanges is written with libraries of others, and finds the server by its metadata. */
describe('RFC 8693 2.1: clients of others exchange tokens', () => {
  let host: TestApp;
  let issuer: string;
  let customer: exchanges.Customer;
  beforeAll(async () => {
    const port = await freePort();
    issuer = `http://127.0.0.1:${port}`;
    const authModule = AuthModule.forRoot({ ...testOptions(exchanges.exchangeOptions({ format: 'jwt' })), issuer });
    host = await createTestApp({ port, controllers: [exchanges.Apis], authModule });
    customer = await exchanges.customerOf(host, { origin: issuer });
  });
  afterAll(() => host.close());

  const form = () => ({
    subject_token: customer.tokens.access_token,
    subject_token_type: TYPE.access,
    resource: BILLING,
    scope: 'billing:read',
  });

  it('openid-client 6, genericGrantRequest', async () => {
    const config = await oidc.discovery(
      new URL(issuer),
      ORDERS_API.clientId,
      undefined,
      oidc.ClientSecretBasic(ORDERS_API.clientSecret),
      { execute: [oidc.allowInsecureRequests] },
    );
    expect(config.serverMetadata().grant_types_supported).toContain(exchanges.EXCHANGE);
    const tokens = await oidc.genericGrantRequest(config, exchanges.EXCHANGE, form());
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'billing:read', issued_token_type: TYPE.access });
    const answer = await oidc.fetchProtectedResource(
      config,
      tokens.access_token,
      new URL(`${host.url}/billing`),
      'GET',
    );
    expect(await answer.json()).toMatchObject({ subjectId: customer.id, actor: { subjectId: 'orders' } });
    await expect(
      oidc.genericGrantRequest(config, exchanges.EXCHANGE, { ...form(), subject_token: 'nonsense' }),
    ).rejects.toMatchObject({ error: 'invalid_request' });
  });

  it('oauth4webapi 3, genericTokenEndpointRequest', async () => {
    const insecure = { [oauth4webapi.allowInsecureRequests]: true };
    const found = await oauth4webapi.discoveryRequest(new URL(issuer), { ...insecure, algorithm: 'oauth2' });
    const server = await oauth4webapi.processDiscoveryResponse(new URL(issuer), found);
    const client = { client_id: ORDERS_API.clientId };
    const proof = oauth4webapi.ClientSecretPost(ORDERS_API.clientSecret!);
    const request = await oauth4webapi.genericTokenEndpointRequest(
      server,
      client,
      proof,
      exchanges.EXCHANGE,
      form(),
      insecure,
    );
    const tokens = await oauth4webapi.processGenericTokenEndpointResponse(server, client, request);
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'billing:read' });
  });
});
