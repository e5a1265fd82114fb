import { requireKnownKeys } from '../common/options/known-keys.js';
import { resolveSeconds, type Duration } from '../common/options/duration.js';
import { requireKinds } from '../common/options/option-kinds.js';

/** Access tokens with rotating refresh tokens for first-party mobile and single-page apps. */
export interface BearerOptions {
  /** Lifetime of an access token. Default `'15m'`, 10 seconds to 7 days. */
  readonly expiresIn?: Duration;
  readonly refreshToken?: {
    /** Sign-in answers carry `accessToken` and `refreshToken`. Default false: the session token is the only bearer token. */
    readonly enabled?: boolean;
    /** Absolute lifetime from sign-in, however often it is rotated. Default `'30d'`, at most 400 days. */
    readonly expiresIn?: Duration;
  };
}

export interface BearerSettings {
  readonly accessTtlSeconds: number;
  readonly refreshEnabled: boolean;
  readonly refreshTtlSeconds: number;
}

export const BEARER_SETTINGS = Symbol('nest-authority:bearer-settings');

const DAY_SECONDS = 86_400;

/** @throws Error with option and remedy; stops the boot */
export function resolveBearerOptions(options: BearerOptions | undefined): BearerSettings {
  requireKnownKeys('bearer', options, ['expiresIn', 'refreshToken']);
  requireKinds('bearer', options, { expiresIn: 'duration', refreshToken: 'block' });
  requireKinds('bearer.refreshToken', options?.refreshToken, { enabled: 'flag', expiresIn: 'duration' });
  requireKnownKeys('bearer.refreshToken', options?.refreshToken, ['enabled', 'expiresIn']);
  const settings = Object.freeze({
    accessTtlSeconds: resolveSeconds('bearer.expiresIn', options?.expiresIn ?? '15m', {
      min: 10,
      max: 7 * DAY_SECONDS,
    }),
    refreshEnabled: options?.refreshToken?.enabled ?? false,
    refreshTtlSeconds: resolveSeconds('bearer.refreshToken.expiresIn', options?.refreshToken?.expiresIn ?? '30d', {
      min: 60,
      max: 400 * DAY_SECONDS,
    }),
  });
  if (settings.refreshEnabled && settings.refreshTtlSeconds < settings.accessTtlSeconds) {
    throw new Error(
      'bearer.refreshToken.expiresIn: it is shorter than bearer.expiresIn, so no refresh token could ever be used. Make it longer.',
    );
  }
  if (!settings.refreshEnabled && options?.refreshToken?.expiresIn !== undefined) {
    throw new Error(
      'bearer.refreshToken.expiresIn is given but refresh tokens are off. Set bearer.refreshToken.enabled to true or leave it out.',
    );
  }
  return settings;
}
