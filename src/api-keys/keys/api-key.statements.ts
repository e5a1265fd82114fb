import type { Statement } from '../../common/database/database.js';
import { columnsOf, API_KEY_ROW, type ApiKeyChange, type ApiKeyPart, type MintedApiKey } from './api-key.columns.js';

type Columns = ReturnType<typeof columnsOf>;
const MINTED = columnsOf('minted');
const SETTINGS = columnsOf('setting', 'serverSetting');
/** Given when a key is made, and copied to its successor. */
const GIVEN = [...columnsOf('fixed'), ...SETTINGS];
const NEW = [...MINTED, ...GIVEN];

/** A key to insert. Absent settings get their initial value. */
export type NewApiKey = MintedApiKey & ApiKeyPart<'fixed'> & ApiKeyChange;

const names = (columns: Columns) => columns.map(({ column }) => column).join(', ');
const parameters = (columns: Columns, first: number) =>
  columns.map(({ value }, index) => value(`$${first + index}`)).join(', ');
const valuesOf = (columns: Columns, from: object) =>
  columns.map(({ member, initial }): unknown => Reflect.get(from, member) ?? initial);

/** `$2`, `$3`: the owner the key must belong to; null: any owner, for host code and administration. */
const OF_OWNER = '($2::text IS NULL OR (owner_kind = $2 AND owner_id = $3))';
const VISIBLE = 'deleted_at IS NULL';
const CAN_CHANGE = `id = $1 AND ${OF_OWNER} AND ${VISIBLE} AND revoked_at IS NULL`;

/** `$1`: the digest; `$2`, `$3`: the expiry, or seconds until it; then the columns. A refill interval starts now. */
export const INSERT: Statement = {
  name: 'auth_api_key_insert',
  text: `INSERT INTO auth_api_key (hash, expires_at, last_refill_at, ${names(NEW)})
         VALUES ($1, COALESCE($2::timestamptz, now() + $3::float8 * interval '1 second'),
           CASE WHEN $${4 + NEW.findIndex(({ member }) => member === 'refillInterval')}::bigint IS NOT NULL THEN now() END,
           ${parameters(NEW, 4)})
         ON CONFLICT (id) DO NOTHING
         RETURNING ${API_KEY_ROW}`,
};
/** The key that an order has made a moment ago (KeyConditions). */
export const FIND_MADE: Statement = {
  name: 'auth_api_key_find_made',
  text: `SELECT ${API_KEY_ROW} FROM auth_api_key
         WHERE id = $1 AND hash = $2 AND ${VISIBLE} AND created_at > now() - interval '1 minute'`,
};
export function insertValues(key: NewApiKey): unknown[] {
  return [key.hash, key.expiresAt, key.expiresIn, ...valuesOf(NEW, key)];
}

export const COUNT_OF_OWNER: Statement = {
  name: 'auth_api_key_count_of_owner',
  text: `SELECT count(*) FILTER (WHERE revoked_at IS NULL AND rotated_to IS NULL AND (expires_at IS NULL OR expires_at > now()))::int AS held,
           count(*) FILTER (WHERE created_at > now() - interval '1 day')::int AS made_today
         FROM auth_api_key WHERE owner_kind = $1 AND owner_id = $2 AND config_id = $3 AND delegated_from IS NULL`,
};
/** Finds keys in any state, so that a refusal can give its reason. */
export const FIND_BY_HASH: Statement = {
  name: 'auth_api_key_find_hash',
  text: `SELECT ${API_KEY_ROW}, hash FROM auth_api_key WHERE hash = ANY($1::bytea[]) LIMIT 1`,
};
export const FIND: Statement = {
  name: 'auth_api_key_find',
  text: `SELECT ${API_KEY_ROW} FROM auth_api_key WHERE id = $1 AND ${OF_OWNER} AND ${VISIBLE}`,
};
export const REVOKE: Statement = {
  name: 'auth_api_key_revoke',
  text: `UPDATE auth_api_key SET revoked_at = now(), revoked_reason = $4, updated_at = now() WHERE ${CAN_CHANGE} RETURNING ${API_KEY_ROW}`,
};
export const DELETE: Statement = {
  name: 'auth_api_key_delete',
  text: `UPDATE auth_api_key SET deleted_at = now(), revoked_at = COALESCE(revoked_at, now()), revoked_reason = COALESCE(revoked_reason, $4)
         WHERE id = $1 AND ${OF_OWNER} AND ${VISIBLE} RETURNING ${API_KEY_ROW}`,
};
export const FIND_DELETED: Statement = {
  name: 'auth_api_key_find_deleted',
  text: `SELECT ${API_KEY_ROW} FROM auth_api_key WHERE id = $1 AND deleted_at IS NOT NULL`,
};
/** All keys of an owner who is disabled. */
export const REVOKE_ALL: Statement = {
  name: 'auth_api_key_revoke_all',
  text: `UPDATE auth_api_key SET revoked_at = now(), revoked_reason = $3, updated_at = now()
         WHERE owner_kind = $1 AND owner_id = $2 AND revoked_at IS NULL RETURNING id`,
};
/** All keys of an owner who is forgotten. */
export const FORGET_ALL: Statement = {
  name: 'auth_api_key_forget_all',
  text: 'DELETE FROM auth_api_key WHERE owner_kind = $1 AND owner_id = $2 RETURNING id',
};
/** A key has one successor: the condition on `rotated_to` lets one of several concurrent rotations through. */
export const RETIRE: Statement = {
  name: 'auth_api_key_retire',
  text: `UPDATE auth_api_key SET rotated_to = $4, updated_at = now(),
           expires_at = LEAST(expires_at, now() + $5::float8 * interval '1 second')
         WHERE ${CAN_CHANGE} AND rotated_to IS NULL AND (expires_at IS NULL OR expires_at > now()) RETURNING id`,
};
/**
 * Copies a key, with a new secret (`$2` and what follows `$3`) and a new lifetime of the same length, up to the configured maximum (`$3`). LEAST
 * ignores nulls: without a maximum, the successor of a key that does not expire does not expire either.
 */
