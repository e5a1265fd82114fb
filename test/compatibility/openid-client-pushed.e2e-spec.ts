import { exportJWK, type JWK } from 'jose';
import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import { createIssuerHost, Person, type IssuerHost } from '../support/relying-party.js';

const REDIRECT = 'https://rp.example/callback';
const insecure = { [oauth.allowInsecureRequests]: true };
const INSECURE = { execute: [oidc.allowInsecureRequests] };

describe.each(['express', 'fastify'] as const)('RFC 9126: clients that push, on %s', (adapter) => {
  let host: IssuerHost;
  let person: Person;
  let pair: oidc.CryptoKeyPair;
  let jwk: JWK;

  beforeAll(async () => {
    pair = await oidc.randomDPoPKeyPair('ES256', { extractable: true });
    jwk = await exportJWK(pair.publicKey);
    const provider = {
      dynamicRegistration: 'open',
      requestObjects: true,
      requirePushedAuthorizationRequests: true,
    } as const;
    host = await createIssuerHost(provider, { adapter });
    person = await Person.of(host);
  });
  afterAll(() => host.close());

  const register = (method: string, auth: oidc.ClientAuth, metadata: object = {}) =>
    oidc.dynamicClientRegistration(
      new URL(host.issuer),
      {
        redirect_uris: [REDIRECT],
        token_endpoint_auth_method: method,
        jwks: { keys: [{ ...jwk, kid: 'k1', use: 'sig', alg: 'ES256' }] },
        ...metadata,
      } as Partial<oidc.ClientMetadata>,
      auth,
      INSECURE,
    );
  const signing = () => oidc.PrivateKeyJwt({ key: pair.privateKey, kid: 'k1' });

  async function request() {
    const verifier = oidc.randomPKCECodeVerifier();
    const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
    const parameters = {
      redirect_uri: REDIRECT,
      scope: 'openid email',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    };
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
    return { parameters, checks };
  }

  it.each(['client_secret_basic', 'none', 'private_key_jwt'])(
    'openid-client 6 buildAuthorizationUrlWithPAR, %s: through the pages to tokens',
    async (method) => {
      const auth = { none: oidc.None(), client_secret_basic: oidc.ClientSecretBasic(), private_key_jwt: signing() }[
        method
      ];
      const config = await register(method, auth!);
      expect(config.serverMetadata().require_pushed_authorization_requests).toBe(true);
      const { parameters, checks } = await request();
      const url = await oidc.buildAuthorizationUrlWithPAR(config, parameters);
      expect([...url.searchParams.keys()].toSorted()).toEqual(['client_id', 'request_uri']);
      const { url: back } = await person.go(url);
      const tokens = await oidc.authorizationCodeGrant(config, back, checks);
      expect(tokens.claims()).toMatchObject({ sub: person.id, nonce: parameters.nonce });
      // A plain request of the same client is told to push.
      const { url: refused } = await person.go(oidc.buildAuthorizationUrl(config, parameters));
      expect(refused.searchParams.get('error')).toBe('invalid_request');
    },
  );

  it('openid-client 6 with DPoP at both endpoints: the token is bound', async () => {
    const config = await register('client_secret_basic', oidc.ClientSecretBasic());
    const { parameters, checks } = await request();
    const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair());
    const url = await oidc.buildAuthorizationUrlWithPAR(config, parameters, { DPoP });
    const { url: back } = await person.go(url);
    const tokens = await oidc.authorizationCodeGrant(config, back, checks, undefined, { DPoP });
    expect(tokens.token_type).toBe('dpop');
  });

  it('an object of buildAuthorizationUrlWithJAR, pushed by hand with oauth4webapi 3', async () => {
    const config = await register('private_key_jwt', signing(), { request_object_signing_alg: 'ES256' });
    const { parameters, checks } = await request();
    const jar = await oidc.buildAuthorizationUrlWithJAR(config, parameters, {
      key: pair.privateKey,
      kid: 'k1',
    } as never);
    const as = config.serverMetadata() as oauth.AuthorizationServer;
    const client = config.clientMetadata() as oauth.Client;
    const prove = oauth.PrivateKeyJwt({ key: pair.privateKey, kid: 'k1' });
    const answer = await oauth.pushedAuthorizationRequest(
      as,
      client,
      prove,
      { request: jar.searchParams.get('request')! },
      insecure,
    );
    const { request_uri, expires_in } = await oauth.processPushedAuthorizationResponse(as, client, answer);
    expect(expires_in).toBeGreaterThan(0);
    const url = new URL(as.authorization_endpoint!);
    url.search = new URLSearchParams({ client_id: client.client_id, request_uri }).toString();
    const { url: back } = await person.go(url);
    const tokens = await oidc.authorizationCodeGrant(config, back, checks);
    expect(tokens.claims()).toMatchObject({ sub: person.id });
  });

  it('oauth4webapi 3 reads what a refused push says', async () => {
    const config = await register('client_secret_basic', oidc.ClientSecretBasic());
    const as = config.serverMetadata() as oauth.AuthorizationServer;
    const client = config.clientMetadata() as oauth.Client;
    const prove = oauth.ClientSecretBasic(config.clientMetadata().client_secret as string);
    const answer = await oauth.pushedAuthorizationRequest(
      as,
      client,
      prove,
      { response_type: 'token', redirect_uri: REDIRECT },
      insecure,
    );
    await expect(oauth.processPushedAuthorizationResponse(as, client, answer)).rejects.toMatchObject({
      status: 400,
      error: 'unsupported_response_type',
    });
  });
});
