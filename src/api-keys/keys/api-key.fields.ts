import { displayNameFault, normaliseDisplayName } from '../../common/display-name.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { parseRange } from '../../common/http/request/client-address.js';
import { isScopeToken } from '../../common/principal/scopes.js';
import type { ConfigurationSettings } from '../api-keys.settings.js';
import { PermissionsSchema } from '../permissions.schema.js';
import type { Permissions } from '../../common/principal/permissions.js';
import type { ApiKeyRow, ApiKeyChange, MintedApiKey } from './api-key.columns.js';
import type { CreateApiKey, ApiKeyFields, UpdateApiKey } from './api-key.commands.js';
import type { NewApiKey } from './api-key.statements.js';
import { toAgent } from './api-key.agent.js';
import { keyErrors } from './api-key.errors.js';
import { effectiveLimit } from './api-key.view.js';

export const MAX_NAME_LENGTH = 100;
const MAX_IPS = 100;
const MAX_SCOPES = 100;
const MAX_INTEGER = 2_147_483_647;
const MAX_MILLISECONDS = 3_650 * 86_400_000;
/** How far the clocks of the caller and the database may differ. */
const CLOCK_LEEWAY_SECONDS = 60;

/** The row for a new key: the command, with the defaults of the configuration. @throws AuthError 400 */
export function toNewKey(command: CreateApiKey, configuration: ConfigurationSettings, stored: MintedApiKey): NewApiKey {
  const { owner, createdBy = null, agent, permissions, scopes, expiresAt, expiresIn } = command;
  const fields = {
    ...command,
    ...quotaOf(command, configuration),
    name: command.name ?? null,
    permissions: permissions === undefined ? configuration.defaultPermissions : permissions,
    scopes: scopes ?? configuration.defaultScopes,
    // An explicit null asks for a key that does not expire, which a configured maximum does not allow.
    ...(expiresAt === undefined &&
      (expiresIn === undefined || (expiresIn === null && configuration.boundsLifetime)) && {
        expiresIn: configuration.expiresInSeconds,
      }),
  };
  return {
    ...checkFields(fields, null, configuration),
    ...stored,
    configId: configuration.configId,
    ownerKind: owner.kind,
    referenceId: owner.id,
    createdBy,
    agent: agent ? toAgent({ ...agent, name: checkShownName(agent.name) }) : null,
  };
}

/** Giving any part of a quota replaces the configured one. With a refill but no balance, it starts full. */
function quotaOf({ remaining, refillAmount, refillInterval }: CreateApiKey, { quota }: ConfigurationSettings) {
  if (remaining === undefined && refillAmount === undefined && refillInterval === undefined) return quota;
  return { remaining: remaining === undefined ? (refillAmount ?? null) : remaining };
}

/**
 * Checks fields against the configuration of the key. The rules hold for trusted callers too, since they keep rows consistent; the ceilings for
 * users are checked elsewhere.
 * @param before the key before the change; null: a new key
 * @throws AuthError 400
 */
export function checkFields(
  fields: UpdateApiKey,
  before: ApiKeyRow | null,
  configuration: ConfigurationSettings,
): ApiKeyChange {
  const change: ApiKeyChange = {
    name: fields.name === undefined ? undefined : checkName(fields.name, configuration),
    enabled: fields.enabled,
    metadata: fields.metadata === undefined ? undefined : checkMetadata(fields.metadata, configuration),
    permissions: fields.permissions === undefined ? undefined : parsePermissions(fields.permissions),
    scopes: fields.scopes && checkScopes(fields.scopes),
    allowedIps: fields.allowedIps && checkIps(fields.allowedIps),
    ...checkLifetime(fields, configuration),
    rateLimitEnabled: fields.rateLimitEnabled,
    rateLimitTimeWindow: within(fields, 'rateLimitTimeWindow', 1, MAX_MILLISECONDS),
    rateLimitMax: within(fields, 'rateLimitMax', 1, MAX_INTEGER),
    remaining: within(fields, 'remaining', 0, MAX_INTEGER),
    refillAmount: within(fields, 'refillAmount', 1, MAX_INTEGER),
    refillInterval: within(fields, 'refillInterval', 1_000, MAX_MILLISECONDS),
  };
  requireWhole(change, before, configuration);
  return change;
}

function checkName(name: string | null, configuration: ConfigurationSettings): string | null {
  if (name === null && configuration.requireName)
    throw AuthError.badRequest('NAME_REQUIRED', 'API Key name is required.');
  return name === null ? null : checkShownName(name);
}

/** @throws AuthError 400 `INVALID_NAME_LENGTH`, `INVALID_NAME` */
export function checkShownName(name: string): string {
  const shown = normaliseDisplayName(name);
  if (shown.length < 1 || shown.length > MAX_NAME_LENGTH) {
    throw AuthError.badRequest('INVALID_NAME_LENGTH', `The name must have 1 to ${MAX_NAME_LENGTH} characters`);
  }
  const fault = displayNameFault(shown);
  if (fault !== null) throw AuthError.badRequest('INVALID_NAME', `The name cannot be shown: ${fault}`);
  return shown;
}