export const SUCCEED: Statement = {
  name: 'auth_api_key_succeed',
  text: `INSERT INTO auth_api_key (rotated_from, hash, expires_at, last_refill_at, window_started_at, window_count, window_held, ${names(NEW)})
         SELECT id, $2, now() + LEAST(expires_at - created_at, $3::float8 * interval '1 second'), COALESCE(last_refill_at, created_at),
           window_started_at, window_count, window_held, ${parameters(MINTED, 4)}, ${names(GIVEN)}
         FROM auth_api_key WHERE id = $1
         RETURNING ${API_KEY_ROW}`,
};
export function successorValues(id: string, next: MintedApiKey, maxLifetimeSeconds: number | null): unknown[] {
  return [id, next.hash, maxLifetimeSeconds, ...valuesOf(MINTED, next)];
}

export const HAND_OVER_COUNTERS: Statement = {
  name: 'auth_api_key_hand_over',
  text: 'UPDATE auth_api_key SET counter_id = $2 WHERE id = $1 OR counter_id = $1 RETURNING id',
};
/** Locks the row for a rotation and reads it before the rotation shortens its lifetime. */
export const LOCK: Statement = {
  name: 'auth_api_key_lock',
  text: `SELECT ${API_KEY_ROW} FROM auth_api_key WHERE id = $1 AND ${OF_OWNER} AND ${VISIBLE} FOR NO KEY UPDATE`,
};

const FIRST_SETTING = 7;
const flagOf = (member: keyof ApiKeyChange) =>
  `$${FIRST_SETTING + 2 * SETTINGS.findIndex((setting) => setting.member === member)}::boolean`;

/**
 * One statement for every update: a flag and a value per setting, so that it is planned once. A new refill interval starts now, and a new
 * window or maximum opens a new window. `$4` to `$6`: whether the expiry changes, the expiry, or seconds until it.
 */
export const UPDATE: Statement = {
  name: 'auth_api_key_update',
  text: `UPDATE auth_api_key SET ${SETTINGS.map(({ column, value }, index) => {
    const flag = FIRST_SETTING + index * 2;
    return `${column} = CASE WHEN $${flag}::boolean THEN ${value(`$${flag + 1}`)} ELSE ${column} END`;
  }).join(', ')},
           last_refill_at = CASE WHEN ${flagOf('refillInterval')} THEN now() ELSE last_refill_at END,
           window_started_at = CASE WHEN ${flagOf('rateLimitTimeWindow')} OR ${flagOf('rateLimitMax')} THEN NULL ELSE window_started_at END,
           expires_at = CASE WHEN $4::boolean
             THEN COALESCE($5::timestamptz, now() + $6::float8 * interval '1 second') ELSE expires_at END,
           updated_at = now()
         WHERE ${CAN_CHANGE} RETURNING ${API_KEY_ROW}`,
};
/** The parameters after id and owner. */
export function changeValues(change: ApiKeyChange): unknown[] {
  const { expiresAt, expiresIn } = change;
  const settings = SETTINGS.flatMap(({ member }) => {
    const value: unknown = Reflect.get(change, member);
    return [value !== undefined, value];
  });
  return [expiresAt !== undefined || expiresIn !== undefined, expiresAt, expiresIn, ...settings];
}
