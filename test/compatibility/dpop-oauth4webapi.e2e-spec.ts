import { Controller, Get } from '@nestjs/common';
import * as oauth from 'oauth4webapi';
import { BearerAuth, CurrentPrincipal, type AuthPrincipal, type StaticClientOptions } from '../../src/index.js';
import { createIssuerHost, Person, type IssuerHost } from '../support/relying-party.js';

const REDIRECT = 'https://rp.example/callback';
const insecure = { [oauth.allowInsecureRequests]: true };
const API = 'https://api.example.com';
const PUBLIC: StaticClientOptions = {
  clientId: 'public',
  redirectUris: [REDIRECT],
  scopes: ['openid', 'email', 'offline_access'],
  resources: [API],
  metadata: { require_pushed_authorization_requests: true, dpop_bound_access_tokens: true },
};
const CONFIDENTIAL = {
  ...PUBLIC,
  clientId: 'confidential',
  clientSecret: 'a secret of a client, long enough to be one',
};

@Controller('host')
class HostController {
  @Get('reports')
  @BearerAuth()
  reports(@CurrentPrincipal() { confirmation }: AuthPrincipal) {
    return { confirmation };
  }
}

describe.each([
  ['off', 'confidential'],
  ['required', 'confidential'],
  ['required', 'public'],
] as const)('RFC 9449: oauth4webapi 3 with nonces %s, a %s client', (nonce, clientId) => {
  let host: IssuerHost;
  let server: oauth.AuthorizationServer;
  let person: Person;
  const client: oauth.Client = { client_id: clientId };
  const proves = clientId === 'public' ? oauth.None() : oauth.ClientSecretBasic(CONFIDENTIAL.clientSecret);
  let DPoP: oauth.DPoPHandle;

  beforeAll(async () => {
    host = await createIssuerHost(
      {
        clients: [CONFIDENTIAL, PUBLIC],
        scopes: ['openid', 'email', 'offline_access'],
      },
      { adapter: 'fastify', dpop: { nonce }, resources: [{ resource: API, accessTokenFormat: 'jwt' }] },
      { controllers: [HostController] },
    );
    person = await Person.of(host);
    const issuer = new URL(host.issuer);
    server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
    DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
  });
  afterAll(() => host.close());

  /** As the library tells its users to: once more, where a nonce is asked for. */
  async function retried<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    try {
      return await work();
    } catch (error) {
      if (!oauth.isDPoPNonceError(error)) throw error;
      return work();
    }
  }

  async function signIn(more: Record<string, string> = {}) {
    const [verifier, state] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState()];
    const parameters = {
      client_id: clientId,
      response_type: 'code',
      redirect_uri: REDIRECT,
      scope: 'openid email offline_access',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      ...more,
    };
    const pushed = await retried(async () => {
      const response = await oauth.pushedAuthorizationRequest(server, client, proves, parameters, {
        DPoP,
        ...insecure,
      });
      return oauth.processPushedAuthorizationResponse(server, client, response);
    });
    const url = new URL(server.authorization_endpoint!);
    url.search = new URLSearchParams({ client_id: clientId, request_uri: pushed.request_uri }).toString();
    const callback = oauth.validateAuthResponse(server, client, (await person.go(url)).url, state);
    return retried(async () => {
      const response = await oauth.authorizationCodeGrantRequest(server, client, proves, callback, REDIRECT, verifier, {
        DPoP,
        ...insecure,
        ...(more['resource'] !== undefined && { additionalParameters: { resource: more['resource'] } }),
      });
      return oauth.processAuthorizationCodeResponse(server, client, response);
    });
  }

  it('PAR, the code, userinfo, a guarded route and a refresh', async () => {
    const tokens = await signIn();
    expect(tokens.token_type).toBe('dpop');
    const claims = await retried(async () => {
      const response = await oauth.userInfoRequest(server, client, tokens.access_token, { DPoP, ...insecure });
      return oauth.processUserInfoResponse(server, client, person.id, response);
    });
    expect(claims.sub).toBe(person.id);
    const route = new URL(`${host.issuer}/host/reports?a=1`);
    const visit = (token: string) =>
      retried(() => oauth.protectedResourceRequest(token, 'GET', route, undefined, null, { DPoP, ...insecure }));
    expect(await (await visit(tokens.access_token)).json()).toEqual({
      confirmation: { jkt: await DPoP.calculateThumbprint() },
    });
    const renewed = await retried(async () => {
      const response = await oauth.refreshTokenGrantRequest(server, client, proves, tokens.refresh_token!, {
        DPoP,
        ...insecure,
      });
      return oauth.processRefreshTokenResponse(server, client, response);
    });
    expect((await visit(renewed.access_token)).status).toBe(200);
  });

  it('RFC 9068, RFC 9449 6.1: validateJwtAccessToken of a foreign resource server takes our bound token', async () => {
    const { access_token: token } = await signIn({ resource: API });
    const requested: Headers[] = [];
    const spy = (_url: string, { headers }: { headers: unknown }) => {
      requested.push(new Headers(headers as Record<string, string>));
      return Promise.resolve(new Response('{}'));
    };
    const url = new URL(`${API}/films`);
    await oauth.protectedResourceRequest(token, 'GET', url, undefined, null, {
      DPoP,
      [oauth.customFetch]: spy as never,
    });
    const request = new Request(url, { headers: requested[0]! });
    const claims = await oauth.validateJwtAccessToken(server, request, API, { requireDPoP: true, ...insecure });
    expect(claims).toMatchObject({ iss: host.issuer, aud: expect.anything(), client_id: clientId });
    expect(claims.cnf).toEqual({ jkt: await DPoP.calculateThumbprint() });
    const bearer = new Request(url, { headers: { authorization: `Bearer ${token}` } });
    await expect(
      oauth.validateJwtAccessToken(server, bearer, API, { requireDPoP: true, ...insecure }),
    ).rejects.toThrow();
  });
});
