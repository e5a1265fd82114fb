import type { KeyOwnerKind } from '../api-keys.options.js';
import type { Permissions } from '../permissions.js';

/**
 * Who gives a column its value, and what becomes of it: `minted` with the secret, anew for a successor; `fixed` when the key is made; `setting`
 * by whoever makes or changes the key; `serverSetting` by the server alone; a successor has the last three too. `state` is written by statements
 * of its own, and `hidden` is neither read nor shown.
 */
type Role = 'minted' | 'fixed' | 'setting' | 'serverSetting' | 'state' | 'hidden';

/** A type of PostgreSQL, and what is read of it. */
interface Type<T> {
  readonly sql: string;
  readonly nullable?: true;
  /** Of a new key that was not told otherwise. */
  readonly initial?: T;
}

export interface KeyColumn<T = unknown, R extends Role = Role> extends Type<T> {
  readonly column: string;
  readonly role: R;
}

const UUID: Type<string> = { sql: 'uuid' };
const TEXT: Type<string> = { sql: 'text' };
const OWNER_KIND: Type<KeyOwnerKind> = { sql: 'text' };
const TEXTS: Type<readonly string[]> = { sql: 'text[]', initial: [] };
const BYTES: Type<Buffer> = { sql: 'bytea' };
const TRUE: Type<boolean> = { sql: 'boolean', initial: true };
const INTEGER: Type<number> = { sql: 'integer' };
const BIGINT: Type<number> = { sql: 'bigint' };
const TIME: Type<Date> = { sql: 'timestamptz' };
const METADATA: Type<Record<string, unknown>> = { sql: 'jsonb' };
const PERMISSIONS: Type<Permissions> = { sql: 'jsonb' };
const orNull = <T>(type: Type<T>): Type<T | null> => ({ ...type, nullable: true, initial: null });

const as =
  <R extends Role>(role: R) =>
  <T>(column: string, type: Type<T>): KeyColumn<T, R> => ({ ...type, column, role });
const minted = as('minted');
const fixed = as('fixed');
const setting = as('setting');
const serverSetting = as('serverSetting');
const state = as('state');
const hidden = as('hidden');

/**
 * The columns of `auth_api_key` by the names that commands, rows and answers have for them, in the order of the answers: all of these follow
 * from here, and so do the statements. A new field is a line here, a migration with its property of the entity, and a line in the schemas of
 * http/ where requests and answers have it. What is left out is red: its check in key-fields.ts to the compiler, the rest to tests.
 */
export const KEY_COLUMNS = {
  id: minted('id', UUID),
  configId: fixed('config_id', TEXT),
  name: setting('name', orNull(TEXT)),
  /** First characters of the key. */
  start: minted('start', TEXT),
  prefix: minted('prefix', orNull(TEXT)),
  /** Id of the owner. */
  referenceId: fixed('owner_id', TEXT),
  /** Milliseconds. */
  refillInterval: serverSetting('refill_interval_ms', orNull(BIGINT)),
  refillAmount: serverSetting('refill_amount', orNull(INTEGER)),
  lastRefillAt: state('last_refill_at', orNull(TIME)),
  enabled: serverSetting('enabled', TRUE),
  /** False: no limit, whatever the configuration says. */
  rateLimitEnabled: serverSetting('rate_limit_enabled', TRUE),
  /** Milliseconds; null: as the configuration says. */
  rateLimitTimeWindow: serverSetting('rate_limit_window_ms', orNull(BIGINT)),
  rateLimitMax: serverSetting('rate_limit_max', orNull(INTEGER)),
  requestCount: state('request_count', BIGINT),
  /** Requests left; null: no quota. */
  remaining: serverSetting('remaining', orNull(INTEGER)),
  lastRequest: state('last_request_at', orNull(TIME)),
  expiresAt: state('expires_at', orNull(TIME)),
  createdAt: state('created_at', TIME),
  updatedAt: state('updated_at', TIME),
  permissions: setting('permissions', orNull(PERMISSIONS)),
  metadata: setting('metadata', orNull(METADATA)),
  scopes: setting('scopes', TEXTS),
  /** Addresses and CIDR ranges; empty: anywhere. */
  allowedIps: setting('allowed_ips', TEXTS),
  ownerKind: fixed('owner_kind', OWNER_KIND),
  /** The user who made it; null: the host or administration. */
  createdBy: fixed('created_by', orNull(TEXT)),
  revokedAt: state('revoked_at', orNull(TIME)),
  revokedReason: state('revoked_reason', orNull(TEXT)),
  /** The successor, once it has been rotated. */
  rotatedTo: state('rotated_to', orNull(UUID)),
  rotatedFrom: state('rotated_from', orNull(UUID)),
  hash: hidden('hash', BYTES),
  windowStartedAt: hidden('window_started_at', orNull(TIME)),
  windowCount: hidden('window_count', INTEGER),
  counterId: hidden('counter_id', orNull(UUID)),
  deletedAt: hidden('deleted_at', orNull(TIME)),
};

type Columns = typeof KEY_COLUMNS;
type MemberOf<R extends Role> = { [M in keyof Columns]: Columns[M]['role'] extends R ? M : never }[keyof Columns];
/** The members of these roles. */
export type KeyPart<R extends Role> = {
  readonly [M in keyof Pick<Columns, MemberOf<R>>]: Exclude<Columns[M]['initial'], undefined>;
};

/** A key as the store reads it: what can be shown, and how it stands by the database's clock. */
export interface ApiKeyRow extends KeyPart<Exclude<Role, 'hidden'>> {
  readonly expired: boolean;
  readonly remainingMilliseconds: number | null;
}

/** What a new secret brings into its row. */
export interface MintedKey extends KeyPart<'minted'> {
  readonly hash: Buffer;
}

type Settings = KeyPart<'setting' | 'serverSetting'>;
/** What is said of a key, checked. Every setting is there, so that none goes unchecked; undefined: nothing was said. */
export type KeyChange = { readonly [M in keyof Settings]: Settings[M] | undefined } & {
  /** Seconds from now. Both null: does not expire. */
  readonly expiresIn?: number | null;
  readonly expiresAt?: Date | null;
};

/** The columns of these roles, each with the name of its member. */
export function columnsOf(...roles: readonly Role[]): (KeyColumn & { readonly member: string })[] {
  return Object.entries<KeyColumn>(KEY_COLUMNS).flatMap(([member, column]) =>
    roles.includes(column.role) ? [{ ...column, member }] : [],
  );
}

/** Of a SELECT or RETURNING: an ApiKeyRow. 64-bit integers are read as numbers; all that is stored there is below 2^53. */
export const KEY_ROW = [
  ...columnsOf('minted', 'fixed', 'setting', 'serverSetting', 'state').map(
    ({ column, sql, member }) => `${column}${sql === BIGINT.sql ? '::float8' : ''} AS "${member}"`,
  ),
  'COALESCE(expires_at <= now(), false) AS expired',
  '(extract(epoch FROM expires_at - now()) * 1000)::float8 AS "remainingMilliseconds"',
].join(', ');
