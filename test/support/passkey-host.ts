import type { Browser, Page } from 'playwright-core';
import type { AuthOptions } from '../../src/index.js';
import { createTestApp, type TestApp } from './app.js';
import { freePort } from './free-port.js';
import { TEST_PASSWORD } from './users.js';
import { VirtualAuthenticator, type VirtualAuthenticatorOptions } from './virtual-authenticator.js';

/** A host at the address that browsers use it by: passkeys belong to a name. */
export interface PasskeyHost extends TestApp {
  /** `http://localhost:<port>`. */
  readonly origin: string;
}

export async function createPasskeyHost(auth: Partial<AuthOptions> = {}): Promise<PasskeyHost> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const host = await createTestApp({ port, auth: { issuer: origin, passkeys: true, ...auth } });
  return { ...host, origin };
}

/** One person's browser, with an authenticator. */
export interface PasskeyVisit {
  readonly page: Page;
  readonly authenticator: VirtualAuthenticator;
  /** Errors of the console: also what the policy has blocked. */
  readonly errors: string[];
  readonly email: string;
  close(): Promise<void>;
}

let visits = 0;

/** Somebody who has just signed up by the page. */
export async function visitWithAuthenticator(
  browser: Browser,
  { origin }: PasskeyHost,
  options: VirtualAuthenticatorOptions = {},
): Promise<PasskeyVisit> {
  const context = await browser.newContext({ baseURL: origin });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const errors: string[] = [];
  page.on('console', (message) => {
    const { url } = message.location();
    if (message.type() === 'error' && url !== page.url() && !url.endsWith('/favicon.ico')) errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  const authenticator = await VirtualAuthenticator.plug(page, options);
  const email = `visitor-${++visits}@example.com`;
  await page.goto('/api/auth/sign-up');
  await page.fill('#name', 'Ada');
  await page.fill('#email', email);
  await page.fill('#password', TEST_PASSWORD);
  await page.click('#sign-up');
  await page.waitForSelector('#sign-out');
  return { page, authenticator, errors, email, close: () => context.close() };
}

/** Adds a passkey on the page of the account. */
export async function addPasskey(page: Page, name: string): Promise<void> {
  await page.goto('/api/auth/account/passkeys');
  await page.fill('#name', name);
  await page.click('#add-passkey');
  await page.waitForSelector('#done');
}
