import { resolveSeconds } from '../common/options/duration.js';
import { requireCount } from '../common/options/option.js';
import { readOptions } from '../common/options/read-options.js';
import { FORMAT_OPTIONS, MAX_COUNT, MAX_MILLISECONDS, YEARS_10_SECONDS } from './api-keys.options.js';
import type { ConfigurationSettings, GivenConfiguration, ApiKeyFormat } from './api-keys.settings.js';
import { isWithin, type Permissions } from '../common/principal/permissions.js';
import { PermissionsSchema } from './permissions.schema.js';

const DAY_SECONDS = 86_400;

/** @throws Error with option and remedy; stops the boot */
export function resolveConfiguration(path: string, configId: string, given: GivenConfiguration): ConfigurationSettings {
  const { maxRotationOverlapSeconds, rotationOverlap } = given;
  return Object.freeze({
    configId,
    prefix: given.prefix,
    keyLength: given.keyLength,
    hashAlgorithm: given.hashAlgorithm,
    references: given.references,
    rateLimit: resolveRateLimit(path, given.rateLimit),
    quota: resolveQuota(path, given.quota),
    ...resolveLifetimes(path, given),
    maxPerOwner: given.maxPerOwner,
    requireName: given.requireName,
    metadata: Object.freeze({
      enabled: given.enableMetadata,
      maxBytes: given.maxMetadataBytes,
      maxDepth: given.maxMetadataDepth,
    }),
    ...resolvePermissions(path, given),
    defaultScopes: given.defaultScopes,
    maxScopes: given.maxScopes,
    rotationOverlapSeconds: resolveSeconds(
      `${path}.rotationOverlap`,
      rotationOverlap ?? Math.min(DAY_SECONDS, maxRotationOverlapSeconds),
      { min: 0, max: maxRotationOverlapSeconds },
    ),
    maxRotationOverlapSeconds,
    delegation: given.delegation,
  });
}

/** The format of new keys first, then the earlier formats. */
export function formatsOf(path: string, configId: string, given: GivenConfiguration): ApiKeyFormat[] {
  const { prefix, keyLength } = given;
  const earlier = given.earlierFormats.map((format) => {
    const one = readOptions(`${path}.earlierFormats`, format, FORMAT_OPTIONS);
    return Object.freeze({ configId, prefix: one.prefix ?? prefix, keyLength: one.keyLength ?? keyLength });
  });
  return [Object.freeze({ configId, prefix, keyLength }), ...earlier];
}

function resolveLifetimes(path: string, { expiresIn, minExpiresInSeconds: min, maxExpiresIn }: GivenConfiguration) {
  const max = resolveSeconds(`${path}.maxExpiresIn`, maxExpiresIn ?? YEARS_10_SECONDS, { min, max: YEARS_10_SECONDS });
  const fallback = expiresIn ?? (maxExpiresIn === null ? null : max);
  return {
    expiresInSeconds: fallback === null ? null : resolveSeconds(`${path}.expiresIn`, fallback, { min, max }),
    minExpiresInSeconds: min,
    maxExpiresInSeconds: max,
    boundsLifetime: maxExpiresIn !== null,
  };
}

function resolveRateLimit(path: string, given: GivenConfiguration['rateLimit']): ConfigurationSettings['rateLimit'] {
  if (!given?.enabled) return null;
  const [window, max] = [given.window ?? given.timeWindow, given.max ?? given.maxRequests];
  if (window === null || max === null)
    throw new Error(
      `${path}.rateLimit: give both window (milliseconds) and max (requests per window), or leave it out.`,
    );
  return Object.freeze({
    windowMilliseconds: requireCount(`${path}.rateLimit.window`, window, { min: 1, max: MAX_MILLISECONDS }),
    max: requireCount(`${path}.rateLimit.max`, max, { min: 1, max: MAX_COUNT }),
  });
}

function resolveQuota(path: string, given: GivenConfiguration['quota']): ConfigurationSettings['quota'] {
  if (!given) return null;
  if ((given.refillAmount === null) !== (given.refillInterval === null))
    throw new Error(`${path}.quota: give refillAmount and refillInterval (milliseconds) together, or neither.`);
  const remaining = requireCount(`${path}.quota.remaining`, given.remaining, { min: 0, max: MAX_COUNT });
  return Object.freeze({ ...given, remaining });
}

function resolvePermissions(path: string, given: GivenConfiguration) {
  const maxPermissions = readPermissions(`${path}.maxPermissions`, given.maxPermissions);
  const defaultPermissions = readPermissions(`${path}.defaultPermissions`, given.defaultPermissions);
  if (maxPermissions && defaultPermissions && !isWithin(defaultPermissions, maxPermissions))
    throw new Error(`${path}.defaultPermissions: they exceed maxPermissions. Lower them or raise the ceiling.`);
  return { maxPermissions, defaultPermissions };
}

function readPermissions(option: string, given: Permissions | null): Permissions | null {
  if (given === null) return null;
  const parsed = PermissionsSchema.safeParse(given);
  if (!parsed.success) throw new Error(`${option}: give resources with lists of actions, e.g. { reports: ['read'] }.`);
  return parsed.data;
}
