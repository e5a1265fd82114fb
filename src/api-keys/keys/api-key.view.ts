import type { KeyOwnerKind } from '../api-keys.options.js';
import type { ConfigurationSettings } from '../api-keys.settings.js';
import type { Permissions } from '../permissions.js';
import type { ApiKeyRow } from './api-key.row.js';

/** A key as routes and services show it: better-auth's members, and ours after them. Never the secret. */
export interface ApiKeyView {
  readonly id: string;
  readonly configId: string;
  readonly name: string | null;
  /** First characters of the key. */
  readonly start: string;
  readonly prefix: string | null;
  /** Id of the owner. */
  readonly referenceId: string;
  /** Milliseconds. */
  readonly refillInterval: number | null;
  readonly refillAmount: number | null;
  readonly lastRefillAt: Date | null;
  readonly enabled: boolean;
  /** Whether a limit applies. */
  readonly rateLimitEnabled: boolean;
  /** Milliseconds; the configuration's when the key has none of its own. */
  readonly rateLimitTimeWindow: number | null;
  readonly rateLimitMax: number | null;
  readonly requestCount: number;
  /** Requests left; null: no quota. */
  readonly remaining: number | null;
  readonly lastRequest: Date | null;
  readonly expiresAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly permissions: Permissions | null;
  readonly metadata: Record<string, unknown> | null;
  readonly scopes: readonly string[];
  readonly allowedIps: readonly string[];
  readonly ownerKind: KeyOwnerKind;
  /** The user who made it; null: the host or administration. */
  readonly createdBy: string | null;
  readonly revokedAt: Date | null;
  readonly revokedReason: string | null;
  /** The successor, once it has been rotated. */
  readonly rotatedTo: string | null;
  readonly rotatedFrom: string | null;
}

/** A key with its secret; the answer of create and rotate, and the only place where it is shown. */
export interface ApiKeyWithSecret extends ApiKeyView {
  readonly key: string;
}

/** Use that has not been written yet. */
export interface PendingUsage {
  readonly count: number;
  readonly lastRequest: Date | null;
}

export function toView(
  row: ApiKeyRow,
  configuration: ConfigurationSettings | undefined,
  usage: PendingUsage,
): ApiKeyView {
  const limit = effectiveLimit(row, configuration);
  return {
    id: row.id,
    configId: row.config_id,
    name: row.name,
    start: row.start,
    prefix: row.prefix,
    referenceId: row.owner_id,
    refillInterval: row.refill_interval_ms,
    refillAmount: row.refill_amount,
    lastRefillAt: row.last_refill_at,
    enabled: row.enabled,
    rateLimitEnabled: limit !== null,
    rateLimitTimeWindow: limit?.windowMilliseconds ?? null,
    rateLimitMax: limit?.max ?? null,
    requestCount: row.request_count + usage.count,
    remaining: row.remaining,
    lastRequest: usage.lastRequest ?? row.last_request_at,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    permissions: row.permissions,
    metadata: row.metadata,
    scopes: row.scopes,
    allowedIps: row.allowed_ips,
    ownerKind: row.owner_kind,
    createdBy: row.created_by,
    revokedAt: row.revoked_at,
    revokedReason: row.revoked_reason,
    rotatedTo: row.rotated_to,
    rotatedFrom: row.rotated_from,
  };
}

/** The limit a key has now: its own numbers, else those of its configuration. The statement that counts reads them the same way. */
export function effectiveLimit(
  row: Pick<ApiKeyRow, 'rate_limit_enabled' | 'rate_limit_window_ms' | 'rate_limit_max'>,
  configuration: ConfigurationSettings | undefined,
): { windowMilliseconds: number; max: number } | null {
  if (!row.rate_limit_enabled) return null;
  const windowMilliseconds = row.rate_limit_window_ms ?? configuration?.rateLimit?.windowMilliseconds;
  const max = row.rate_limit_max ?? configuration?.rateLimit?.max;
  return windowMilliseconds === undefined || max === undefined ? null : { windowMilliseconds, max };
}
