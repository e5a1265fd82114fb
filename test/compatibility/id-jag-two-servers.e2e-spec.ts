import { Controller, Get } from '@nestjs/common';
import {
  auth,
  CrossAppAccessProvider,
  discoverAndRequestJwtAuthGrant,
  exchangeJwtAuthGrant,
  requestJwtAuthorizationGrant,
} from '@modelcontextprotocol/client';
import { fetchToken, type OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import * as openid from 'openid-client';
import { JwtCodec } from '../../src/common/keys/jwt.codec.js';
import { BearerAuth, CurrentPrincipal, Scopes, type AuthPrincipal, type StaticClientOptions } from '../../src/index.js';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import * as accepting from '../support/assertions.js';
import { send } from '../support/http.js';
import * as giving from '../support/id-jag.js';
import { claimsOf, customerOf, EXCHANGE, signOut, TYPE, type Customer } from '../support/token-exchange.js';
import { signUp } from '../support/users.js';

const { CHAT, CHAT_API, ID_JAG } = giving;
const { JWT_BEARER_GRANT } = accepting;
const SCOPES = ['chat:read', 'chat:write'];

/** The client, as the company's server knows it, and as the chat server does. */
const HERE: StaticClientOptions = {
  ...giving.AGENT,
  grantTypes: [...giving.AGENT.grantTypes!, JWT_BEARER_GRANT],
};
const THERE: StaticClientOptions = {
  clientId: 'assistant-at-chat',
  clientSecret: 'another-secret-of-thirty-two-characters',
  grantTypes: [JWT_BEARER_GRANT],
  scopes: SCOPES,
};

@Controller()
class Chat {
  @Get('mcp') @BearerAuth({ audience: CHAT_API }) @Scopes('chat:read') read(
    @CurrentPrincipal() { subjectId, clientId, scopes }: AuthPrincipal,
  ) {
    return { subjectId, clientId, scopes: [...scopes] };
  }
  @Get('about-mcp') about() {
    return { resource: CHAT_API, authorization_servers: [CHAT], scopes_supported: ['chat:read'] };
  }
}

describe('an identity assertion of one server of ours, taken by another (ID-JAG 4, EMA)', () => {
  let company: TestApp;
  let chat: TestApp;
  let ada: Customer;
  let adaThere: string;

  /** Both servers, by the names that they have. */
  const named: typeof fetch = (address, init) => {
    const url = String(address instanceof Request ? address.url : address);
    for (const [issuer, { url: at }] of [
      [TEST_ISSUER, company],
      [CHAT, chat],
    ] as const)
      if (url.startsWith(issuer)) return fetch(at + url.slice(issuer.length), init);
    throw new Error(`nobody is at ${url}`);
  };

  beforeAll(async () => {
    const stranger = await new accepting.AssertionIssuer().start();
    company = await giving.createAssertionHost({
      core: {
        oauthProvider: { clients: [HERE], scopes: [...HERE.scopes!] },
        tokenExchange: {
          identityAssertions: {
            audiences: { [CHAT]: { ...giving.AUDIENCES[CHAT]!, clients: { assistant: THERE.clientId }, email: true } },
          },
        },
        accountLinking: {},
        allowPrivateNetwork: true,
        jwtBearer: { issuers: [{ issuer: stranger.url, type: 'id-jag', algorithms: ['ES256'] }] },
      },
    });
    chat = await accepting.createAssertionHost(
      [
        {
          issuer: TEST_ISSUER,
          type: 'id-jag',
          algorithms: ['ES256'],
          jwksUri: `${company.url}/api/auth/jwks`,
          createUsers: true,
        },
      ],
      {
        controllers: [Chat],
        clients: [THERE],
        provider: { scopes: SCOPES },
        auth: { issuer: CHAT, resources: [{ resource: CHAT_API, scopes: SCOPES }] },
      },
    );
    ada = await customerOf(company, { client: HERE, scope: 'openid email offline_access', resource: undefined });
    await company.sql(`UPDATE auth_user SET email_verified = true WHERE id = $1`, [ada.id]);
    adaThere = (await signUp(chat.url)).id;
    const { jwtAuthGrant } = await vouched();
    await accepting.linkAccount(chat, adaThere, TEST_ISSUER, claimsOf(jwtAuthGrant).sub);
    await stranger.stop();
  });
  afterAll(() => Promise.all([company.close(), chat.close()]));

  const wish = (idToken = ada.tokens.id_token!) => ({
    audience: CHAT,
    resource: CHAT_API,
    idToken,
    clientId: HERE.clientId,
    clientSecret: HERE.clientSecret!,
    fetchFn: named,
  });
  const vouched = (idToken?: string) =>
    requestJwtAuthorizationGrant({ ...wish(idToken), tokenEndpoint: `${TEST_ISSUER}/api/auth/oauth2/token` });
  const taken = (jwtAuthGrant: string) =>
    exchangeJwtAuthGrant({
      tokenEndpoint: `${CHAT}/api/auth/oauth2/token`,
      jwtAuthGrant,
      clientId: THERE.clientId,
      clientSecret: THERE.clientSecret!,
      fetchFn: named,
    });
  const read = (bearer: string) => send(`${chat.url}/mcp`, { bearer });

  it('I29 the functions of the SDK of MCP, one after the other', async () => {
    const { jwtAuthGrant, expiresIn, scope } = await discoverAndRequestJwtAuthGrant({
      ...wish(),
      idpUrl: TEST_ISSUER,
      scope: 'chat:read',
    });
    expect([expiresIn, scope]).toEqual([300, 'chat:read']);
    const tokens = await taken(jwtAuthGrant);
    expect(tokens).toMatchObject({ token_type: 'Bearer', scope: 'chat:read' });
    expect(tokens).not.toHaveProperty('refresh_token');
    const { status, body } = await read(tokens.access_token);
    expect([status, body]).toEqual([200, { subjectId: adaThere, clientId: THERE.clientId, scopes: ['chat:read'] }]);
    // EMA 7.4.2: once.
    await expect(taken(jwtAuthGrant)).rejects.toThrow(/invalid_grant/);
  });

  it('I29 CrossAppAccessProvider finds both servers by itself, and its token opens the resource', async () => {
    let seen: object = {};
    const provider = new CrossAppAccessProvider({
      assertion: async ({ authorizationServerUrl: audience, resourceUrl: resource, scope, fetchFn }) => {
        seen = { audience, resource, scope };
        const asked = { ...wish(), audience, resource, fetchFn, ...(scope !== undefined && { scope }) };
        return (await discoverAndRequestJwtAuthGrant({ ...asked, idpUrl: TEST_ISSUER })).jwtAuthGrant;
      },
      clientId: THERE.clientId,
      clientSecret: THERE.clientSecret!,
      expectedIssuer: CHAT,
      fetchFn: named,
    });
    const done = await auth(provider, {
      serverUrl: CHAT_API,
      resourceMetadataUrl: new URL(`${CHAT}/about-mcp`),
      fetchFn: named,
    });
    expect(done).toBe('AUTHORIZED');
    expect(seen).toEqual({ audience: CHAT, resource: CHAT_API, scope: 'chat:read' });
    const tokens = provider.tokens();
    expect((await read(tokens!.access_token)).body).toMatchObject({ subjectId: adaThere, scopes: ['chat:read'] });
  });

  it('I26 whom the chat server has never seen becomes a user there, by their verified address', async () => {
    const bob = await customerOf(company, { client: HERE, scope: 'openid email', resource: undefined });
    const first = (await vouched(bob.tokens.id_token)).jwtAuthGrant;
    // Nobody has verified the address, so it is not said, and there is nobody to make.
    await expect(taken(first)).rejects.toThrow(/invalid_grant/);
    await company.sql(`UPDATE auth_user SET email_verified = true WHERE id = $1`, [bob.id]);
    const tokens = await taken((await vouched(bob.tokens.id_token)).jwtAuthGrant);
    const { subjectId } = (await read(tokens.access_token)).body;
    expect([adaThere, bob.id]).not.toContain(subjectId);
    const again = await taken((await vouched(bob.tokens.id_token)).jwtAuthGrant);
    expect((await read(again.access_token)).body.subjectId).toBe(subjectId);
  });

  it('I29 by a client of the first major of the SDK, and by openid-client, which takes N_A', async () => {
    const server = { issuer: TEST_ISSUER, token_endpoint: `${TEST_ISSUER}/api/auth/oauth2/token` };
    const config = new openid.Configuration(
      server,
      HERE.clientId,
      undefined,
      openid.ClientSecretBasic(HERE.clientSecret!),
    );
    openid.allowInsecureRequests(config);
    config[openid.customFetch] = named as unknown as openid.CustomFetch;
    const answer = await openid.genericGrantRequest(config, EXCHANGE, {
      requested_token_type: ID_JAG,
      subject_token: ada.tokens.refresh_token!,
      subject_token_type: TYPE.refresh,
      audience: CHAT,
      resource: CHAT_API,
    });
    expect(answer).toMatchObject({ token_type: 'n_a', issued_token_type: ID_JAG });
    const provider = {
      redirectUrl: undefined,
      clientMetadata: { redirect_uris: [], grant_types: [JWT_BEARER_GRANT] },
      clientInformation: () => ({ client_id: THERE.clientId, client_secret: THERE.clientSecret }),
      prepareTokenRequest: () => new URLSearchParams({ grant_type: JWT_BEARER_GRANT, assertion: answer.access_token }),
    } as unknown as OAuthClientProvider;
    const metadata = {
      issuer: CHAT,
      authorization_endpoint: `${CHAT}/authorize`,
      token_endpoint: `${CHAT}/api/auth/oauth2/token`,
      response_types_supported: ['code'],
      token_endpoint_auth_methods_supported: ['client_secret_basic'],
    };
    const tokens = await fetchToken(provider, CHAT, { metadata, resource: new URL(CHAT_API), fetchFn: named });
    expect((await read(tokens.access_token)).body).toMatchObject({ subjectId: adaThere, scopes: SCOPES });
  });

  it('I20 ID-JAG 8.3: the server that gave it never gives access for it', async () => {
    const { jwtAuthGrant } = await vouched();
    const codec = company.app.get(JwtCodec);
    const now = Math.floor(Date.now() / 1000);
    const claims = { ...claimsOf(jwtAuthGrant), aud: TEST_ISSUER, client_id: HERE.clientId, jti: 'own', iat: now };
    const forItself = await codec.signAnswer({ type: 'oauth-id-jag+jwt', algorithm: 'ES256', claims });
    for (const assertion of [jwtAuthGrant, forItself]) {
      const { status, body } = await accepting.present(company, assertion, {}, HERE);
      expect([status, body.error]).toEqual([400, 'invalid_grant']);
    }
  });

  it('I17 who has signed out at the company gets no further, and the SDK says why', async () => {
    const eve = await customerOf(company, { client: HERE, scope: 'openid email', resource: undefined });
    await company.sql(`UPDATE auth_user SET email_verified = true WHERE id = $1`, [eve.id]);
    const { jwtAuthGrant } = await vouched(eve.tokens.id_token);
    await signOut(eve);
    await expect(vouched(eve.tokens.id_token)).rejects.toThrow(/Token exchange failed: invalid_grant/);
    // What was vouched for before is good for its five minutes: nobody there could know.
    expect(await taken(jwtAuthGrant)).toMatchObject({ token_type: 'Bearer' });
  });
});
