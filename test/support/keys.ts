import { SigningKeys, type SigningKeyInfo } from '../../src/index.js';
import type { TestApp } from './app.js';

/** Lets this many seconds pass for all signing keys. Processes see it when they reload the keys. */
export async function ageKeys(host: TestApp, seconds: number): Promise<void> {
  await host.sql(
    `UPDATE auth_signing_key SET created_at = created_at - $1::int * interval '1 second',
       active_from = active_from - $1::int * interval '1 second', retires_at = retires_at - $1::int * interval '1 second'`,
    [seconds],
  );
}

/** Reloads the keys, as every process does every 30 seconds, and returns what it knows of them. */
export async function readKeys(host: TestApp): Promise<SigningKeyInfo[]> {
  const keys = host.app.get(SigningKeys);
  // Calls share a read that runs: the first may be one that began, after a notification, before what the test has changed.
  await keys.refresh();
  await keys.refresh();
  return keys.list();
}

export const statesOf = (keys: readonly SigningKeyInfo[]): string[] => keys.map(({ state }) => state);
