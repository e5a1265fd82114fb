import type { OutboundUser } from './callers.js';
import type { CredentialKey } from './client-credential.store.js';
import { MIN_LEFT_MILLISECONDS } from './held-token.js';
import type { OutboundApplication } from './outbound.settings.js';
import type { UsableProvider } from './provider.settings.js';

/** What a token is fetched for, and where it is kept. */
export interface Target {
  readonly application: OutboundApplication;
  readonly provider: UsableProvider;
  readonly key: CredentialKey;
  /** Null: the application acts for itself. */
  readonly user: OutboundUser | null;
}

/** The credential of the user will expire before long. */
const NEAR_END_MILLISECONDS = 2 * MIN_LEFT_MILLISECONDS;
const MIN_LEFT_AT_END_MILLISECONDS = 5_000;

/** In memory: the row, in one text. */
export function memoryKey({ applicationName, configuration }: CredentialKey): string {
  return `${configuration.toString('base64url')} ${applicationName}`;
}

/**
 * A token with less time left is not handed out. Providers give a token no more time than the one that it was exchanged for has: near the end of
 * that one there is none with more.
 */
export function minLeftMilliseconds({ user }: Target): number {
  const isNearEnd = user !== null && user.leftMilliseconds() < NEAR_END_MILLISECONDS;
  return isNearEnd ? MIN_LEFT_AT_END_MILLISECONDS : MIN_LEFT_MILLISECONDS;
}
