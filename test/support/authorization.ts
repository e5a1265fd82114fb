import { TEST_ISSUER, type TestApp } from './app.js';
import type { StaticClientOptions } from '../../src/index.js';
import { AUTHORIZE, authorizeQuery, pkce, type Navigator, type Page } from './oauth.js';

export const CONSENT = '/api/auth/oauth2/consent';
export const CONTINUE = '/api/auth/oauth2/continue';

type Change = Record<string, string | undefined>;

/** An authorization request with PKCE, valid except for `change`. */
export function ask(browser: Navigator, client: StaticClientOptions, change: Change = {}): Promise<Page> {
  return browser.get(`${AUTHORIZE}?${authorizeQuery(client, { code_challenge: pkce().challenge, ...change })}`);
}

/** The handle in the address of a page of ours. */
export function handleIn(page: Page): string {
  const url = new URL(page.location ?? '', TEST_ISSUER);
  const continueTo = url.searchParams.get('continue');
  const handle = (continueTo === null ? url : new URL(continueTo, TEST_ISSUER)).searchParams.get('request');
  if (handle === null) throw new Error(`no handle: ${page.status} ${page.location} ${page.text}`);
  return handle;
}

/** A request that waits for consent in this browser. @returns its handle */
export async function askedForConsent(browser: Navigator, client: StaticClientOptions, change: Change = {}) {
  const page = await ask(browser, client, change);
  if (!page.location?.includes('/oauth2/consent?')) throw new Error(`not asked: ${page.status} ${page.location}`);
  return handleIn(page);
}

export function answer(browser: Navigator, handle: string, accept: boolean, origin?: string): Promise<Page> {
  return browser.post(CONSENT, { consent_code: handle, accept: String(accept) }, origin);
}

/** The parameters of the authorization response; they stand in the client's registered address. */
export function answerIn(page: Page, client: StaticClientOptions): Record<string, string> {
  const [redirectUri] = client.redirectUris!;
  if (!page.location?.startsWith(redirectUri!)) throw new Error(`not at the client: ${page.status} ${page.location}`);
  expect([302, 303]).toContain(page.status);
  return Object.fromEntries(new URL(page.location).searchParams);
}

/** The error page; the browser is not redirected. */
export function expectErrorPage(page: Page, status = 400): void {
  expect([page.status, page.location]).toEqual([status, undefined]);
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(page.text).toContain('id="error"');
  expectPageHeaders(page);
}

/** T067: no page of ours may be framed or cached, or send its address as referrer. */
export function expectPageHeaders(page: Page): void {
  expect(page.headers['content-security-policy']).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
  expect(page.headers['x-frame-options']).toBe('DENY');
  expect(page.headers['x-content-type-options']).toBe('nosniff');
  expect(page.headers['cache-control']).toBe('no-store');
}

/** Token families of clients that a subject has, that have not ended and still have a live token. */
export async function liveFamilies(host: Pick<TestApp, 'sql'>, subject: string): Promise<number> {
  const [row] = await host.sql<{ count: number }>(
    `SELECT count(*)::int AS count FROM auth_token_family f
     WHERE subject = $1 AND client_id IS NOT NULL AND revoked_at IS NULL AND expires_at > now()`,
    [subject],
  );
  return row!.count;
}
