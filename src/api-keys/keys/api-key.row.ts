import type { KeyOwnerKind } from '../api-keys.options.js';
import type { Permissions } from '../permissions.js';

/** A key as the store reads it. */
export interface ApiKeyRow {
  id: string;
  config_id: string;
  prefix: string | null;
  start: string;
  name: string | null;
  owner_kind: KeyOwnerKind;
  owner_id: string;
  created_by: string | null;
  enabled: boolean;
  metadata: Record<string, unknown> | null;
  permissions: Permissions | null;
  scopes: string[];
  allowed_ips: string[];
  rate_limit_enabled: boolean;
  rate_limit_window_ms: number | null;
  rate_limit_max: number | null;
  remaining: number | null;
  refill_amount: number | null;
  refill_interval_ms: number | null;
  last_refill_at: Date | null;
  request_count: number;
  last_request_at: Date | null;
  counter_id: string | null;
  rotated_to: string | null;
  rotated_from: string | null;
  created_at: Date;
  updated_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  revoked_reason: string | null;
  deleted_at: Date | null;
  /** By the database's clock. */
  expired: boolean;
  remaining_ms: number | null;
}

/** The columns of ApiKeyRow. 64-bit integers are read as numbers; all that is stored there is below 2^53. */
export const KEY_COLUMNS = `id, config_id, prefix, start, name, owner_kind, owner_id, created_by, enabled, metadata, permissions, scopes,
  allowed_ips, rate_limit_enabled, rate_limit_window_ms::float8, rate_limit_max, remaining, refill_amount, refill_interval_ms::float8,
  last_refill_at, request_count::float8, last_request_at, counter_id, rotated_to, rotated_from, created_at, updated_at, expires_at,
  revoked_at, revoked_reason, deleted_at, COALESCE(expires_at <= now(), false) AS expired,
  (extract(epoch FROM expires_at - now()) * 1000)::float8 AS remaining_ms`;

/** A key to insert. */
export interface NewApiKeyRow {
  readonly id: string;
  readonly config_id: string;
  readonly hash: Buffer;
  readonly prefix: string;
  readonly start: string;
  readonly name: string | null;
  readonly owner_kind: KeyOwnerKind;
  readonly owner_id: string;
  readonly created_by: string | null;
  readonly enabled: boolean;
  readonly metadata: string | null;
  readonly permissions: string | null;
  readonly scopes: readonly string[];
  readonly allowed_ips: readonly string[];
  readonly rate_limit_enabled: boolean;
  readonly rate_limit_window_ms: number | null;
  readonly rate_limit_max: number | null;
  readonly remaining: number | null;
  readonly refill_amount: number | null;
  readonly refill_interval_ms: number | null;
  /** Absolute end; wins over the lifetime. */
  readonly expires_at: Date | null;
  /** From now, by the database's clock; null: does not expire. */
  readonly lifetime_seconds: number | null;
}

/** Columns to change; those that are absent stay. `lifetime_seconds` and `expires_at` both null: does not expire any more. */
export type ApiKeyRowChange = Partial<
  Omit<NewApiKeyRow, 'id' | 'config_id' | 'hash' | 'prefix' | 'start' | 'owner_kind' | 'owner_id' | 'created_by'>
>;
