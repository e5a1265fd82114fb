import { apiKey } from '@better-auth/api-key';
import { oauthProvider } from '@better-auth/oauth-provider';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { admin, bearer, jwt, twoFactor } from 'better-auth/plugins';
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'pg';
import { TEST_ISSUER, TEST_SECRET } from './app.js';
import { Browser } from './browser.js';
import { createTestDatabase } from './database.js';
import { send, type Answer } from './http.js';
import { codeOf } from './two-factor.js';

export const CALLBACK = 'https://client.example/callback';

/** A server of better-auth 1.7.25 as its guides write it, with its own tables in a database of its own, and our secret. */
export interface BetterAuthServer {
  readonly url: string;
  readonly databaseUrl: string;
  sql<Row = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Calls on the server itself, which set what a browser may not. */
  readonly api: Record<string, (request: object) => Promise<any>>;
  close(): Promise<void>;
}

export async function startBetterAuth(): Promise<BetterAuthServer> {
  const database = await createTestDatabase();
  const pool = new Pool({ connectionString: database.url });
  pool.on('error', () => undefined);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const auth = betterAuth({
    baseURL: url,
    secret: TEST_SECRET,
    database: pool,
    trustedOrigins: [TEST_ISSUER],
    emailAndPassword: { enabled: true },
    disabledPaths: ['/token'],
    logger: { level: 'error' },
    telemetry: { enabled: false },
    plugins: [
      bearer(),
      jwt(),
      admin(),
      twoFactor(),
      apiKey({ defaultPrefix: 'old_', enableMetadata: true }),
      oauthProvider({
        loginPage: '/sign-in',
        consentPage: '/consent',
        scopes: ['openid', 'profile', 'email', 'offline_access', 'reports:read'],
        silenceWarnings: { oauthAuthServerConfig: true, openidConfig: true },
      }),
    ],
  });
  await (await getMigrations(auth.options)).runMigrations();
  server.on('request', (request, response) => void toNodeHandler(auth)(request, response));
  return {
    url,
    databaseUrl: database.url,
    sql: async <Row>(text: string, values: unknown[] = []) => (await pool.query(text, values)).rows as Row[],
    api: auth.api as unknown as BetterAuthServer['api'],
    close: async () => {
      await new Promise((resolve) => server.close(resolve));
      await pool.end();
      await database.drop();
    },
  };
}

/** A user of it, in a browser of their own. */
export interface OldUser {
  readonly id: string;
  readonly email: string;
  readonly browser: Browser;
  /** The bare session token. */
  readonly token: string;
}

export async function signUpThere(server: BetterAuthServer, email: string, password: string): Promise<OldUser> {
  const browser = new Browser();
  const { token, user } = await post(browser, server, '/sign-up/email', { email, password, name: 'Ada' });
  return { id: user.id, email, browser, token };
}

/** What the page of the old server shows while an app is set up. */
export interface OldFactor {
  /** Base32. */
  readonly secret: string;
  readonly backupCodes: readonly string[];
}

/** A new user who sets an app up, and shows a first code of it. */
export async function enrolThere(
  server: BetterAuthServer,
  email: string,
  password: string,
): Promise<OldUser & OldFactor> {
  const user = await signUpThere(server, email, password);
  return { ...user, ...(await addFactorThere(server, user, password)) };
}

export async function addFactorThere(server: BetterAuthServer, user: OldUser, password: string): Promise<OldFactor> {
  const factor = await beginFactorThere(server, user, password);
  await post(user.browser, server, '/two-factor/verify-totp', { code: codeOf(factor.secret) });
  return factor;
}

/** Only begins to set one up. */
export async function beginFactorThere(
  server: BetterAuthServer,
  { browser }: OldUser,
  password: string,
): Promise<OldFactor> {
  const { totpURI, backupCodes } = await post(browser, server, '/two-factor/enable', { password });
  return { secret: new URL(totpURI).searchParams.get('secret')!, backupCodes };
}

/** Signs in there by a backup code. */
export async function spendThere(
  server: BetterAuthServer,
  email: string,
  password: string,
  code: string,
): Promise<void> {
  const browser = new Browser();
  await post(browser, server, '/sign-in/email', { email, password });
  await post(browser, server, '/two-factor/verify-backup-code', { code });
}

/** Posts JSON as its client does. @returns the body of a success */
export async function post(browser: Browser, server: BetterAuthServer, path: string, body: object): Promise<any> {
  const response = await browser.fetch(`${server.url}/api/auth${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}

export interface OldClient {
  readonly id: string;
  readonly secret: string | undefined;
}

/** A client of this user. @param change members of RFC 7591 */
export async function createClientThere(
  server: BetterAuthServer,
  owner: OldUser,
  change: object = {},
): Promise<OldClient> {
  const body = {
    client_name: 'Reports',
    redirect_uris: [CALLBACK],
    scope: 'openid profile offline_access reports:read',
    ...change,
  };
  const made = await post(owner.browser, server, '/oauth2/create-client', body);
  return { id: made.client_id, secret: made.client_secret };
}

/** The user agrees, and the client exchanges the code. @returns the token response */
export async function authorizeThere(server: BetterAuthServer, user: OldUser, client: OldClient): Promise<any> {
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: client.id,
    redirect_uri: CALLBACK,
    scope: 'openid offline_access reports:read',
    state: 'a-state',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    prompt: 'consent',
  });
  const asked = await user.browser.fetch(`${server.url}/api/auth/oauth2/authorize?${query}`, {
    headers: { accept: 'text/html' },
  });
  // A program that calls it, unlike a browser that is sent there, is told the address.
  const told = asked.status === 200 ? ((await asked.json()) as { url: string }).url : asked.headers.get('location');
  const page = new URL(told ?? '', server.url);
  const answer = await post(user.browser, server, '/oauth2/consent', {
    accept: true,
    oauth_query: page.search.slice(1),
  });
  const code = new URL(answer.url ?? answer.redirect_uri).searchParams.get('code')!;
  const exchanged = await tokenOf(`${server.url}/api/auth`, client, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: CALLBACK,
    code_verifier: verifier,
  });
  if (exchanged.status !== 200) throw new Error(`token: ${exchanged.status} ${exchanged.text}`);
  return exchanged.body;
}

/** A request to the token endpoint, there or here. */
export function tokenOf(base: string, { id, secret }: OldClient, form: Record<string, string>): Promise<Answer> {
  const body = new URLSearchParams(secret === undefined ? { ...form, client_id: id } : form);
  const proof = Buffer.from(`${id}:${secret}`).toString('base64');
  return send(`${base}/oauth2/token`, {
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(secret !== undefined && { authorization: `Basic ${proof}` }),
    },
  });
}
