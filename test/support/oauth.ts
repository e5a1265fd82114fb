import { createHash, randomBytes } from 'node:crypto';
import type { AuthOptions, OAuthProviderOptions, StaticClientOptions } from '../../src/index.js';
import { TEST_ISSUER, type TestApp } from './app.js';
import { Browser } from './browser.js';
import { send, type Answer } from './http.js';

/** A confidential client, a public one, and another confidential one. */
export const WEB: StaticClientOptions = {
  clientId: 'web',
  clientSecret: 'web-secret-web-secret-web-secret-01',
  name: 'Web',
  redirectUris: ['https://web.example/callback'],
  scopes: ['openid', 'profile', 'email', 'offline_access', 'read:data'],
};
export const APP: StaticClientOptions = {
  clientId: 'app',
  name: 'App',
  redirectUris: ['http://127.0.0.1/callback', 'https://app.example/callback'],
  scopes: ['openid', 'profile', 'offline_access', 'read:data'],
};
export const OTHER: StaticClientOptions = {
  clientId: 'other',
  clientSecret: 'other-secret-other-secret-other-01',
  redirectUris: ['https://other.example/callback'],
  scopes: ['openid', 'profile'],
};

export function providerOptions(
  provider: OAuthProviderOptions = {},
  rest: Partial<AuthOptions> = {},
): Partial<AuthOptions> {
  const scopes = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access', 'read:data'];
  return { jwt: true, oauthProvider: { clients: [WEB, APP, OTHER], scopes, ...provider }, ...rest };
}

export function pkce(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/** The reply to a navigation. */
export interface Page {
  readonly status: number;
  readonly location: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** A browser at one host: navigations, and forms from our own pages. */
export class Navigator {
  private readonly browser: Browser;

  constructor(
    readonly host: Pick<TestApp, 'url'>,
    origin = TEST_ISSUER,
  ) {
    this.browser = new Browser(origin);
  }

  get cookie(): string {
    return this.browser.cookieHeader();
  }

  async get(path: string): Promise<Page> {
    return pageOf(await this.browser.fetch(this.host.url + path, { headers: HTML }));
  }

  /** @param origin of the page that has the form; default ours */
  async post(path: string, form: Record<string, string>, origin?: string): Promise<Page> {
    const headers = { ...HTML, 'content-type': FORM, ...(origin !== undefined && { origin }) };
    const body = new URLSearchParams(form).toString();
    return pageOf(await this.browser.fetch(this.host.url + path, { method: 'POST', headers, body }));
  }

  /** Signs a new user up. @returns their id */
  async signUp(email = `u${randomBytes(6).toString('hex')}@example.com`): Promise<string> {
    const body = { email, password: 'correct horse battery', name: 'Anna Ha' };
    const answer = await this.browser.fetch(`${this.host.url}/api/auth/sign-up/email`, {
      method: 'POST',
      headers: { ...HTML, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return ((await answer.json()) as { user: { id: string } }).user.id;
  }
}

const HTML = { accept: 'text/html' };
const FORM = 'application/x-www-form-urlencoded';

async function pageOf(response: Response): Promise<Page> {
  const headers = Object.fromEntries(response.headers);
  return { status: response.status, location: headers['location'], headers, text: await response.text() };
}

export const AUTHORIZE = '/api/auth/oauth2/authorize';

/** Query of an authorization request; undefined removes a parameter. */
export function authorizeQuery(client: StaticClientOptions, change: Record<string, string | undefined> = {}): string {
  const parameters: Record<string, string | undefined> = {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: client.redirectUris?.[0],
    scope: 'openid',
    state: 'a-state',
    code_challenge_method: change['code_challenge'] === undefined ? undefined : 'S256',
    ...change,
  };
  const given = Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return new URLSearchParams(given).toString();
}

/** Sends the request and consents. @returns the client's address at which the browser ends */
export async function authorize(browser: Navigator, query: string): Promise<URL> {
  let page = await browser.get(`${AUTHORIZE}?${query}`);
  if (page.location?.includes('/oauth2/consent?')) {
    const handle = new URL(page.location, TEST_ISSUER).searchParams.get('request')!;
    await browser.get(page.location);
    page = await browser.post('/api/auth/oauth2/consent', { consent_code: handle, accept: 'true' });
  }
  if (page.location === undefined) throw new Error(`no redirect: ${page.status} ${page.text}`);
  return new URL(page.location, TEST_ISSUER);
}

/** A code for a user who consents, with its verifier. */
export async function obtainCode(
  browser: Navigator,
  client: StaticClientOptions,
  change: Record<string, string | undefined> = {},
): Promise<{ code: string; verifier: string }> {
  const { verifier, challenge } = pkce();
  const url = await authorize(browser, authorizeQuery(client, { code_challenge: challenge, ...change }));
  const code = url.searchParams.get('code');
  if (code === null) throw new Error(`no code: ${url.href}`);
  return { code, verifier };
}

/** A request to the token endpoint; confidential clients prove themselves by HTTP Basic. */
export async function tokenRequest(
  host: Pick<TestApp, 'url'>,
  client: StaticClientOptions,
  form: Record<string, string | undefined>,
): Promise<Answer> {
  const given = Object.entries(form).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const body = new URLSearchParams(given);
  const headers: Record<string, string> = { 'content-type': FORM };
  if (client.clientSecret === undefined) body.set('client_id', client.clientId);
  else Object.assign(headers, basic(client.clientId, client.clientSecret));
  return send(`${host.url}/api/auth/oauth2/token`, { body: body.toString(), headers });
}

/** RFC 6749 2.3.1. */
export function basic(clientId: string, secret: string): { authorization: string } {
  const encode = (text: string) => encodeURIComponent(text).replaceAll('%20', '+');
  return { authorization: `Basic ${Buffer.from(`${encode(clientId)}:${encode(secret)}`).toString('base64')}` };
}

/** Exchanges a code. */
export function exchange(
  host: Pick<TestApp, 'url'>,
  client: StaticClientOptions,
  { code, verifier }: { code: string; verifier: string },
  change: Record<string, string | undefined> = {},
): Promise<Answer> {
  return tokenRequest(host, client, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: client.redirectUris![0]!,
    code_verifier: verifier,
    ...change,
  });
}
