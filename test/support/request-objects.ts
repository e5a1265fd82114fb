import type { AuthOptions } from '../../src/auth.options.js';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';
import { createHmac, randomBytes } from 'node:crypto';
import { SecretBox } from '../../src/common/secrets/secret-box.js';
import type { OAuthProviderOptions, StaticClientOptions } from '../../src/index.js';
import { DEFAULT_ADAPTER, type Adapter } from './adapter.js';
import { createTestApp, TEST_ISSUER, type TestApp } from './app.js';
import { AUTHORIZE, pkce, providerOptions, type Navigator, type Page } from './oauth.js';

/** A key of a client: the private half, and the public one as it is registered. */
export interface ClientKey {
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

export async function clientKey(alg: string, kid: string): Promise<ClientKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

export const REDIRECT = 'https://jar.example/callback';

/** A client that skips consent, so that a valid request ends in a code. */
export function jarClient(clientId: string, metadata: StaticClientOptions['metadata']): StaticClientOptions {
  return {
    clientId,
    clientSecret: `${clientId}-secret-0123456789-0123456789-01`,
    redirectUris: [REDIRECT, 'https://jar.example/other'],
    scopes: ['openid', 'profile', 'email'],
    skipConsent: true,
    ...(metadata && { metadata }),
  };
}

/** A provider that takes request objects, by default also from addresses of this machine. */
export function jarHost(
  clients: readonly StaticClientOptions[],
  provider: OAuthProviderOptions = {},
  adapter: Adapter = DEFAULT_ADAPTER,
  rest: Partial<AuthOptions> = {},
): Promise<TestApp> {
  return createTestApp({
    adapter,
    auth: providerOptions({ requestObjects: true, clients, ...provider }, { allowPrivateNetwork: true, ...rest }),
  });
}

/** The claims of a valid request object. */
export function requestClaims(clientId: string, change: JWTPayload = {}): JWTPayload {
  return {
    iss: clientId,
    aud: TEST_ISSUER,
    client_id: clientId,
    response_type: 'code',
    redirect_uri: REDIRECT,
    scope: 'openid',
    state: 'inner-state',
    code_challenge: pkce().challenge,
    code_challenge_method: 'S256',
    ...change,
  };
}

export function signObject(key: ClientKey, claims: JWTPayload, header: object = {}): Promise<string> {
  const { alg, kid } = key.publicJwk;
  return (
    new SignJWT(claims)
      .setProtectedHeader({ alg: alg!, ...(kid !== undefined && { kid }), ...header })
      // For tests of an unknown extension.
      .sign(key.privateKey, { crit: { unheard_of: true } })
  );
}

/** An unsigned object, which anyone can make. */
export function unsignedObject(header: object, claims: JWTPayload): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${encode(header)}.${encode(claims)}.`;
}

/** Sends the request with the parameters that OpenID Connect requires beside the object; undefined removes a parameter. */
export function ask(browser: Navigator, clientId: string, change: Record<string, string | undefined>): Promise<Page> {
  const outside = { response_type: 'code', scope: 'openid', redirect_uri: REDIRECT, client_id: clientId, ...change };
  const given = Object.entries(outside).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return browser.get(`${AUTHORIZE}?${new URLSearchParams(given).toString()}`);
}

/** The parameters of the authorization response. */
export function answerOf(page: Page): Record<string, string> {
  if (page.location === undefined) throw new Error(`no redirect: ${page.status} ${page.text}`);
  return Object.fromEntries(new URL(page.location, TEST_ISSUER).searchParams);
}

/** Signed by HS256, with any text as the key. */
export function hmacObject(secret: string, claims: JWTPayload): string {
  const input = unsignedObject({ alg: 'HS256' }, claims).slice(0, -1);
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

/** A client whose secret is kept as an HMAC key (`client_secret_jwt`). @returns the secret */
export async function secretClient(host: TestApp, clientId: string, metadata: object): Promise<string> {
  const secret = randomBytes(32).toString('base64url');
  const registered = {
    redirect_uris: [REDIRECT],
    token_endpoint_auth_method: 'client_secret_jwt',
    grant_types: ['authorization_code'],
    response_types: ['code'],
    application_type: 'web',
    ...metadata,
  };
  const box = host.app.get(SecretBox).seal(secret, `client-secret:${clientId}`);
  await host.sql(`INSERT INTO auth_subject (subject) VALUES ('client:' || $1)`, [clientId]);
  await host.sql(
    `INSERT INTO auth_oauth_client (client_id, registered_by, metadata, policy, secret_box)
     VALUES ($1, 'administration', $2, '{"skipConsent":true}', $3)`,
    [clientId, JSON.stringify(registered), box],
  );
  return secret;
}
