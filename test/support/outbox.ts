import { randomUUID } from 'node:crypto';
import type { TestApp } from './app.js';
import { send } from './http.js';

/** Asks for a new password, as a browser of this language. */
export const askForReset = (host: Pick<TestApp, 'url'>, email: string, headers: Record<string, string> = {}) =>
  send(`${host.url}/api/auth/request-password-reset`, { body: { email }, headers });

/** Makes every order due, and has the host look for them: an order to nobody leaves nothing behind. */
export async function letDue(host: TestApp): Promise<void> {
  await host.sql('UPDATE auth_mail SET next_attempt_at = now() WHERE next_attempt_at IS NOT NULL');
  await askForReset(host, `nobody-${randomUUID()}@example.com`);
}

export interface MailRow {
  readonly id: string;
  readonly attempts: number;
  readonly last_error: string | null;
  /** Seconds; null: given up. */
  readonly wait: number | null;
}

/** The order to a subject, as it stands in the table. */
export async function orderTo(host: TestApp, subject: string): Promise<MailRow | undefined> {
  const [row] = await host.sql<MailRow>(
    `SELECT id, attempts, last_error, extract(epoch FROM next_attempt_at - now())::float8 AS wait FROM auth_mail WHERE subject = $1`,
    [subject],
  );
  return row;
}
