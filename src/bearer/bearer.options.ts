import type { Duration } from '../common/options/duration.js';
import { choice, duration, flag } from '../common/options/option.js';
import type { SessionBinding } from '../common/ports/sender-proof.js';
import { block, readOptions, type OptionsOf, type SettingsOf } from '../common/options/read-options.js';

/** Access tokens with rotating refresh tokens for first-party mobile and single-page apps. */
export interface BearerOptions {
  /** Lifetime of an access token. Default `'15m'`, 10 seconds to 7 days. */
  readonly expiresIn?: Duration;
  readonly refreshToken?: {
    /** Sign-in answers contain `accessToken` and `refreshToken`. Default false: the session token is the only bearer token. */
    readonly enabled?: boolean;
    /** Absolute lifetime from sign-in, however often it is rotated. Default `'30d'`, at most 400 days. */
    readonly expiresIn?: Duration;
  };
  /**
   * Whether an app may bind its sign-in to a key of its own (RFC 9449), so that nobody else can use its session, access and refresh tokens.
   * `off`: a `DPoP` header of a sign-in is not looked at. `accepted`: a sign-in with a good one is bound. `required`: without one it is a browser's:
   * its session is good as a cookie alone, and there are no tokens. Default `off`.
   */
  readonly dpop?: SessionBinding;
}

const DAY_SECONDS = 86_400;

export const BEARER_OPTIONS = {
  expiresIn: duration({ fallback: '15m', min: 10, max: 7 * DAY_SECONDS }),
  refreshToken: block({
    enabled: flag(false),
    expiresIn: duration({ fallback: '30d', min: 60, max: 400 * DAY_SECONDS }),
  }),
  dpop: choice(['off', 'accepted', 'required'], 'off'),
} satisfies OptionsOf<BearerOptions>;

export type BearerSettings = SettingsOf<typeof BEARER_OPTIONS>;

export const BEARER_SETTINGS = Symbol('nest-authority:bearer-settings');

/** @throws Error with option and remedy; stops the boot */
export function resolveBearerOptions(options: BearerOptions | undefined): BearerSettings {
  const settings = readOptions('bearer', options, BEARER_OPTIONS);
  const { enabled, expiresInSeconds } = settings.refreshToken;
  if (enabled && expiresInSeconds < settings.expiresInSeconds)
    throw new Error(
      'bearer.refreshToken.expiresIn: it is shorter than bearer.expiresIn, so no refresh token could ever be used. Make it longer.',
    );
  if (!enabled && options?.refreshToken?.expiresIn !== undefined)
    throw new Error(
      'bearer.refreshToken.expiresIn is given but refresh tokens are off. Set bearer.refreshToken.enabled to true or leave it out.',
    );
  return settings;
}
