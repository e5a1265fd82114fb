import { exchangeJwtAuthGrant } from '@modelcontextprotocol/client';
import { fetchToken, type OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import * as openid from 'openid-client';
import type { TestApp } from '../support/app.js';
import { AGENT, AssertionIssuer, createAssertionHost, JWT_BEARER_GRANT, linkAccount } from '../support/assertions.js';
import { API, proof, RESOURCE_SERVER, submit } from '../support/client-auth.js';
import { signUp, type SignedInUser } from '../support/users.js';

const { clientId, clientSecret = '' } = AGENT;

describe('ID-JAG with clients as they are published (I29)', () => {
  let host: TestApp;
  let user: SignedInUser;
  let tokenEndpoint: string;
  const idp = new AssertionIssuer();

  beforeAll(async () => {
    await idp.start();
    host = await createAssertionHost(
      [{ issuer: idp.url, type: 'id-jag', algorithms: ['ES256'], clients: [clientId] }],
      {
        clients: [AGENT, RESOURCE_SERVER],
      },
    );
    user = await signUp(host.url);
    await linkAccount(host, user.id, idp.url);
    tokenEndpoint = `${host.url}/api/auth/oauth2/token`;
  });
  afterAll(async () => {
    await host.close();
    await idp.stop();
  });

  const read = async (token: string) =>
    (await submit(host, 'oauth2/introspect', { token }, proof(RESOURCE_SERVER))).body;

  it.each(['client_secret_basic', 'client_secret_post'] as const)(
    'EMA 5.1 (I29): exchangeJwtAuthGrant of the SDK, version 2, by %s',
    async (authMethod) => {
      const jwtAuthGrant = await idp.idJag();
      const tokens = await exchangeJwtAuthGrant({ tokenEndpoint, jwtAuthGrant, clientId, clientSecret, authMethod });
      expect(tokens).toMatchObject({ token_type: 'Bearer', scope: 'read write' });
      expect(await read(tokens.access_token)).toMatchObject({ active: true, aud: API, sub: user.id });
    },
  );

  it('EMA 5.1 (I29): the same function tells a refusal in our words', async () => {
    const jwtAuthGrant = await idp.idJag({ aud: 'https://other.example' });
    await expect(exchangeJwtAuthGrant({ tokenEndpoint, jwtAuthGrant, clientId, clientSecret })).rejects.toThrow(
      /JWT grant exchange failed: invalid_grant/,
    );
  });

  it('EMA 5.1 (I29): the SDK, version 1, whose providers prepare the request themselves', async () => {
    const assertion = await idp.idJag();
    const provider = {
      redirectUrl: undefined,
      clientMetadata: { redirect_uris: [], grant_types: [JWT_BEARER_GRANT] },
      clientInformation: () => ({ client_id: clientId, client_secret: clientSecret }),
      prepareTokenRequest: (scope?: string) =>
        new URLSearchParams({ grant_type: JWT_BEARER_GRANT, assertion, ...(scope !== undefined && { scope }) }),
    } as unknown as OAuthClientProvider;
    const metadata = {
      issuer: host.url,
      authorization_endpoint: `${host.url}/authorize`,
      token_endpoint: tokenEndpoint,
      response_types_supported: ['code'],
      token_endpoint_auth_methods_supported: ['client_secret_basic'],
    };
    const tokens = await fetchToken(provider, host.url, { metadata, resource: new URL(API) });
    expect(await read(tokens.access_token)).toMatchObject({ active: true, aud: API, sub: user.id });
  });

  it('RFC 7523 2.1 (I29): genericGrantRequest of openid-client', async () => {
    const server = { issuer: host.url, token_endpoint: tokenEndpoint };
    const config = new openid.Configuration(server, clientId, undefined, openid.ClientSecretBasic(clientSecret));
    openid.allowInsecureRequests(config);
    const parameters = { assertion: await idp.idJag(), scope: 'read', resource: API };
    const tokens = await openid.genericGrantRequest(config, JWT_BEARER_GRANT, parameters);
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'read' });
    expect(await read(tokens.access_token)).toMatchObject({ active: true, aud: API, sub: user.id });
    await expect(openid.genericGrantRequest(config, JWT_BEARER_GRANT, parameters)).rejects.toMatchObject({
      error: 'invalid_grant',
      status: 400,
    });
  });
});
