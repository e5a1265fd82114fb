import { NO_PROOF } from '../../src/common/ports/sender-proof.js';
import { Database } from '../../src/common/database/database.js';
import type { PreparedTokens } from '../../src/common/ports/authorization-server.js';
import { HostPorts } from '../../src/common/ports/port.js';
import type { StaticClientOptions } from '../../src/index.js';
import { createTestApp, type TestApp, type TestAppOptions } from './app.js';
import { send, type Answer } from './http.js';
import type { SignedInUser } from './users.js';

/** A client of the options with a post-logout redirect address. */
export function logoutClient(clientId: string, metadata: StaticClientOptions['metadata'] = {}): StaticClientOptions {
  return {
    clientId,
    clientSecret: `secret of ${clientId}, long enough for a test`,
    redirectUris: [`https://${clientId}.example/callback`],
    metadata: { post_logout_redirect_uris: [`https://${clientId}.example/bye`], ...metadata },
  };
}

/** A host with an OpenID provider. */
export function createLogoutHost(
  clients: readonly StaticClientOptions[],
  { auth, ...options }: TestAppOptions = {},
): Promise<TestApp> {
  return createTestApp({
    ...options,
    auth: { allowPrivateNetwork: true, jwt: true, oauthProvider: { clients }, ...auth },
  });
}

/** Tokens of this client for the user's session, signed but not yet stored. */
export async function prepareTokens(
  host: TestApp,
  user: Pick<SignedInUser, 'id' | 'sessionId'>,
  clientId: string,
  scopes: readonly string[] = ['openid'],
): Promise<PreparedTokens> {
  const server = host.app.get(HostPorts).authorizationServer.get();
  const client = await server.findClient(clientId);
  return server.prepare({
    client: client!,
    subjectId: user.id,
    subjectKind: 'user',
    sessionId: user.sessionId,
    source: 'authorization_code',
    sourceId: null,
    scopes,
    resources: [],
    authenticatedAt: new Date(),
    sender: NO_PROOF,
    refreshable: false,
  });
}

/** Gives the user's session an ID token for this client, as the token endpoint does. */
export async function idTokenFor(...what: Parameters<typeof prepareTokens>): Promise<string> {
  const prepared = await prepareTokens(...what);
  const tokens = await what[0].app.get(Database).transaction((tx) => prepared.store(tx));
  return tokens.id_token!;
}

/** The reply of the end_session_endpoint to a browser with this cookie. */
export function endSession(
  host: TestApp,
  parameters: Record<string, string>,
  cookie?: string,
  route = 'oauth2/end-session',
): Promise<Answer> {
  const headers: Record<string, string> = { accept: 'text/html', ...(cookie !== undefined && { cookie }) };
  return send(`${host.url}/api/auth/${route}?${new URLSearchParams(parameters)}`, { headers });
}

/** Presses the button of the sign-out page. @param origin of the page that sends the form */
export function pressSignOut(
  host: TestApp,
  page: Answer,
  cookie: string | undefined,
  origin = 'http://localhost:3000',
): Promise<Answer> {
  const request = /name="request" value="([^"]*)"/.exec(page.text)?.[1] ?? 'no form';
  return send(`${host.url}/api/auth/oauth2/end-session/confirm`, {
    body: new URLSearchParams({ request }),
    headers: { accept: 'text/html', origin, ...(cookie !== undefined && { cookie }) },
  });
}

export async function isSignedIn(host: TestApp, user: SignedInUser): Promise<boolean> {
  const { body } = await send(`${host.url}/api/auth/get-session`, { bearer: user.token });
  return body !== null;
}
