import { resolveSeconds } from '../common/options/duration.js';
import type { OAuthProviderOptions } from './oauth-provider.options.js';

const MINUTE_SECONDS = 60;
const DAY_SECONDS = 86_400;

/** @throws Error with option and remedy; stops the boot */
export function resolveLifetimes(given: OAuthProviderOptions) {
  const seconds = (name: keyof OAuthProviderOptions, fallback: string | number, min: number, max: number) =>
    resolveSeconds(`oauthProvider.${name}`, (given[name] as string | number | undefined) ?? fallback, { min, max });
  return {
    accessTtlSeconds: seconds('accessTokenTTL', '1h', 1, 7 * DAY_SECONDS),
    refreshTtlSeconds: seconds('refreshTokenTTL', '30d', 60, 400 * DAY_SECONDS),
    idTokenTtlSeconds: seconds('idTokenTTL', '1h', 1, 7 * DAY_SECONDS),
    codeTtlSeconds: seconds('codeTTL', MINUTE_SECONDS, 1, 10 * MINUTE_SECONDS),
    requestTtlSeconds: seconds('requestTTL', '1h', MINUTE_SECONDS, DAY_SECONDS),
  };
}
