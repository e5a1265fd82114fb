import type { TestApp } from './app.js';
import { cookiesOf, send, type Answer } from './http.js';
import type { Mailbox } from './mailbox.js';
import { TEST_PASSWORD } from './users.js';

let count = 0;
export const freshAddress = () => `verify-${Date.now()}-${++count}@example.com`;

/** Signs up where that starts no session. */
export const signUpUnverified = (host: Pick<TestApp, 'url'>, email: string, more: object = {}) =>
  send(`${host.url}/api/auth/sign-up/email`, { body: { email, password: TEST_PASSWORD, name: 'Ada', ...more } });

/** Path and query of the newest link to an address. */
export async function verifyPath(mailbox: Mailbox, email: string): Promise<string> {
  const { pathname, search } = new URL((await mailbox.newest('verify-email', email)).content.url);
  return pathname + search;
}

/** Opens a link as a browser does, with what it keeps. */
export const click = (host: Pick<TestApp, 'url'>, path: string, from?: Answer | string, method = 'GET') => {
  const cookie = typeof from === 'string' ? from : from && cookiesOf(from);
  return send(host.url + path, { method, headers: { accept: 'text/html', ...(cookie && { cookie }) } });
};
