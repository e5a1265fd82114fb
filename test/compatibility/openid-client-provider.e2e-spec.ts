import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { createIssuerHost, Person, type IssuerHost } from '../support/relying-party.js';
import { until } from '../support/until.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

const REDIRECT = 'https://rp.example/callback';
const GOODBYE = 'https://rp.example/bye';
const SECRET = 'a secret of a service, long enough to be one';
const INSECURE = { execute: [oidc.allowInsecureRequests] };

/** Discovered and registered by the client itself, as a stranger to this server would. */
describe.each([
  ['client_secret_basic', {}],
  ['client_secret_post', { userinfo_signed_response_alg: 'ES256', id_token_signed_response_alg: 'ES256' }],
  ['none', { id_token_signed_response_alg: 'EdDSA' }],
] as const)('openid-client 6 against the running server, registered with %s', (method, metadata) => {
  let host: IssuerHost;
  let receiver: Upstream;
  let config: oidc.Configuration;
  let person: Person;

  beforeAll(async () => {
    receiver = await startUpstream();
    receiver.answer({ body: '' });
    host = await createIssuerHost({ dynamicRegistration: 'open' }, { clientCredentials: true });
    person = await Person.of(host);
    config = await oidc.dynamicClientRegistration(
      new URL(host.issuer),
      {
        client_name: 'A relying party',
        redirect_uris: [REDIRECT],
        post_logout_redirect_uris: [GOODBYE],
        grant_types: ['authorization_code', 'refresh_token'],
        token_endpoint_auth_method: method,
        backchannel_logout_uri: `${receiver.origin}/back-channel`,
        ...metadata,
      },
      method === 'client_secret_basic' ? oidc.ClientSecretBasic() : method === 'none' ? oidc.None() : undefined,
      INSECURE,
    );
    oidc.enableNonRepudiationChecks(config);
  });
  afterAll(async () => {
    await host.close();
    await receiver.close();
  });

  /** From the client to our pages and back, and the code for tokens. */
  async function signIn(more: Record<string, string> = {}) {
    const [verifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()];
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT,
      scope: 'openid profile email offline_access',
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...more,
    });
    const landing = await person.go(url);
    const back = landing.form === null ? landing.url : new Request(landing.url, { method: 'POST', body: landing.form });
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
    return { landing, tokens: await oidc.authorizationCodeGrant(config, back, checks) };
  }

  it('is registered: the metadata of both sides is whole', () => {
    expect(config.serverMetadata()).toMatchObject({ issuer: host.issuer });
    expect(config.serverMetadata().supportsPKCE()).toBe(true);
    expect(config.clientMetadata()).toMatchObject({ client_name: 'A relying party', redirect_uris: [REDIRECT] });
    expect(config.clientMetadata().client_secret === undefined).toBe(method === 'none');
  });

  it('code + PKCE through the built-in pages, ID token verified; userinfo plain or signed', async () => {
    const { landing, tokens } = await signIn();
    expect(landing.url.searchParams.get('iss')).toBe(host.issuer);
    expect(person.seen).toEqual(['sign-in', 'consent']);
    const claims = tokens.claims()!;
    expect(claims).toMatchObject({ iss: host.issuer, sub: person.id, aud: config.clientMetadata().client_id });
    expect(await oidc.fetchUserInfo(config, tokens.access_token, claims.sub)).toMatchObject({
      sub: person.id,
      email: person.email,
      email_verified: false,
      name: 'Test User',
    });
  });

  it('form_post: the client is posted the code, and nobody is asked again without offline_access', async () => {
    const { landing, tokens } = await signIn({ response_mode: 'form_post', scope: 'openid' });
    expect([landing.url.href, landing.form!.get('iss')]).toEqual([REDIRECT, host.issuer]);
    expect(tokens.claims()!.sub).toBe(person.id);
    expect(person.seen).toEqual(['sign-in', 'consent']);
  });

  it('refresh rotates, and the ID token stays about the same sign-in', async () => {
    const { tokens } = await signIn({ prompt: 'consent' });
    const next = await oidc.refreshTokenGrant(config, tokens.refresh_token!);
    expect(next.refresh_token).not.toBe(tokens.refresh_token);
    expect(next.claims()).toMatchObject({ sub: person.id, auth_time: tokens.claims()!.auth_time });
    const narrow = await oidc.refreshTokenGrant(config, next.refresh_token!, { scope: 'openid' });
    expect(narrow.scope).toBe('openid');
  });

  it('introspection and revocation', async () => {
    const { tokens } = await signIn({ prompt: 'consent' });
    const isActive = async (token: string) => (await oidc.tokenIntrospection(config, token)).active;
    if (method === 'none')
      await expect(isActive(tokens.access_token)).rejects.toMatchObject({ status: 401, error: 'invalid_client' });
    else expect(await isActive(tokens.access_token)).toBe(true);
    await oidc.tokenRevocation(config, tokens.refresh_token!, { token_type_hint: 'refresh_token' });
    await expect(oidc.refreshTokenGrant(config, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    const userinfo = oidc.fetchUserInfo(config, tokens.access_token, person.id);
    await expect(userinfo).rejects.toMatchObject({ status: 401 });
    if (method !== 'none') expect(await isActive(tokens.access_token)).toBe(false);
    await oidc.tokenRevocation(config, 'garbage');
  });

  it('what goes wrong has the name the client looks for', async () => {
    await expect(oidc.refreshTokenGrant(config, 'garbage')).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(signIn({ prompt: 'none', scope: 'openid address' })).rejects.toMatchObject({
      code: 'OAUTH_AUTHORIZATION_RESPONSE_ERROR',
      error: 'consent_required',
    });
    await expect(oidc.clientCredentialsGrant(config)).rejects.toMatchObject({ error: 'unauthorized_client' });
  });

  it('logout by the client: the browser comes back, the session is over, the back-channel token arrives', async () => {
    const { tokens } = await signIn();
    receiver.seen.splice(0);
    const idToken = tokens.id_token!;
    const { url } = await person.go(
      oidc.buildEndSessionUrl(config, {
        id_token_hint: idToken,
        post_logout_redirect_uri: GOODBYE,
        state: 'left',
      }),
    );
    expect(url.href).toBe(`${GOODBYE}?state=left`);
    await until('the logout token', () => receiver.seen.length > 0);
    const [{ path, form }] = receiver.seen as [(typeof receiver.seen)[number]];
    expect(path).toBe('/back-channel');
    const keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri!));
    const { payload } = await jwtVerify(form.get('logout_token')!, keys, {
      issuer: host.issuer,
      audience: config.clientMetadata().client_id,
      typ: 'logout+jwt',
    });
    expect([payload.sub, payload['sid']]).toEqual([person.id, tokens.claims()!['sid']]);
    person.seen.splice(0);
    await signIn();
    expect(person.seen[0]).toBe('sign-in');
  });
});

