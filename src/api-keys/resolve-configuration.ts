import { resolveSeconds } from '../common/options/duration.js';
import { requireKnownKeys } from '../common/options/known-keys.js';
import { isScopeToken } from '../common/principal/scopes.js';
import type { ApiKeyConfiguration } from './api-keys.options.js';
import type { ConfigurationSettings, KeyFormat } from './api-keys.settings.js';
import { isWithin, type Permissions } from './permissions.js';
import { PermissionsSchema } from './permissions.schema.js';
import { requireKinds } from '../common/options/option-kinds.js';
import { RATE_LIMIT_KINDS } from './api-keys.kinds.js';

const DAY_SECONDS = 86_400;
const YEARS_10_SECONDS = 3_650 * DAY_SECONDS;
/** Ends in an underscore, so that scanners and people see where the prefix ends (T020). */
const PREFIX = /^[A-Za-z](?:[A-Za-z0-9_-]{0,30})_$/;
const DEFAULT_PREFIX = 'nak_';
const DEFAULT_KEY_BYTES = 32;
const MAX_COUNT = 2_147_483_647;
const MAX_MILLISECONDS = YEARS_10_SECONDS * 1_000;
/** Of one kind of keys. */
export const CONFIGURATION_OPTIONS = [
  'prefix',
  'keyLength',
  'hashAlgorithm',
  'earlierFormats',
  'references',
  'rateLimit',
  'quota',
  'expiresIn',
  'minExpiresIn',
  'maxExpiresIn',
  'maxPerOwner',
  'requireName',
  'enableMetadata',
  'maxMetadataBytes',
  'maxMetadataDepth',
  'defaultPermissions',
  'maxPermissions',
  'defaultScopes',
  'maxScopes',
  'rotationOverlap',
  'maxRotationOverlap',
] as const satisfies readonly (keyof ApiKeyConfiguration)[];

/** @throws Error with option and remedy; stops the boot */
export function resolveConfiguration(
  path: string,
  configId: string,
  given: ApiKeyConfiguration,
): ConfigurationSettings {
  const lifetimes = resolveLifetimes(path, given);
  const maxRotationOverlapSeconds = resolveSeconds(`${path}.maxRotationOverlap`, given.maxRotationOverlap ?? '30d', {
    min: 0,
    max: 365 * DAY_SECONDS,
  });
  oneOf(`${path}.hashAlgorithm`, given.hashAlgorithm, ['sha256', 'sha512', 'hmac']);
  oneOf(`${path}.references`, given.references, ['user', 'organization', 'service']);
  const [format] = formatsOf(path, configId, given);
  return Object.freeze({
    configId,
    prefix: format!.prefix,
    keyLength: format!.keyLength,
    hashAlgorithm: given.hashAlgorithm ?? 'sha256',
    references: given.references ?? null,
    rateLimit: resolveRateLimit(path, given.rateLimit),
    quota: resolveQuota(path, given.quota),
    ...lifetimes,
    maxPerOwner: count(`${path}.maxPerOwner`, given.maxPerOwner ?? 100, 1, 100_000),
    requireName: given.requireName ?? false,
    metadata: Object.freeze({
      enabled: given.enableMetadata ?? true,
      maxBytes: count(`${path}.maxMetadataBytes`, given.maxMetadataBytes ?? 4_096, 2, 32_768),
      maxDepth: count(`${path}.maxMetadataDepth`, given.maxMetadataDepth ?? 5, 1, 20),
    }),
    ...resolveCeilings(path, given),
    rotationOverlapSeconds: resolveSeconds(
      `${path}.rotationOverlap`,
      given.rotationOverlap ?? Math.min(DAY_SECONDS, maxRotationOverlapSeconds),
      { min: 0, max: maxRotationOverlapSeconds },
    ),
    maxRotationOverlapSeconds,
  });
}

/** The shape of new keys first, then those of earlier ones. */
export function formatsOf(path: string, configId: string, given: ApiKeyConfiguration): KeyFormat[] {
  const current = toFormat(path, configId, given.prefix ?? DEFAULT_PREFIX, given.keyLength ?? DEFAULT_KEY_BYTES);
  const earlier = (given.earlierFormats ?? []).map((format) =>
    toFormat(
      `${path}.earlierFormats`,
      configId,
      format.prefix ?? current.prefix,
      format.keyLength ?? current.keyLength,
    ),
  );
  return [current, ...earlier];
}

function toFormat(path: string, configId: string, prefix: string, keyLength: number): KeyFormat {
  if (!PREFIX.test(prefix)) {
    throw new Error(
      `${path}.prefix: ${JSON.stringify(prefix)} is no prefix. Give 2 to 32 letters, digits, dashes and underscores that begin with a letter and end in an underscore, such as 'sk_' or 'sk_live_'.`,
    );
  }
  return Object.freeze({ configId, prefix, keyLength: count(`${path}.keyLength`, keyLength, 20, 64) });
}

