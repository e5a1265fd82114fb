import type { Duration } from '../common/options/duration.js';
import { duration, flag, hook, text } from '../common/options/option.js';
import { block, readOptions, type OptionsOf, type SettingsOf } from '../common/options/read-options.js';
import type { HostUser } from '../common/ports/user-directory.js';

/** A second factor at sign-in: codes of an app, backup codes, codes by mail. */
export interface TwoFactorOptions {
  /** What authenticator apps show beside the account, 1 to 60 characters without a colon. Default: `pages.name`, or the host of the issuer. */
  readonly issuer?: string;
  /**
   * Users may choose codes by mail as their factor, where `mail` is given. Such a code is no stronger than the mailbox, which also gives a
   * new password: so it counts only for users who have chosen it. Default true.
   */
  readonly mailCodes?: boolean;
  /** How long a code is good, from when it was sent. Default `'5m'`, 1 to 15 minutes. */
  readonly mailCodeLifetime?: Duration;
  readonly trustedDevices?: {
    /** Users may name a browser in which they are not asked again. Default true. */
    readonly enabled?: boolean;
    /** For how long. Default `'30d'`, 1 hour to 90 days. */
    readonly lifetime?: Duration;
  };
  /** When a factor is added or replaced, all other sessions of the user and all their tokens end. Default true. */
  readonly endOtherSessions?: boolean;
  /** How long after a second factor a session may replace or remove it, or read its secret. Default `'15m'`, 1 minute to 1 day. */
  readonly stepUpAge?: Duration;
  /** Users for whom this is true set a factor up before they get a session, and cannot remove it. Default: nobody has to. */
  requireFor?(user: HostUser): boolean | Promise<boolean>;
}

const MINUTE_SECONDS = 60;
const DAY_SECONDS = 86_400;

export const TWO_FACTOR_OPTIONS = {
  issuer: text({
    fits: (name) => /\S/.test(name) && name.length <= 60 && !name.includes(':'),
    otherwise: 'is not a name. Give 1 to 60 characters without a colon.',
  }),
  mailCodes: flag(true),
  mailCodeLifetime: duration({ fallback: '5m', min: MINUTE_SECONDS, max: 15 * MINUTE_SECONDS }),
  trustedDevices: block({
    enabled: flag(true),
    lifetime: duration({ fallback: '30d', min: 3_600, max: 90 * DAY_SECONDS }),
  }),
  endOtherSessions: flag(true),
  stepUpAge: duration({ fallback: '15m', min: MINUTE_SECONDS, max: DAY_SECONDS }),
  requireFor: hook<NonNullable<TwoFactorOptions['requireFor']>>(),
} satisfies OptionsOf<TwoFactorOptions>;

/** The resolved options: every member present, frozen. */
export type TwoFactorSettings = SettingsOf<typeof TWO_FACTOR_OPTIONS>;

export const TWO_FACTOR_SETTINGS = Symbol('nest-authority:two-factor-settings');

/** @throws Error with option and remedy; stops the boot */
export function resolveTwoFactorOptions(options: TwoFactorOptions | undefined): TwoFactorSettings {
  const settings = readOptions('twoFactor', options, TWO_FACTOR_OPTIONS);
  return Object.freeze({
    ...settings,
    requireFor: settings.requireFor && ((user: HostUser) => options!.requireFor!(user)),
  });
}