/** T030: metadata is bounded in size and depth, and stays plain data. */
function checkMetadata(
  metadata: Record<string, unknown> | null,
  { metadata: limits }: ConfigurationSettings,
): Record<string, unknown> | null {
  if (!limits.enabled) throw AuthError.badRequest('METADATA_DISABLED', 'Metadata is disabled.');
  if (metadata === null) return null;
  if (typeof metadata !== 'object' || Array.isArray(metadata)) {
    throw AuthError.badRequest('INVALID_METADATA_TYPE', 'metadata must be an object or undefined');
  }
  if (!isStorable(metadata, limits.maxDepth)) {
    throw AuthError.badRequest(
      'INVALID_METADATA',
      `Metadata must be plain JSON with finite numbers, at most ${limits.maxDepth} levels deep`,
    );
  }
  const text = JSON.stringify(metadata);
  if (Buffer.byteLength(text) > limits.maxBytes) {
    throw AuthError.badRequest('METADATA_TOO_LARGE', `Metadata must not exceed ${limits.maxBytes} bytes of JSON`);
  }
  // A copy, as it will be read back: the caller cannot change it after the check.
  return JSON.parse(text);
}

/** Whether JSON and jsonb keep the value unchanged: JSON turns 1e309 into `null`, jsonb refuses NUL and lone surrogates (T003, T010). */
function isStorable(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return typeof value === 'boolean';
  if (value === null) return true;
  if (depth === 0) return false;
  const entries = Object.entries(value);
  return entries.every(([key, member]) => key !== '__proto__' && isStorable(key, 0) && isStorable(member, depth - 1));
}

/** @throws AuthError 400 */
export function parsePermissions(value: unknown): Permissions | null {
  const parsed = PermissionsSchema.nullable().safeParse(value);
  if (!parsed.success) throw AuthError.validation(['[body.permissions] Give resources with lists of actions']);
  return parsed.data;
}

/** @throws AuthError 400 `INVALID_SCOPE` */
export function checkScopes(scopes: readonly string[]): string[] {
  const unique = [...new Set(scopes)];
  if (unique.length > MAX_SCOPES || !unique.every((scope) => scope.length <= 128 && isScopeToken(scope))) {
    throw AuthError.badRequest('INVALID_SCOPE', `Give at most ${MAX_SCOPES} scopes without spaces and quotes`);
  }
  return unique;
}

function checkIps(addresses: readonly string[]): string[] {
  const unique = [...new Set(addresses)];
  if (unique.length > MAX_IPS || !unique.every((address) => address.length <= 64 && parseRange(address) !== null)) {
    throw AuthError.badRequest('INVALID_IP_ADDRESS', `Give at most ${MAX_IPS} IP addresses or CIDR ranges`);
  }
  return unique;
}

function checkLifetime(
  { expiresIn, expiresAt }: ApiKeyFields,
  { minExpiresInSeconds, maxExpiresInSeconds, boundsLifetime }: ConfigurationSettings,
): Pick<ApiKeyChange, 'expiresAt' | 'expiresIn'> {
  if (expiresIn === undefined && expiresAt === undefined) return {};
  if (expiresIn !== undefined && expiresAt !== undefined && (expiresIn !== null || expiresAt !== null)) {
    throw AuthError.badRequest('CONFLICTING_EXPIRATION', 'Give either expiresIn or expiresAt');
  }
  const seconds = expiresAt ? (expiresAt.getTime() - Date.now()) / 1000 : (expiresIn ?? null);
  const leeway = expiresAt ? CLOCK_LEEWAY_SECONDS : 0;
  if (seconds !== null && !(seconds >= minExpiresInSeconds && seconds > 0)) {
    throw keyErrors.tooShort();
  }
  if (seconds === null ? boundsLifetime : seconds > maxExpiresInSeconds + leeway) {
    throw keyErrors.tooLong();
  }
  return { expiresAt: expiresAt ?? null, expiresIn: expiresAt ? null : seconds };
}

type Count = 'rateLimitTimeWindow' | 'rateLimitMax' | 'remaining' | 'refillAmount' | 'refillInterval';

function within(fields: UpdateApiKey, name: Count, min: number, max: number): number | null | undefined {
  const value = fields[name];
  if (value !== undefined && value !== null && (!Number.isInteger(value) || value < min || value > max)) {
    throw AuthError.validation([`[body.${name}] Give a whole number from ${min} to ${max}`]);
  }
  return value;
}

/** With one half missing, a quota or a limit would silently not apply. */
function requireWhole(change: ApiKeyChange, before: ApiKeyRow | null, configuration: ConfigurationSettings): void {
  const after = (member: Count) => (change[member] === undefined ? (before?.[member] ?? null) : change[member]);
  if (after('refillInterval') !== null && after('refillAmount') === null) {
    throw AuthError.badRequest(
      'REFILL_AMOUNT_AND_INTERVAL_REQUIRED',
      'refillAmount is required when refillInterval is provided',
    );
  }
  if (after('refillAmount') !== null && after('refillInterval') === null) {
    throw AuthError.badRequest(
      'REFILL_INTERVAL_AND_AMOUNT_REQUIRED',
      'refillInterval is required when refillAmount is provided',
    );
  }
  const asksForLimit = typeof change.rateLimitMax === 'number' || typeof change.rateLimitTimeWindow === 'number';
  const limit = {
    rateLimitEnabled: true,
    rateLimitMax: after('rateLimitMax'),
    rateLimitTimeWindow: after('rateLimitTimeWindow'),
  };
  if ((asksForLimit || change.rateLimitEnabled === true) && effectiveLimit(limit, configuration) === null) {
    throw AuthError.badRequest('INCOMPLETE_RATE_LIMIT', 'Give both rateLimitMax and rateLimitTimeWindow');
  }
}