function resolveLifetimes(path: string, given: ApiKeyConfiguration) {
  const bounds = { min: 1, max: YEARS_10_SECONDS };
  const minExpiresInSeconds = resolveSeconds(`${path}.minExpiresIn`, given.minExpiresIn ?? 1, bounds);
  const maxExpiresInSeconds = resolveSeconds(`${path}.maxExpiresIn`, given.maxExpiresIn ?? YEARS_10_SECONDS, {
    min: minExpiresInSeconds,
    max: YEARS_10_SECONDS,
  });
  const fallback = given.expiresIn ?? (given.maxExpiresIn === undefined ? null : maxExpiresInSeconds);
  return {
    expiresInSeconds:
      fallback === null
        ? null
        : resolveSeconds(`${path}.expiresIn`, fallback, { min: minExpiresInSeconds, max: maxExpiresInSeconds }),
    minExpiresInSeconds,
    maxExpiresInSeconds,
    boundsLifetime: given.maxExpiresIn !== undefined,
  };
}

function resolveRateLimit(path: string, given: ApiKeyConfiguration['rateLimit']): ConfigurationSettings['rateLimit'] {
  requireKinds(`${path}.rateLimit`, given, RATE_LIMIT_KINDS);
  requireKnownKeys(`${path}.rateLimit`, given, ['enabled', 'window', 'max', 'timeWindow', 'maxRequests']);
  if (!given || given.enabled === false) return null;
  const { window = given.timeWindow, max = given.maxRequests } = given;
  if (window === undefined || max === undefined) {
    throw new Error(
      `${path}.rateLimit: give both window (milliseconds) and max (requests per window), or leave it out.`,
    );
  }
  return Object.freeze({
    windowMilliseconds: count(`${path}.rateLimit.window`, window, 1, MAX_MILLISECONDS),
    max: count(`${path}.rateLimit.max`, max, 1, MAX_COUNT),
  });
}

function resolveQuota(path: string, given: ApiKeyConfiguration['quota']): ConfigurationSettings['quota'] {
  requireKinds(`${path}.quota`, given, { remaining: 'number', refillAmount: 'number', refillInterval: 'number' });
  requireKnownKeys(`${path}.quota`, given, ['remaining', 'refillAmount', 'refillInterval']);
  if (!given) return null;
  const { remaining, refillAmount = null, refillInterval = null } = given;
  if ((refillAmount === null) !== (refillInterval === null)) {
    throw new Error(`${path}.quota: give refillAmount and refillInterval (milliseconds) together, or neither.`);
  }
  return Object.freeze({
    remaining: count(`${path}.quota.remaining`, remaining, 0, MAX_COUNT),
    refillAmount: refillAmount && count(`${path}.quota.refillAmount`, refillAmount, 1, MAX_COUNT),
    refillInterval: refillInterval && count(`${path}.quota.refillInterval`, refillInterval, 1_000, MAX_MILLISECONDS),
  });
}

function resolveCeilings(path: string, given: ApiKeyConfiguration) {
  const maxPermissions = permissions(`${path}.maxPermissions`, given.maxPermissions);
  const defaultPermissions = permissions(`${path}.defaultPermissions`, given.defaultPermissions);
  if (maxPermissions && defaultPermissions && !isWithin(defaultPermissions, maxPermissions)) {
    throw new Error(`${path}.defaultPermissions: they exceed maxPermissions. Lower them or raise the ceiling.`);
  }
  const scopes = [...(given.defaultScopes ?? []), ...(given.maxScopes ?? [])];
  const bad = scopes.find((scope) => !isScopeToken(scope));
  if (bad !== undefined) {
    throw new Error(
      `${path}: ${JSON.stringify(bad)} is no scope. Use printable ASCII without spaces and quotes (RFC 6749 3.3).`,
    );
  }
  return {
    maxPermissions,
    defaultPermissions,
    defaultScopes: Object.freeze([...(given.defaultScopes ?? [])]),
    maxScopes: given.maxScopes ? Object.freeze([...given.maxScopes]) : null,
  };
}

function permissions(option: string, given: Permissions | undefined): Permissions | null {
  if (given === undefined) return null;
  const parsed = PermissionsSchema.safeParse(given);
  if (!parsed.success) throw new Error(`${option}: give resources with lists of actions, e.g. { reports: ['read'] }.`);
  return parsed.data;
}

function count(option: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new Error(`${option}: ${value} is out of range. Give a whole number from ${min} to ${max}.`);
  }
  return value;
}

function oneOf(option: string, value: string | undefined, allowed: readonly string[]): void {
  if (value !== undefined && !allowed.includes(value)) {
    throw new Error(`${option}: ${JSON.stringify(value)} is not known. Give one of ${allowed.join(', ')}.`);
  }
}
