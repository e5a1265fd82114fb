import { NO_PROOF } from '../../src/common/ports/sender-proof.js';
import { Database } from '../../src/common/database/database.js';
import type { ClaimsRequest, TokenResponse } from '../../src/common/ports/authorization-server.js';
import { HostPorts } from '../../src/common/ports/port.js';
import type { IssuedTokens } from '../../src/common/tokens/issued-tokens.js';
import { TokenIssuer } from '../../src/common/tokens/token.issuer.js';
import type { OAuthProviderOptions } from '../../src/index.js';
import type { TestApp } from './app.js';

const SECRET = 'a secret of a test client, long enough';

/** Clients that most token tests need; all of them are clients of the options. */
export const TEST_CLIENTS: NonNullable<OAuthProviderOptions['clients']> = [
  { clientId: 'web', clientSecret: SECRET, redirectUris: ['https://web.example/callback'] },
  { clientId: 'spa', redirectUris: ['https://spa.example/callback'] },
  { clientId: 'phone-app', redirectUris: ['com.example.app:/callback'] },
  {
    clientId: 'jwt',
    clientSecret: SECRET,
    redirectUris: ['https://jwt.example/callback'],
    accessTokenFormat: 'jwt',
  },
  {
    clientId: 'signed',
    clientSecret: SECRET,
    redirectUris: ['https://signed.example/callback'],
    metadata: { userinfo_signed_response_alg: 'ES256' },
  },
  { clientId: 'service', clientSecret: SECRET, clientCredentialsScopes: ['openid', 'reports'] },
];

/** What a client asks of a user. */
export interface TokensAsked {
  readonly clientId: string;
  readonly user: { readonly id: string; readonly sessionId: string };
  readonly scopes: readonly string[];
  readonly resources?: readonly string[];
  readonly claims?: ClaimsRequest;
  readonly nonce?: string;
}

/** Gives a client tokens for a user, in the same way as every grant. */
export async function grantTokens(host: TestApp, asked: TokensAsked): Promise<TokenResponse> {
  const server = host.app.get(HostPorts).authorizationServer.get();
  const client = await server.findClient(asked.clientId);
  if (!client) throw new Error(`no client ${asked.clientId}`);
  const prepared = await server.prepare({
    client,
    subjectId: asked.user.id,
    subjectKind: 'user',
    sessionId: asked.user.sessionId,
    source: 'authorization_code',
    sourceId: null,
    scopes: asked.scopes,
    resources: asked.resources ?? [],
    authenticatedAt: new Date(),
    nonce: asked.nonce ?? null,
    claims: asked.claims ?? null,
    sender: NO_PROOF,
    refreshable: true,
  });
  return host.app.get(Database).transaction((tx) => prepared.store(tx));
}

/** Gives a client a token for itself. */
export async function grantOwnToken(host: TestApp, clientId: string, scopes: readonly string[]): Promise<string> {
  const server = host.app.get(HostPorts).authorizationServer.get();
  const client = await server.findClient(clientId);
  const prepared = await server.prepare({
    client: client!,
    subjectId: clientId,
    subjectKind: 'client',
    sessionId: null,
    source: 'client_credentials',
    sourceId: null,
    scopes,
    resources: [],
    authenticatedAt: null,
    sender: NO_PROOF,
    refreshable: false,
  });
  return (await host.app.get(Database).transaction((tx) => prepared.store(tx))).access_token;
}

/** Rotates a client's refresh token by the kernel's own code. @throws AuthError when it is refused */
export async function rotate(host: TestApp, refreshToken: string, clientId: string): Promise<IssuedTokens> {
  const issuer = host.app.get(TokenIssuer);
  const presented = await issuer.present(refreshToken, clientId);
  const { scopes, audience } = presented;
  return issuer.rotate(presented, { scopes, audience, accessTtlSeconds: 60 });
}
