import type { Duration } from '../common/options/duration.js';
import { count, duration, flag, hook, requireCount, text } from '../common/options/option.js';
import { block, readOptions, type OptionsOf, type SettingsOf } from '../common/options/read-options.js';
import { DEFAULT_USER_CODE_ALPHABET, type UserCodeFormat } from './authorizations/user-code.js';

/** Sign-in on televisions, consoles and command lines (RFC 8628). */
export interface DeviceOptions {
  /** False: the routes answer 404. Default true. */
  readonly enabled?: boolean;
  /**
   * Where users enter the code: a path of this server, or the absolute address of the host's own page. Default `/device`.
   */
  readonly verificationUri?: string;
  /** Serves the built-in page at `verificationUri`. Default true for a path, and impossible for an address. */
  readonly page?: boolean;
  /** Seconds between two polls of a device. Default 5, at most 60. */
  readonly interval?: Duration;
  /** Lifetime of a code. Default `'15m'`, at most `'30m'` (T099). */
  readonly expiresIn?: Duration;
  readonly userCode?: {
    /** 10 to 64 different printable ASCII characters without separators. Default `BCDFGHJKLMNPQRSTVWXZ`. */
    readonly alphabet?: string;
    /** Characters, 6 to 32. Default 8. With the alphabet it must allow at least a billion codes (RFC 8628 6.1). */
    readonly length?: number;
    /** Characters between two dashes, 0 for none. Default 4. */
    readonly grouping?: number;
  };
  /**
   * Which clients may ask for codes. Default: with oauthProvider, the registered ones that have the grant; without it, every client. The
   * hook can refuse a registered client. A client that is not registered, and that the hook allows, gets a session of the user, not a token
   * with scopes: allow only your own apps.
   */
  validateClient?(clientId: string): boolean | Promise<boolean>;
}

const MINUTE_SECONDS = 60;
/** The weakest example of RFC 8628 6.1 has nine digits. */
const MIN_CODES = 1e9;
/** Without dot segments, which browsers remove. */
const PLAIN_PATH = /^(\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+$/;

export const DEVICE_OPTIONS = {
  enabled: flag(true),
  verificationUri: text({
    fallback: '/device',
    fits: (uri) => PLAIN_PATH.test(uri) || isPageAddress(uri),
    otherwise:
      "is neither a path nor an http(s) address. Give e.g. '/device', without pattern characters, or a complete address without credentials and fragment.",
  }),
  page: flag(),
  interval: duration({ fallback: 5, min: 1, max: MINUTE_SECONDS }),
  expiresIn: duration({ fallback: '15m', min: MINUTE_SECONDS, max: 30 * MINUTE_SECONDS }),
  userCode: block({
    alphabet: text({
      fallback: DEFAULT_USER_CODE_ALPHABET,
      fits: isAlphabet,
      otherwise:
        'is not an alphabet. Give 10 to 64 different printable ASCII characters without dash, dot and underscore.',
    }),
    length: count({ fallback: 8, min: 6, max: 32 }),
    grouping: count({ fallback: 4, min: 0, max: 32 }),
  }),
  validateClient: hook(),
} satisfies OptionsOf<DeviceOptions>;

type Given = SettingsOf<typeof DEVICE_OPTIONS>;

/** The resolved options: every member present, frozen. */
export interface DeviceSettings extends Omit<Given, 'page' | 'userCode'> {
  /** Path of the built-in page on this server; null: the host has its own. */
  readonly pagePath: string | null;
  readonly userCode: UserCodeFormat;
}

export const DEVICE_SETTINGS = Symbol('nest-authority:device-settings');

/** @throws Error with option and remedy; stops the boot */
export function resolveDeviceOptions(options: DeviceOptions | undefined): DeviceSettings {
  const { page, userCode, ...settings } = readOptions('device', options, DEVICE_OPTIONS);
  return Object.freeze({
    ...settings,
    pagePath: resolvePage(settings.verificationUri, page),
    userCode: resolveUserCode(userCode),
    validateClient: settings.validateClient && ((clientId: string) => options!.validateClient!(clientId)),
  });
}

function resolvePage(uri: string, page: boolean | null): string | null {
  if (PLAIN_PATH.test(uri)) return (page ?? true) ? uri : null;
  if (!page) return null;
  throw new Error(
    'device.page: the built-in page stands on this server. Give verificationUri as a path, or leave page out.',
  );
}

function isPageAddress(uri: string): boolean {
  const url = URL.canParse(uri) ? new URL(uri) : null;
  return (
    url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' && !uri.includes('#')
  );
}

function isAlphabet(letters: string): boolean {
  return /^[!-~]{10,64}$/.test(letters) && !/[-._]/.test(letters) && new Set(letters).size === letters.length;
}

function resolveUserCode({ alphabet, length, grouping }: Given['userCode']): UserCodeFormat {
  requireCount('device.userCode.grouping', grouping, { min: 0, max: length });
  if (alphabet.length ** length < MIN_CODES)
    throw new Error(
      `device.userCode: ${length} of ${alphabet.length} characters are too easy to guess. Give more of either: there must be at least a billion codes (RFC 8628 6.1).`,
    );
  return Object.freeze({ alphabet, length, groupSize: grouping });
}
