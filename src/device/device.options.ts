import { resolveSeconds, type Duration } from '../common/options/duration.js';
import { requireKnownKeys } from '../common/options/known-keys.js';
import { DEFAULT_USER_CODE_ALPHABET, type UserCodeFormat } from './authorizations/user-code.js';
import { requireKinds, type OptionKinds } from '../common/options/option-kinds.js';

/** Sign-in on televisions, consoles and command lines (RFC 8628). */
export interface DeviceOptions {
  /** False: the routes answer 404. Default true. */
  readonly enabled?: boolean;
  /**
   * Where users enter the code: a path of this server, or the absolute address of a page of the host's. Default `/device`.
   */
  readonly verificationUri?: string;
  /** Serves the built-in page at `verificationUri`. Default true for a path, and impossible for an address. */
  readonly page?: boolean;
  /** Seconds between two polls of a device. Default 5, at most 60. */
  readonly interval?: Duration;
  /** Life of a code. Default `'15m'`, at most `'30m'` (T099). */
  readonly expiresIn?: Duration;
  readonly userCode?: {
    /** 10 to 64 different printable ASCII characters without separators. Default `BCDFGHJKLMNPQRSTVWXZ`. */
    readonly alphabet?: string;
    /** Characters, 6 to 32. Default 8. Together with the alphabet a billion codes at least (RFC 8628 6.1). */
    readonly length?: number;
    /** Characters between two dashes, 0 for none. Default 4. */
    readonly grouping?: number;
  };
  /**
   * Which clients may ask for codes. Default: with oauthProvider the registered ones that have the grant, without it every one. For a
   * registered client it may say no. A client that is not registered, and that it lets in, gets a session of the user, not a token with
   * scopes: let in your own apps only.
   */
  validateClient?(clientId: string): boolean | Promise<boolean>;
}

/** What `resolveDeviceOptions` makes of the above. */
export interface DeviceSettings {
  readonly enabled: boolean;
  /** A path of this server, or an absolute address. */
  readonly verificationUri: string;
  /** Path on this server at which the built-in page stands; null: the host has its own. */
  readonly pagePath: string | null;
  readonly intervalSeconds: number;
  readonly lifetimeSeconds: number;
  readonly userCode: UserCodeFormat;
  readonly validateClient: ((clientId: string) => boolean | Promise<boolean>) | null;
}

export const DEVICE_SETTINGS = Symbol('nest-authority:device-settings');

const KINDS: OptionKinds<DeviceOptions> = {
  enabled: 'flag',
  verificationUri: 'text',
  page: 'flag',
  interval: 'duration',
  expiresIn: 'duration',
  userCode: 'block',
  validateClient: 'function',
};
const MINUTE_SECONDS = 60;
/** RFC 8628 6.1 gives nine digits as the least of its examples. */
const MIN_CODES = 1e9;
/** Without dot segments, which browsers take out. */
const PLAIN_PATH = /^(\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+$/;

/** @throws Error with option and remedy; stops the boot */
export function resolveDeviceOptions(options: DeviceOptions | undefined): DeviceSettings {
  const given = options ?? {};
  const names = ['enabled', 'verificationUri', 'page', 'interval', 'expiresIn', 'userCode', 'validateClient'] as const;
  requireKnownKeys('device', given, names);
  requireKinds('device', given, KINDS);
  requireKinds('device.userCode', given.userCode, { alphabet: 'text', length: 'number', grouping: 'number' });
  requireKnownKeys('device.userCode', given.userCode, ['alphabet', 'length', 'grouping']);
  if (given.validateClient !== undefined && typeof given.validateClient !== 'function')
    throw new Error('device.validateClient: give a function of the client id that says true or false.');
  return Object.freeze({
    enabled: given.enabled ?? true,
    ...resolvePage(given),
    intervalSeconds: resolveSeconds('device.interval', given.interval ?? 5, { min: 1, max: MINUTE_SECONDS }),
    lifetimeSeconds: resolveSeconds('device.expiresIn', given.expiresIn ?? '15m', {
      min: MINUTE_SECONDS,
      max: 30 * MINUTE_SECONDS,
    }),
    userCode: resolveUserCode(given.userCode ?? {}),
    validateClient: given.validateClient ? (clientId: string) => given.validateClient!(clientId) : null,
  });
}

function resolvePage(given: DeviceOptions): Pick<DeviceSettings, 'verificationUri' | 'pagePath'> {
  const uri = given.verificationUri ?? '/device';
  if (PLAIN_PATH.test(uri)) return { verificationUri: uri, pagePath: (given.page ?? true) ? uri : null };
  if (!isPageAddress(uri))
    throw new Error(
      `device.verificationUri: ${JSON.stringify(uri)} is neither a path nor an http(s) address. Give e.g. '/device', without pattern characters, or a complete address without credentials and fragment.`,
    );
  if (given.page)
    throw new Error(
      'device.page: the built-in page stands on this server. Give verificationUri as a path, or leave page out.',
    );
  return { verificationUri: uri, pagePath: null };
}

function isPageAddress(uri: string): boolean {
  const url = URL.canParse(uri) ? new URL(uri) : null;
  return (
    url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' && !uri.includes('#')
  );
}

function resolveUserCode(given: NonNullable<DeviceOptions['userCode']>): UserCodeFormat {
  const alphabet = given.alphabet ?? DEFAULT_USER_CODE_ALPHABET;
  const length = given.length ?? 8;
  const groupSize = given.grouping ?? 4;
  if (!/^[!-~]{10,64}$/.test(alphabet) || /[-._]/.test(alphabet) || new Set(alphabet).size !== alphabet.length)
    throw new Error(
      'device.userCode.alphabet: give 10 to 64 different printable ASCII characters without dash, dot and underscore.',
    );
  requireCount('device.userCode.length', length, { min: 6, max: 32 });
  requireCount('device.userCode.grouping', groupSize, { min: 0, max: length });
  if (alphabet.length ** length < MIN_CODES)
    throw new Error(
      `device.userCode: ${length} of ${alphabet.length} characters can be guessed. Give more of either, for a billion codes at least (RFC 8628 6.1).`,
    );
  return Object.freeze({ alphabet, length, groupSize });
}

function requireCount(option: string, value: number, limits: { min: number; max: number }): void {
  if (Number.isInteger(value) && value >= limits.min && value <= limits.max) return;
  throw new Error(`${option}: ${value} is out of range. Give a whole number from ${limits.min} to ${limits.max}.`);
}
