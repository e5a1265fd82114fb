import type {
  AuthOptions,
  ClientMetadataDocumentsOptions,
  OAuthProviderOptions,
  StaticClientOptions,
} from '../../src/index.js';
import { CONSENT, handleIn } from './authorization.js';
import { createClientHost } from './clients.js';
import type { TestApp } from './app.js';
import { AUTHORIZE, authorizeQuery, Navigator, pkce, type Page } from './oauth.js';

/** A host that reads documents of clients, also on this machine. */
export function createReadingHost(
  documents: ClientMetadataDocumentsOptions = {},
  provider: OAuthProviderOptions = {},
  rest: Partial<AuthOptions> & { databaseUrl?: string; poolSize?: number } = {},
): Promise<TestApp> {
  return createClientHost({ clientMetadataDocuments: documents, ...provider }, { allowPrivateNetwork: true, ...rest });
}

/** A client as the helpers of the flow want it. */
export function documentClient(clientId: string, redirectUri = 'https://app.example/callback'): StaticClientOptions {
  return { clientId, redirectUris: [redirectUri] };
}

/** Asks as the client; the user is signed up before, unless there is a browser. */
export async function begin(
  host: Pick<TestApp, 'url'>,
  client: StaticClientOptions,
  change: Record<string, string | undefined> = {},
  browser?: Navigator,
): Promise<{ page: Page; browser: Navigator; verifier: string }> {
  const window = browser ?? new Navigator(host);
  if (browser === undefined) await window.signUp();
  const { verifier, challenge } = pkce();
  const query = authorizeQuery(client, { code_challenge: challenge, ...change });
  return { page: await window.get(`${AUTHORIZE}?${query}`), browser: window, verifier };
}

/** Allows what a consent page asks for. @returns where the browser is sent */
export async function allow(browser: Navigator, page: Page): Promise<URL> {
  await browser.get(page.location!);
  const answer = await browser.post(CONSENT, { consent_code: handleIn(page), accept: 'true' });
  if (answer.location === undefined) throw new Error(`no redirect: ${answer.status} ${answer.text}`);
  return new URL(answer.location);
}

/** A client id in the path of a route of ours. */
export const inPath = (clientId: string) => encodeURIComponent(encodeURIComponent(clientId));

/** A document that has to be read again. */
export const makeStale = (host: TestApp, clientId: string, goodSeconds = 3_600) =>
  host.sql(
    `UPDATE auth_client_document SET fresh_until = now() - interval '1 second', good_until = now() + $2::int * interval '1 second' WHERE client_id = $1`,
    [clientId, goodSeconds],
  );
