import { resolveSeconds } from '../common/options/duration.js';
import { readOptions, type SettingsOf } from '../common/options/read-options.js';
import { TOKEN_PREFIX } from '../common/tokens/token-format.js';
import { API_KEYS_OPTIONS, CONFIGURATION_OPTIONS, type ApiKeyHooks, type ApiKeysOptions } from './api-keys.options.js';
import { formatsOf, resolveConfiguration } from './configuration.settings.js';
import type { Permissions } from '../common/principal/permissions.js';

export const DEFAULT_CONFIGURATION = 'default';

/** Shape of a key, checked before any look-up. The prefix tells formats apart. */
export interface ApiKeyFormat {
  readonly configId: string;
  /** Including the underscore at its end. */
  readonly prefix: string;
  /** Random bytes. */
  readonly keyLength: number;
}

export interface RateLimitSettings {
  readonly windowMilliseconds: number;
  readonly max: number;
}

export type GivenConfiguration = SettingsOf<typeof CONFIGURATION_OPTIONS>;
/** Members whose form in the settings differs from the options. */
type Remade =
  | 'earlierFormats'
  | 'rateLimit'
  | 'quota'
  | 'expiresIn'
  | 'maxExpiresIn'
  | 'rotationOverlap'
  | 'enableMetadata'
  | 'maxMetadataBytes'
  | 'maxMetadataDepth';

/** One configuration, with all defaults filled in. */
export interface ConfigurationSettings extends Omit<GivenConfiguration, Remade> {
  readonly configId: string;
  readonly rateLimit: RateLimitSettings | null;
  readonly quota: {
    readonly remaining: number;
    readonly refillAmount: number | null;
    readonly refillInterval: number | null;
  } | null;
  readonly expiresInSeconds: number | null;
  readonly maxExpiresInSeconds: number;
  /** Whether `maxExpiresIn` was given: then every key must expire. */
  readonly boundsLifetime: boolean;
  readonly metadata: { readonly enabled: boolean; readonly maxBytes: number; readonly maxDepth: number };
  /** Null: users may not ask for permissions. */
  readonly maxPermissions: Permissions | null;
  readonly rotationOverlapSeconds: number;
}

/** The resolved options: all defaults filled in, frozen. */
export interface ApiKeysSettings {
  readonly configurations: ReadonlyMap<string, ConfigurationSettings>;
  /** Longest prefix first. */
  readonly formats: readonly ApiKeyFormat[];
  /** Lower case. */
  readonly headers: readonly string[];
  readonly sessions: boolean;
  readonly usageIntervalSeconds: number;
  readonly retentionSeconds: number;
  readonly hooks: ApiKeyHooks;
}

export const API_KEYS_SETTINGS = Symbol('nest-authority:api-keys-settings');

const DAY_SECONDS = 86_400;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;
/** Headers with a meaning of their own; a key in one of them would be misread. */
const TAKEN_HEADERS = new Set(['authorization', 'cookie', 'host', 'origin', 'content-type', 'content-length']);
const CONFIG_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** @throws Error with option and remedy; stops the boot */
export function resolveApiKeysOptions(options: ApiKeysOptions | undefined): ApiKeysSettings {
  const given = readOptions('apiKeys', options, API_KEYS_OPTIONS);
  const configurations = new Map([
    [DEFAULT_CONFIGURATION, resolveConfiguration('apiKeys', DEFAULT_CONFIGURATION, given)],
  ]);
  const formats: ApiKeyFormat[] = formatsOf('apiKeys', DEFAULT_CONFIGURATION, given);
  for (const { configId, ...rest } of given.configurations ?? []) {
    if (typeof configId !== 'string' || !CONFIG_ID.test(configId) || configurations.has(configId))
      throw new Error(
        `apiKeys.configurations: the configId ${JSON.stringify(configId)} is not a name or is given twice. Give each its own, of letters, digits, dot, dash, underscore; "default" is the outer block.`,
      );
    const path = `apiKeys.configurations[${configId}]`;
    const configuration = readOptions(path, rest, CONFIGURATION_OPTIONS);
    configurations.set(configId, resolveConfiguration(path, configId, configuration));
    formats.push(...formatsOf(path, configId, configuration));
  }
  refuseCollisions(formats);
  const longestOverlap = Math.max(...[...configurations.values()].map((one) => one.maxRotationOverlapSeconds));
  return Object.freeze({
    configurations,
    formats: Object.freeze(formats.toSorted((left, right) => right.prefix.length - left.prefix.length)),
    headers: resolveHeaders(given.apiKeyHeaders),
    sessions: given.enableSessionForAPIKeys,
    usageIntervalSeconds: given.usageIntervalSeconds,
    // A rotated key spends the counters in its successor's row, which must not be swept first.
    retentionSeconds: resolveSeconds(
      'apiKeys.retention',
      given.retention ?? Math.max(90 * DAY_SECONDS, longestOverlap),
      { min: longestOverlap, max: 3_650 * DAY_SECONDS },
    ),
    hooks: given.hooks,
  });
}

/** The prefix alone decides what kind of credential a text is; with one prefix for two kinds both would have to be tried. */
function refuseCollisions(formats: readonly ApiKeyFormat[]): void {
  const taken = Object.values(TOKEN_PREFIX).map((prefix) => `${prefix}_`);
  for (const [index, { prefix, configId }] of formats.entries()) {
    const token = taken.find((one) => prefix.startsWith(one));
    if (token !== undefined) {
      throw new Error(`apiKeys: the prefix "${prefix}" begins like the tokens "${token}…". Give keys another prefix.`);
    }
    const other = formats.find(
      (one, position) => position < index && one.prefix === prefix && one.configId !== configId,
    );
    if (other) {
      throw new Error(
        `apiKeys: the configurations "${other.configId}" and "${configId}" have the same prefix "${prefix}". Give each its own.`,
      );
    }
  }
}

function resolveHeaders(given: string | readonly string[]): readonly string[] {
  const headers = [given].flat().map((name) => name.toLowerCase());
  const bad = headers.find((name) => !HEADER_NAME.test(name) || TAKEN_HEADERS.has(name));
  if (bad !== undefined || headers.length === 0 || headers.length > 8)
    throw new Error(
      `apiKeys.apiKeyHeaders: ${JSON.stringify(bad ?? given)} cannot carry keys. Give one to eight header names such as 'x-api-key'.`,
    );
  return Object.freeze([...new Set(headers)]);
}
