import { displayNameFault, normaliseDisplayName } from '../../common/display-name.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { parseRange } from '../../common/http/client-address.js';
import { isScopeToken } from '../../common/principal/scopes.js';
import type { ConfigurationSettings } from '../api-keys.settings.js';
import { PermissionsSchema } from '../permissions.schema.js';
import type { KeyFields, ServerKeyFields } from './api-key.commands.js';
import type { ApiKeyRow, ApiKeyRowChange } from './api-key.row.js';
import { effectiveLimit } from './api-key.view.js';

const MAX_NAME_LENGTH = 100;
const MAX_IPS = 100;
const MAX_SCOPES = 100;
const MAX_INTEGER = 2_147_483_647;
const MAX_MILLISECONDS = 3_650 * 86_400_000;
/** How far the clocks of caller and database may lie apart. */
const CLOCK_LEEWAY_SECONDS = 60;

/** A key before a change, or the start of a new one. */
export type KeyBefore = Pick<
  ApiKeyRow,
  | 'rate_limit_enabled'
  | 'rate_limit_window_ms'
  | 'rate_limit_max'
  | 'refill_amount'
  | 'refill_interval_ms'
  | 'remaining'
>;

/**
 * Checks what is said of a key against its configuration and turns it into columns. Absent members stay absent. The same rules hold
 * for trusted callers: they keep the rows sound; ceilings for users are checked elsewhere.
 * @throws AuthError 400
 */
export function toColumns(
  fields: KeyFields & ServerKeyFields,
  before: KeyBefore,
  configuration: ConfigurationSettings,
): ApiKeyRowChange {
  const columns: ApiKeyRowChange = {
    ...(fields.name !== undefined && { name: checkName(fields.name, configuration) }),
    ...(fields.enabled !== undefined && { enabled: fields.enabled }),
    ...(fields.metadata !== undefined && { metadata: checkMetadata(fields.metadata, configuration) }),
    ...(fields.permissions !== undefined && { permissions: checkPermissions(fields.permissions) }),
    ...(fields.scopes !== undefined && { scopes: checkScopes(fields.scopes) }),
    ...(fields.allowedIps !== undefined && { allowed_ips: checkIps(fields.allowedIps) }),
    ...lifetimeColumns(fields, configuration),
    ...limitColumns(fields),
  };
  checkLimits({ ...before, ...columns }, columns, configuration);
  return columns;
}

function checkName(name: string | null, configuration: ConfigurationSettings): string | null {
  if (name === null && configuration.requireName)
    throw AuthError.badRequest('NAME_REQUIRED', 'API Key name is required');
  if (name === null) return null;
  const shown = normaliseDisplayName(name);
  if (shown.length < 1 || shown.length > MAX_NAME_LENGTH) {
    throw AuthError.badRequest('INVALID_NAME_LENGTH', `The name must have 1 to ${MAX_NAME_LENGTH} characters`);
  }
  const fault = displayNameFault(shown);
  if (fault !== null) throw AuthError.badRequest('INVALID_NAME', `The name cannot be shown: ${fault}`);
  return shown;
}

