import { TEST_ISSUER, type TestApp } from './app.js';
import { Browser } from './browser.js';
import type { Answer } from './http.js';

const CALLBACK = `${TEST_ISSUER}/api/auth/`;
const MAX_HOPS = 12;

/** Follows the provider's redirects until the browser comes back to us. @returns the address of ours */
export async function visitProvider(url: string): Promise<string> {
  // A browser that the provider has never seen: nobody is signed in in it yet.
  const browser = new Browser();
  let next = url;
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const response = await browser.fetch(next);
    const location = response.headers.get('location');
    if (location === null)
      throw new Error(`the provider stopped at ${next}: ${response.status} ${await response.text()}`);
    next = new URL(location, next).href;
    if (next.startsWith(CALLBACK)) return next;
  }
  throw new Error('the provider sends in circles');
}

/** An address of ours, as the test application serves it. */
export function atHost(host: Pick<TestApp, 'url'>, url: string): string {
  return url.replace(TEST_ISSUER, host.url);
}

/** To the provider and back. @returns the reply of our callback */
export async function travel(host: Pick<TestApp, 'url'>, browser: Browser, url: string): Promise<Response> {
  return browser.fetch(atHost(host, await visitProvider(url)));
}

/** Posts JSON as our page does. */
export async function post(
  host: Pick<TestApp, 'url'>,
  browser: Browser,
  route: string,
  body: object,
): Promise<Omit<Answer, 'origin'>> {
  const response = await browser.fetch(`${host.url}/api/auth/${route}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: text === '' ? null : JSON.parse(text) };
}

export async function get(host: Pick<TestApp, 'url'>, browser: Browser, route: string) {
  const response = await browser.fetch(`${host.url}/api/auth/${route}`);
  return { status: response.status, body: (await response.json()) as any };
}

/** The target of a redirect of ours. */
export function locationOf(response: Response): string {
  return response.headers.get('location') ?? `no redirect: ${response.status}`;
}
