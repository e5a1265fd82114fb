import { resolveSeconds } from '../common/options/duration.js';
import { requireKnownKeys } from '../common/options/known-keys.js';
import { TOKEN_PREFIX } from '../common/tokens/token-format.js';
import type { ApiKeysOptions } from './api-keys.options.js';
import { DEFAULT_CONFIGURATION, type ApiKeysSettings, type KeyFormat } from './api-keys.settings.js';
import { CONFIGURATION_OPTIONS, formatsOf, resolveConfiguration } from './resolve-configuration.js';
import { requireKinds } from '../common/options/option-kinds.js';
import { BLOCK_KINDS, CONFIGURATION_KINDS } from './api-keys.kinds.js';

const DAY_SECONDS = 86_400;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;
/** Headers that mean something else; a key in one of them would be read as that. */
const TAKEN_HEADERS = new Set(['authorization', 'cookie', 'host', 'origin', 'content-type', 'content-length']);
const CONFIG_ID = /^[A-Za-z0-9._-]{1,64}$/;
/** Of all kinds of keys together. */
const BLOCK_OPTIONS = [
  'configurations',
  'apiKeyHeaders',
  'enableSessionForAPIKeys',
  'usageInterval',
  'retention',
  'hooks',
] as const satisfies readonly (keyof ApiKeysOptions)[];

/** @throws Error with option and remedy; stops the boot */
export function resolveApiKeysOptions(options: ApiKeysOptions | undefined): ApiKeysSettings {
  const given = options ?? {};
  requireKnownKeys('apiKeys', given, [...CONFIGURATION_OPTIONS, ...BLOCK_OPTIONS]);
  requireKinds('apiKeys', given, BLOCK_KINDS);
  const named = given.configurations ?? [];
  const configurations = new Map([
    [DEFAULT_CONFIGURATION, resolveConfiguration('apiKeys', DEFAULT_CONFIGURATION, given)],
  ]);
  const formats: KeyFormat[] = [...formatsOf('apiKeys', DEFAULT_CONFIGURATION, given)];
  for (const configuration of named) {
    const { configId } = configuration;
    if (typeof configId !== 'string' || !CONFIG_ID.test(configId) || configurations.has(configId)) {
      throw new Error(
        `apiKeys.configurations: the configId ${JSON.stringify(configId)} is no name or is given twice. Give each its own, of letters, digits, dot, dash, underscore; "default" is the outer block.`,
      );
    }
    const path = `apiKeys.configurations[${configId}]`;
    requireKnownKeys(path, configuration, ['configId', ...CONFIGURATION_OPTIONS]);
    requireKinds(path, configuration, { ...CONFIGURATION_KINDS, configId: 'text' });
    configurations.set(configId, resolveConfiguration(path, configId, configuration));
    formats.push(...formatsOf(path, configId, configuration));
  }
  refuseCollisions(formats);
  const longestOverlap = Math.max(...[...configurations.values()].map((one) => one.maxRotationOverlapSeconds));
  return Object.freeze({
    configurations,
    formats: Object.freeze(formats.toSorted((left, right) => right.prefix.length - left.prefix.length)),
    headers: resolveHeaders(given.apiKeyHeaders),
    sessions: given.enableSessionForAPIKeys ?? false,
    usageIntervalSeconds: resolveSeconds('apiKeys.usageInterval', given.usageInterval ?? 60, { min: 1, max: 3_600 }),
    retentionSeconds: resolveSeconds(
      'apiKeys.retention',
      given.retention ?? Math.max(90 * DAY_SECONDS, longestOverlap),
      {
        // A rotated key spends the counters of its successor's row, which must not be swept before it.
        min: longestOverlap,
        max: 3_650 * DAY_SECONDS,
      },
    ),
    hooks: given.hooks ?? {},
  });
}

/** The prefix alone says what a secret is; two meanings of one prefix would be told apart by trial. */
function refuseCollisions(formats: readonly KeyFormat[]): void {
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

function resolveHeaders(given: string | readonly string[] | undefined): readonly string[] {
  const headers = (typeof given === 'string' ? [given] : [...(given ?? ['x-api-key'])]).map((name) =>
    String(name).toLowerCase(),
  );
  const bad = headers.find((name) => !HEADER_NAME.test(name) || TAKEN_HEADERS.has(name));
  if (bad !== undefined || headers.length === 0 || headers.length > 8) {
    throw new Error(
      `apiKeys.apiKeyHeaders: ${JSON.stringify(bad ?? given)} cannot carry keys. Give one to eight header names such as 'x-api-key'.`,
    );
  }
  return Object.freeze([...new Set(headers)]);
}