/** T030: bounded in size and depth, and kept as data. */
function checkMetadata(metadata: KeyFields['metadata'], { metadata: limits }: ConfigurationSettings): string | null {
  if (!limits.enabled) throw AuthError.badRequest('METADATA_DISABLED', 'Metadata is disabled');
  if (metadata === null || metadata === undefined) return null;
  if (typeof metadata !== 'object' || Array.isArray(metadata)) {
    throw AuthError.badRequest('INVALID_METADATA_TYPE', 'Metadata must be an object');
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
  return text;
}

/** What survives JSON and jsonb unchanged: JSON makes `null` of 1e309, jsonb refuses NUL and lone surrogates (T003, T010). */
function isStorable(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return typeof value === 'boolean';
  if (value === null) return true;
  if (depth === 0) return false;
  const entries = Object.entries(value);
  return entries.every(([key, member]) => key !== '__proto__' && isStorable(key, 0) && isStorable(member, depth - 1));
}

function checkPermissions(permissions: KeyFields['permissions']): string | null {
  if (permissions === null) return null;
  const parsed = PermissionsSchema.safeParse(permissions);
  if (!parsed.success) {
    throw AuthError.validation(parsed.error.issues.map((issue) => `[body.permissions] ${issue.message}`).slice(0, 3));
  }
  return JSON.stringify(parsed.data);
}

function checkScopes(scopes: readonly string[]): string[] {
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

function lifetimeColumns(
  { expiresIn, expiresAt }: KeyFields,
  { minExpiresInSeconds, maxExpiresInSeconds, boundsLifetime }: ConfigurationSettings,
): ApiKeyRowChange {
  if (expiresIn === undefined && expiresAt === undefined) return {};
  if (expiresIn !== undefined && expiresAt !== undefined && (expiresIn !== null || expiresAt !== null)) {
    throw AuthError.badRequest('CONFLICTING_EXPIRATION', 'Give either expiresIn or expiresAt');
  }
  const seconds = expiresAt ? (expiresAt.getTime() - Date.now()) / 1000 : (expiresIn ?? null);
  const leeway = expiresAt ? CLOCK_LEEWAY_SECONDS : 0;
  if (seconds !== null && !(seconds >= minExpiresInSeconds && seconds > 0)) {
    throw AuthError.badRequest('EXPIRES_IN_IS_TOO_SMALL', 'The expiration is too near or in the past');
  }
  if (seconds === null ? boundsLifetime : seconds > maxExpiresInSeconds + leeway) {
    throw AuthError.badRequest('EXPIRES_IN_IS_TOO_LARGE', 'The expiration is too far away');
  }
  return { expires_at: expiresAt ?? null, lifetime_seconds: expiresAt ? null : seconds };
}

function limitColumns(fields: ServerKeyFields): ApiKeyRowChange {
  const { rateLimitEnabled, rateLimitTimeWindow, rateLimitMax, remaining, refillAmount, refillInterval } = fields;
  return {
    ...(rateLimitEnabled !== undefined && { rate_limit_enabled: rateLimitEnabled }),
    ...(rateLimitTimeWindow !== undefined && {
      rate_limit_window_ms: within('rateLimitTimeWindow', rateLimitTimeWindow, 1, MAX_MILLISECONDS),
    }),
    ...(rateLimitMax !== undefined && { rate_limit_max: within('rateLimitMax', rateLimitMax, 1, MAX_INTEGER) }),
    ...(remaining !== undefined && { remaining: within('remaining', remaining, 0, MAX_INTEGER) }),
    ...(refillAmount !== undefined && { refill_amount: within('refillAmount', refillAmount, 1, MAX_INTEGER) }),
    ...(refillInterval !== undefined && {
      refill_interval_ms: within('refillInterval', refillInterval, 1_000, MAX_MILLISECONDS),
    }),
  };
}

function checkLimits(after: KeyBefore, change: ApiKeyRowChange, configuration: ConfigurationSettings): void {
  if (after.refill_interval_ms !== null && after.refill_amount === null) {
    throw AuthError.badRequest('REFILL_AMOUNT_AND_INTERVAL_REQUIRED', 'refillInterval needs refillAmount');
  }
  if (after.refill_amount !== null && after.refill_interval_ms === null) {
    throw AuthError.badRequest('REFILL_INTERVAL_AND_AMOUNT_REQUIRED', 'refillAmount needs refillInterval');
  }
  // A limit with one half missing would silently be none.
  const asksForLimit = [change.rate_limit_max, change.rate_limit_window_ms].some((value) => typeof value === 'number');
  if (
    (asksForLimit || change.rate_limit_enabled === true) &&
    effectiveLimit({ ...after, rate_limit_enabled: true }, configuration) === null
  ) {
    throw AuthError.badRequest('INCOMPLETE_RATE_LIMIT', 'Give both rateLimitMax and rateLimitTimeWindow');
  }
}

function within(name: string, value: number | null, min: number, max: number): number | null {
  if (value !== null && (!Number.isInteger(value) || value < min || value > max)) {
    throw AuthError.validation([`[body.${name}] Give a whole number from ${min} to ${max}`]);
  }
  return value;
}