describe('openid-client 6: client_credentials', () => {
  let host: IssuerHost;
  beforeAll(async () => {
    const service = { clientId: 'service', clientSecret: SECRET, clientCredentialsScopes: ['reports'] };
    const resources = [{ resource: 'https://api.example', accessTokenFormat: 'jwt' as const }];
    host = await createIssuerHost(
      { clients: [service], scopes: ['openid', 'reports'] },
      { clientCredentials: true, resources },
    );
  });
  afterAll(() => host.close());

  it.each([
    ['basic', () => oidc.ClientSecretBasic(SECRET)],
    ['post', () => oidc.ClientSecretPost(SECRET)],
  ])('a service proves itself by %s and gets a token for itself', async (_name, authentication) => {
    const config = await oidc.discovery(new URL(host.issuer), 'service', undefined, authentication(), INSECURE);
    const tokens = await oidc.clientCredentialsGrant(config, { scope: 'reports' });
    expect([tokens.scope, tokens.token_type, tokens.refresh_token]).toEqual(['reports', 'bearer', undefined]);
    expect(await oidc.tokenIntrospection(config, tokens.access_token)).toMatchObject({
      active: true,
      client_id: 'service',
      scope: 'reports',
    });
    const signed = await oidc.clientCredentialsGrant(config, { scope: 'reports', resource: 'https://api.example' });
    const keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri!));
    const expected = { issuer: host.issuer, audience: 'https://api.example', typ: 'at+jwt' };
    expect((await jwtVerify(signed.access_token, keys, expected)).payload).toMatchObject({ client_id: 'service' });
  });

  it('a wrong secret is invalid_client, by the challenge of the way it was sent', async () => {
    const grant = async (authentication: oidc.ClientAuth) =>
      oidc.clientCredentialsGrant(
        await oidc.discovery(new URL(host.issuer), 'service', undefined, authentication, INSECURE),
      );
    await expect(grant(oidc.ClientSecretBasic('wrong'))).rejects.toMatchObject({
      status: 401,
      cause: [{ scheme: 'basic', parameters: { realm: expect.any(String) } }],
    });
    await expect(grant(oidc.ClientSecretPost('wrong'))).rejects.toMatchObject({ status: 401, error: 'invalid_client' });
  });
});
