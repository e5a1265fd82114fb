import * as oauth from 'oauth4webapi';
import { InitialAccessTokens, type StaticClientOptions } from '../../src/index.js';
import { createIssuerHost, Person, type IssuerHost } from '../support/relying-party.js';
import { until } from '../support/until.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

const REDIRECT = 'https://rp.example/callback';
const GOODBYE = 'https://rp.example/bye';
const insecure = { [oauth.allowInsecureRequests]: true };
const SERVICE: StaticClientOptions = {
  clientId: 'service',
  clientSecret: 'a secret of a service, long enough to be one',
  clientCredentialsScopes: ['reports'],
};

interface Method {
  readonly name: string;
  readonly metadata: Record<string, unknown>;
  readonly prove: (client: oauth.Client) => oauth.ClientAuth;
}

/** Every response is checked step by step by the library, which reads the letter of the RFCs. */
describe.each(['private_key_jwt', 'client_secret_jwt', 'client_secret_basic'])(
  'oauth4webapi 3 against the running server on fastify, %s',
  (name) => {
    let host: IssuerHost;
    let receiver: Upstream;
    let server: oauth.AuthorizationServer;
    let client: oauth.Client;
    let method: Method;
    let person: Person;

    beforeAll(async () => {
      receiver = await startUpstream();
      receiver.answer({ body: '' });
      host = await createIssuerHost(
        {
          dynamicRegistration: 'authenticated',
          clients: [SERVICE],
          scopes: ['openid', 'email', 'offline_access', 'reports'],
        },
        { adapter: 'fastify', clientCredentials: true },
      );
      person = await Person.of(host);
      method = await methodOf(name);
    });
    afterAll(async () => {
      await host.close();
      await receiver.close();
    });

    it.each(['oidc', 'oauth2'] as const)('discovery (%s)', async (algorithm) => {
      const issuer = new URL(host.issuer);
      const response = await oauth.discoveryRequest(issuer, { algorithm, ...insecure });
      server = await oauth.processDiscoveryResponse(issuer, response);
      expect(server).toMatchObject({ issuer: host.issuer, authorization_response_iss_parameter_supported: true });
      expect(server.token_endpoint_auth_methods_supported).toContain(name);
    });

    it('registration with an initial access token', async () => {
      const { token } = await host.app.get(InitialAccessTokens).create({ uses: 1 });
      const metadata = {
        redirect_uris: [REDIRECT],
        post_logout_redirect_uris: [GOODBYE],
        backchannel_logout_uri: `${receiver.origin}/out`,
        grant_types: ['authorization_code', 'refresh_token'],
        token_endpoint_auth_method: name,
        ...method.metadata,
      };
      const options = { initialAccessToken: token, ...insecure };
      const response = await oauth.dynamicClientRegistrationRequest(server, metadata, options);
      client = await oauth.processDynamicClientRegistrationResponse(response);
      expect(client).toMatchObject({ client_id: expect.any(String), ...metadata });
      const again = await oauth.dynamicClientRegistrationRequest(server, metadata, options);
      await expect(oauth.processDynamicClientRegistrationResponse(again)).rejects.toMatchObject({ status: 401 });
    });

    async function signIn(more: Record<string, string> = {}) {
      const [verifier, state, nonce] = [
        oauth.generateRandomCodeVerifier(),
        oauth.generateRandomState(),
        oauth.generateRandomNonce(),
      ];
      const url = new URL(server.authorization_endpoint!);
      url.search = new URLSearchParams({
        client_id: client.client_id,
        response_type: 'code',
        redirect_uri: REDIRECT,
        scope: 'openid email offline_access',
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
        ...more,
      }).toString();
      const landing = await person.go(url);
      const parameters = oauth.validateAuthResponse(server, client, landing.form ?? landing.url, state);
      const response = await oauth.authorizationCodeGrantRequest(
        server,
        client,
        method.prove(client),
        parameters,
        REDIRECT,
        verifier,
        insecure,
      );
      const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
        expectedNonce: nonce,
        requireIdToken: true,
        ...(more['max_age'] && { maxAge: Number(more['max_age']) }),
      });
      await oauth.validateApplicationLevelSignature(server, response, insecure);
      return tokens;
    }

    it('code + PKCE by query and by form_post, with max_age; userinfo', async () => {
      const tokens = await signIn();
      const { sub } = oauth.getValidatedIdTokenClaims(tokens)!;
      expect(sub).toBe(person.id);
      const userinfo = await oauth.userInfoRequest(server, client, tokens.access_token, insecure);
      expect(await oauth.processUserInfoResponse(server, client, sub, userinfo)).toMatchObject({ email: person.email });
      expect(userinfo.headers.get('content-type')).toMatch(
        method.metadata['userinfo_signed_response_alg'] ? /^application\/jwt/ : /^application\/json/,
      );
      const again = await signIn({ response_mode: 'form_post', max_age: '600', scope: 'openid' });
      expect(oauth.getValidatedIdTokenClaims(again)).toMatchObject({ sub, auth_time: expect.any(Number) });
      expect(person.seen).toEqual(['sign-in', 'consent']);
    });

    it('refresh, introspection, revocation', async () => {
      const first = await signIn();
      const refresh = async (token: string) =>
        oauth.processRefreshTokenResponse(
          server,
          client,
          await oauth.refreshTokenGrantRequest(server, client, method.prove(client), token, insecure),
        );
      const second = await refresh(first.refresh_token!);
      expect(second.refresh_token).not.toBe(first.refresh_token);
      const introspect = async (token: string) =>
        oauth.processIntrospectionResponse(
          server,
          client,
          await oauth.introspectionRequest(server, client, method.prove(client), token, insecure),
        );
      expect(await introspect(second.access_token)).toMatchObject({
        active: true,
        client_id: client.client_id,
        sub: person.id,
        iss: host.issuer,
      });
      const revoke = await oauth.revocationRequest(server, client, method.prove(client), second.access_token, insecure);
      expect(await oauth.processRevocationResponse(revoke)).toBeUndefined();
      expect(await introspect(second.access_token)).toEqual({ active: false });
      // Whoever comes with an old one, and not just twice, has stolen it or was stolen from: the chain ends.
      await host.sql(`UPDATE auth_token SET consumed_at = now() - interval '1 hour' WHERE consumed_at IS NOT NULL`);
      await expect(refresh(first.refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant', status: 400 });
      await expect(refresh(second.refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant' });
    });

    it('client_credentials of a static client', async () => {
      const service = { client_id: SERVICE.clientId };
      const proof = oauth.ClientSecretBasic(SERVICE.clientSecret!);
      const response = await oauth.clientCredentialsGrantRequest(
        server,
        service,
        proof,
        { scope: 'reports' },
        insecure,
      );
      const tokens = await oauth.processClientCredentialsResponse(server, service, response);
      expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'reports', expires_in: 3600 });
    });

    it('logout by the client, and its back-channel token', async () => {
      const tokens = await signIn();
      receiver.seen.splice(0);
      const url = new URL(server.end_session_endpoint!);
      url.search = new URLSearchParams({
        id_token_hint: tokens.id_token!,
        client_id: client.client_id,
        post_logout_redirect_uri: GOODBYE,
      }).toString();
      expect((await person.go(url)).url.href).toBe(GOODBYE);
      await until('the logout token', () => receiver.seen.length > 0);
      const { sid } = oauth.getValidatedIdTokenClaims(tokens)!;
      const [, payload] = receiver.seen[0]!.form.get('logout_token')!.split('.');
      expect(JSON.parse(Buffer.from(payload!, 'base64url').toString())).toMatchObject({ sub: person.id, sid });
    });
  },
);

async function methodOf(name: string): Promise<Method> {
  if (name === 'client_secret_basic')
    return { name, metadata: {}, prove: ({ client_secret }) => oauth.ClientSecretBasic(String(client_secret)) };
  if (name === 'client_secret_jwt')
    return { name, metadata: {}, prove: ({ client_secret }) => oauth.ClientSecretJwt(String(client_secret)) };
  const { privateKey, publicKey } = await oauth.generateKeyPair('ES256');
  const jwk = { ...(await crypto.subtle.exportKey('jwk', publicKey)), kid: 'rp-1', use: 'sig', alg: 'ES256' };
  const { ext: _ext, key_ops: _operations, ...key } = jwk;
  const metadata = { jwks: { keys: [key] }, userinfo_signed_response_alg: 'ES256' };
  return { name, metadata, prove: () => oauth.PrivateKeyJwt({ key: privateKey, kid: 'rp-1' }) };
}
