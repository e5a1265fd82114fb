import type { ConfigurationSettings } from '../api-keys.settings.js';
import type { ApiKeyRow } from './api-key.columns.js';

/** A key as routes and services show it: better-auth's members, and ours after them. Never the secret. */
export interface ApiKeyView extends Omit<ApiKeyRow, 'expired' | 'remainingMilliseconds'> {
  /** Whether a limit applies. */
  readonly rateLimitEnabled: boolean;
  /** Milliseconds; the configuration's when the key has none of its own. */
  readonly rateLimitTimeWindow: number | null;
}

/** A key with its secret: the result of create and rotate, and the only place where the secret is shown. */
export interface ApiKeyWithSecret extends ApiKeyView {
  readonly key: string;
}

/** Use that is counted but not written yet. */
export interface PendingUsage {
  readonly count: number;
  readonly lastRequest: Date | null;
}

export function toView(
  { expired: _expired, remainingMilliseconds: _remaining, ...key }: ApiKeyRow,
  configuration: ConfigurationSettings | undefined,
  usage: PendingUsage,
): ApiKeyView {
  const limit = effectiveLimit(key, configuration);
  return {
    ...key,
    rateLimitEnabled: limit !== null,
    rateLimitTimeWindow: limit?.windowMilliseconds ?? null,
    rateLimitMax: limit?.max ?? null,
    requestCount: key.requestCount + usage.count,
    lastRequest: usage.lastRequest ?? key.lastRequest,
  };
}

/** The limit that applies to a key: its own numbers, else those of its configuration. The statement that counts has the same rule. */
export function effectiveLimit(
  key: Pick<ApiKeyRow, 'rateLimitEnabled' | 'rateLimitTimeWindow' | 'rateLimitMax'>,
  configuration: ConfigurationSettings | undefined,
): { windowMilliseconds: number; max: number } | null {
  if (!key.rateLimitEnabled) return null;
  const windowMilliseconds = key.rateLimitTimeWindow ?? configuration?.rateLimit?.windowMilliseconds;
  const max = key.rateLimitMax ?? configuration?.rateLimit?.max;
  return windowMilliseconds === undefined || max === undefined ? null : { windowMilliseconds, max };
}
