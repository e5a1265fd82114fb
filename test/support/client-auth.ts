import { NO_PROOF } from '../../src/common/ports/sender-proof.js';
import { SignJWT, exportJWK, generateKeyPair, type CryptoKey, type JWK, type JWTPayload } from 'jose';
import { randomUUID } from 'node:crypto';
import { Database } from '../../src/common/database/database.js';
import type { TokenResponse } from '../../src/common/ports/authorization-server.js';
import { HostPorts } from '../../src/common/ports/port.js';
import type { AuthOptions, OAuthProviderOptions, StaticClientOptions } from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type TestApp, type TestAppOptions } from './app.js';
import { send, type Answer } from './http.js';
import { basic, WEB } from './oauth.js';
import { watchPool } from './pool.js';
import type { SignedInUser } from './users.js';

export { basic, WEB };
export const API = 'https://api.example.com';
export const OTHER_API = 'https://other.example.com';
export const TOKEN_URL = `${TEST_ISSUER}/api/auth/oauth2/token`;
export const CALLBACK = 'https://client.example/callback';

/** Clients of most tests; id and secret say what they are. */
export const RIVAL: StaticClientOptions = { ...WEB, clientId: 'rival', clientSecret: 'secret of rival' };
export const SPA: StaticClientOptions = { clientId: 'spa', redirectUris: [CALLBACK], scopes: WEB.scopes };
export const MACHINE: StaticClientOptions = {
  clientId: 'machine',
  clientSecret: 'secret of machine',
  clientCredentialsScopes: ['reports:read', 'reports:write'],
};
/** A client for an API that introspects tokens. */
export const RESOURCE_SERVER: StaticClientOptions = {
  clientId: 'api',
  clientSecret: 'secret of api',
  resources: [API],
};

export interface OAuthAppOptions extends Omit<TestAppOptions, 'auth'> {
  readonly clients: readonly StaticClientOptions[];
  readonly provider?: Partial<OAuthProviderOptions>;
  readonly auth?: Partial<AuthOptions>;
}

export function createOAuthApp({ clients, provider, auth, ...rest }: OAuthAppOptions): Promise<TestApp> {
  const oauthProvider = { clients, ...provider };
  const resources = [{ resource: API }, { resource: OTHER_API }];
  return createTestApp({ ...rest, auth: { jwt: true, clientCredentials: true, resources, oauthProvider, ...auth } });
}

export const proof = ({ clientId, clientSecret }: StaticClientOptions) => basic(clientId, clientSecret!);

/** A form to one of our OAuth routes, e.g. `oauth2/token`. */
export function submit(
  host: Pick<TestApp, 'url'>,
  route: string,
  fields: Record<string, string> | [string, string][],
  headers: Record<string, string> = {},
): Promise<Answer> {
  return send(`${host.url}/api/auth/${route}`, { body: new URLSearchParams(fields), headers });
}

/** The tokens that the code flow would give, made through the port that it uses. */
export async function tokensFor(
  host: Pick<TestApp, 'app'>,
  { clientId }: StaticClientOptions,
  user: SignedInUser,
  grant: { readonly scopes?: readonly string[]; readonly resources?: readonly string[] } = {},
): Promise<TokenResponse> {
  const server = host.app.get(HostPorts).authorizationServer.get();
  const prepared = await server.prepare({
    client: (await server.findClient(clientId))!,
    subjectId: user.id,
    subjectKind: 'user',
    sessionId: user.sessionId,
    source: 'authorization_code',
    sourceId: randomUUID(),
    scopes: grant.scopes ?? ['email'],
    resources: grant.resources ?? [],
    authenticatedAt: new Date(),
    sender: NO_PROOF,
    refreshable: true,
  });
  return host.app.get(Database).transaction((tx) => prepared.store(tx));
}

/** A client's key pair. */
export interface ClientKey {
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
  readonly alg: string;
}

export async function clientKey(alg = 'ES256', kid = alg): Promise<ClientKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, alg, jwk: { ...(await exportJWK(publicKey)), kid, use: 'sig' } };
}

/** A valid assertion of `name`, except for `claims` and `header`; undefined removes a claim. */
export function assertionOf(
  name: string,
  key: ClientKey | Uint8Array,
  claims: JWTPayload & Record<string, unknown> = {},
  header: Record<string, unknown> = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const good = { iss: name, sub: name, aud: TOKEN_URL, iat: now, exp: now + 60, jti: randomUUID() };
  const isSecret = key instanceof Uint8Array;
  return new SignJWT({ ...good, ...claims })
    .setProtectedHeader({ alg: isSecret ? 'HS256' : key.alg, ...(!isSecret && { kid: key.jwk.kid! }), ...header })
    .sign(isSecret ? key : key.privateKey);
}

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export const byAssertion = (assertion: string, fields: Record<string, string> = {}): Record<string, string> => ({
  client_assertion_type: ASSERTION_TYPE,
  client_assertion: assertion,
  ...fields,
});

/** Names of the statements that go through the application's pool; `transaction` for a connection taken for a transaction. */
export function watchStatements(host: Pick<TestApp, 'app'>): (work: () => Promise<unknown>) => Promise<string[]> {
  let seen: string[] = [];
  watchPool(host, (name) => seen.push(name));
  return async (work) => {
    seen = [];
    await work();
    return seen;
  };
}
