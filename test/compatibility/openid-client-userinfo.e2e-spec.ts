import { allowInsecureRequests, customFetch, discovery, fetchUserInfo, type CustomFetch } from 'openid-client';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { grantTokens, TEST_CLIENTS } from '../support/client-tokens.js';
import { signUp, type SignedInUser } from '../support/users.js';

describe.each(['express', 'fastify'] as const)('openid-client on %s', (adapter) => {
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createTestApp({ adapter, auth: { jwt: true, oauthProvider: { clients: TEST_CLIENTS } } });
    user = await signUp(host.url);
  });
  afterAll(() => host.close());

  /** The issuer's address leads to the server under test. */
  const rewritten: CustomFetch = (url, options) =>
    fetch(url.replace(TEST_ISSUER, host.url), options as unknown as RequestInit);
  const discovered = (clientId: string, algorithm: 'oidc' | 'oauth2') =>
    discovery(
      new URL(TEST_ISSUER),
      clientId,
      { userinfo_signed_response_alg: clientId === 'signed' ? 'ES256' : undefined },
      undefined,
      { algorithm, execute: [allowInsecureRequests], [customFetch]: rewritten },
    );

  it.each(['oidc', 'oauth2'] as const)('finds the metadata (%s), and it is of this issuer', async (algorithm) => {
    const metadata = (await discovered('web', algorithm)).serverMetadata();
    expect(metadata.issuer).toBe(TEST_ISSUER);
    expect(metadata.supportsPKCE()).toBe(true);
  });

  it.each(['web', 'jwt', 'signed'])('reads userinfo with a token of the client %s', async (clientId) => {
    const config = await discovered(clientId, 'oidc');
    const tokens = await grantTokens(host, { clientId, user, scopes: ['openid', 'email'] });
    const claims = await fetchUserInfo(config, tokens.access_token, user.id);
    expect(claims).toMatchObject({ sub: user.id, email: user.email, email_verified: false });
  });

  it('hears of a bad token by its challenge', async () => {
    const config = await discovered('web', 'oidc');
    await expect(fetchUserInfo(config, 'garbage', user.id)).rejects.toMatchObject({
      status: 401,
      cause: [{ scheme: 'bearer', parameters: { error: 'invalid_token' } }],
    });
  });
});
