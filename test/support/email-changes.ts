import type { Mailbox } from './mailbox.js';
import { send, type Answer } from './http.js';
import type { TestApp } from './app.js';

let count = 0;
export const newAddress = () => `new-${++count}@example.org`;

/** Opens a link of a mail at the test's own port, with these headers; redirects are not followed. */
export function openLink(host: TestApp, link: string, headers: Record<string, string> = {}): Promise<Answer> {
  const { pathname, search } = new URL(link);
  return send(host.url + pathname + search, { headers });
}

/** The same link as a program asks for it: without `callbackURL`, so that the answer is JSON. */
export function asProgram(link: string): string {
  const url = new URL(link);
  url.searchParams.delete('callbackURL');
  return url.href;
}

/** Asks for another address. */
export function askForEmail(host: TestApp, cookie: string, body: object): Promise<Answer> {
  return send(`${host.url}/api/auth/change-email`, { body, headers: { cookie, origin: 'http://localhost:3000' } });
}

/** Changes the address through both mails. @param cookie of the user's session */
export async function changeEmail(
  host: TestApp,
  mailbox: Mailbox,
  { email, cookie, to }: { email: string; cookie: string; to: string },
): Promise<void> {
  await askForEmail(host, cookie, { newEmail: to });
  await openLink(host, (await mailbox.newest('change-email-confirm', email)).content.url, { cookie });
  const { body } = await openLink(host, asProgram((await mailbox.newest('change-email-verify', to)).content.url), {
    cookie,
  });
  if (body?.user?.email !== to) throw new Error(`the address was not changed: ${JSON.stringify(body)}`);
}

/** Notes that the user has shown that the address is theirs. */
export async function verified(host: TestApp, userId: string): Promise<void> {
  await host.sql('UPDATE auth_user SET email_verified = true WHERE id = $1', [userId]);
}
