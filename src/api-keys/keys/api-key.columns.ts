import {
  bigint,
  boolean,
  bytes,
  identifier,
  integer,
  json,
  orNull,
  text,
  texts,
  time,
  type Column,
  type RowOf,
} from '../../common/database/columns.js';
import type { ApiKeyOwnerKind } from '../api-keys.options.js';
import type { Permissions } from '../../common/principal/permissions.js';
import type { ApiKeyAgent } from './api-key.agent.js';

/**
 * Who sets a column, and when: `minted` with the secret, new for each successor; `fixed` once, when the key is made; `setting` by the caller who
 * makes or changes the key; `serverSetting` by the server only. A successor takes over the last three. `state` is written by statements of its
 * own; `hidden` is neither read nor shown.
 */
type Role = 'minted' | 'fixed' | 'setting' | 'serverSetting' | 'state' | 'hidden';

export interface ApiKeyColumn<T = unknown, R extends Role = Role> extends Column<T> {
  readonly role: R;
  /** Value in a new key when none is given. Default: null. */
  readonly initial?: T;
}

const as =
  <R extends Role>(role: R) =>
  <T>(column: Column<T>, initial?: T): ApiKeyColumn<T, R> => ({ ...column, role, initial });
const minted = as('minted');
const fixed = as('fixed');
const setting = as('setting');
const serverSetting = as('serverSetting');
const state = as('state');
const hidden = as('hidden');

/**
 * The columns of `auth_api_key` under the names that commands, rows and answers use, in the order of the answers. Types and statements are
 * derived from here. CONTRIBUTING.md says what else a new field needs.
 */
export const API_KEY_COLUMNS = {
  id: minted(identifier('id')),
  configId: fixed(text('config_id')),
  name: setting(orNull(text('name'))),
  /** First characters of the key. */
  start: minted(text('start')),
  prefix: minted(orNull(text('prefix'))),
  /** Id of the owner. */
  referenceId: fixed(text('owner_id')),
  /** Milliseconds. */
  refillInterval: serverSetting(orNull(bigint('refill_interval_ms'))),
  refillAmount: serverSetting(orNull(integer('refill_amount'))),
  lastRefillAt: state(orNull(time('last_refill_at'))),
  enabled: serverSetting(boolean('enabled'), true),
  /** False: no limit, whatever the configuration says. */
  rateLimitEnabled: serverSetting(boolean('rate_limit_enabled'), true),
  /** Milliseconds; null: as the configuration says. */
  rateLimitTimeWindow: serverSetting(orNull(bigint('rate_limit_window_ms'))),
  rateLimitMax: serverSetting(orNull(integer('rate_limit_max'))),
  requestCount: state(bigint('request_count')),
  /** Requests left; null: no quota. */
  remaining: serverSetting(orNull(integer('remaining'))),
  lastRequest: state(orNull(time('last_request_at'))),
  expiresAt: state(orNull(time('expires_at'))),
  createdAt: state(time('created_at')),
  updatedAt: state(time('updated_at')),
  permissions: setting(orNull(json<Permissions>('permissions'))),
  metadata: setting(orNull(json<Record<string, unknown>>('metadata'))),
  scopes: setting(texts('scopes'), []),
  /** Addresses and CIDR ranges; empty: anywhere. */
  allowedIps: setting(texts('allowed_ips'), []),
  ownerKind: fixed(text<ApiKeyOwnerKind>('owner_kind')),
  /** The user who made it; null: the host or administration. */
  createdBy: fixed(orNull(text('created_by'))),
  revokedAt: state(orNull(time('revoked_at'))),
  revokedReason: state(orNull(text('revoked_reason'))),
  /** Id of the successor, once the key has been rotated. */
  rotatedTo: state(orNull(identifier('rotated_to'))),
  rotatedFrom: state(orNull(identifier('rotated_from'))),
  agent: fixed(orNull(json<ApiKeyAgent>('agent'))),
  /** Id of the key that it was delegated from, and ends with. */
  delegatedFrom: state(orNull(identifier('delegated_from'))),
  hash: hidden(bytes('hash')),
  windowStartedAt: hidden(orNull(time('window_started_at'))),
  windowCount: hidden(integer('window_count')),
  windowHeld: hidden(integer('window_held')),
  windowTaken: hidden(integer('window_taken')),
  counterId: hidden(orNull(identifier('counter_id'))),
  deletedAt: hidden(orNull(time('deleted_at'))),
};

type Columns = typeof API_KEY_COLUMNS;
type MemberOf<R extends Role> = { [M in keyof Columns]: Columns[M]['role'] extends R ? M : never }[keyof Columns];
/** The members whose columns have these roles. */
export type ApiKeyPart<R extends Role> = RowOf<Pick<Columns, MemberOf<R>>>;

/** A key as the store reads it: what can be shown, and its remaining lifetime by the database's clock. */
export interface ApiKeyRow extends ApiKeyPart<Exclude<Role, 'hidden'>> {
  readonly expired: boolean;
  readonly remainingMilliseconds: number | null;
}

/** The columns that are filled with a new secret. */
export interface MintedApiKey extends ApiKeyPart<'minted'> {
  readonly hash: Buffer;
}

type Settings = ApiKeyPart<'setting' | 'serverSetting'>;
/** Checked values for a key. Every setting is a required member, so that none goes unchecked; undefined: not given. */
export type ApiKeyChange = { readonly [M in keyof Settings]: Settings[M] | undefined } & {
  /** Seconds from now. Both null: does not expire. */
  readonly expiresIn?: number | null;
  readonly expiresAt?: Date | null;
};

/** The columns of these roles, each with the name of its member. */
export function columnsOf(...roles: readonly Role[]): (ApiKeyColumn & { readonly member: string })[] {
  return Object.entries<ApiKeyColumn>(API_KEY_COLUMNS).flatMap(([member, column]) =>
    roles.includes(column.role) ? [{ ...column, member }] : [],
  );
}

/** List for a SELECT or RETURNING that gives an ApiKeyRow. 64-bit integers are read as numbers; all stored values are below 2^53. */
export const API_KEY_ROW = [
  ...columnsOf('minted', 'fixed', 'setting', 'serverSetting', 'state').map(
    ({ column, type, member }) => `${column}${type === 'bigint' ? '::float8' : ''} AS "${member}"`,
  ),
  'COALESCE(expires_at <= now(), false) AS expired',
  '(extract(epoch FROM expires_at - now()) * 1000)::float8 AS "remainingMilliseconds"',
].join(', ');
