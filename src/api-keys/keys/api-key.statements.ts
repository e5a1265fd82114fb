import type { Statement } from '../../common/database/database.js';
import { KEY_COLUMNS } from './api-key.row.js';

/** `$2`, `$3`: the owner the key must belong to; null: anybody's, for host code and administration. */
const OF_OWNER = '($2::text IS NULL OR (owner_kind = $2 AND owner_id = $3))';
const VISIBLE = 'deleted_at IS NULL';
const CAN_CHANGE = `id = $1 AND ${OF_OWNER} AND ${VISIBLE} AND revoked_at IS NULL`;

export const INSERT: Statement = {
  name: 'auth_api_key_insert',
  text: `INSERT INTO auth_api_key (id, config_id, hash, prefix, start, name, owner_kind, owner_id, created_by, enabled, metadata,
           permissions, scopes, allowed_ips, rate_limit_enabled, rate_limit_window_ms, rate_limit_max, remaining, refill_amount,
           refill_interval_ms, last_refill_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb, $12::jsonb, $13, $14, $15, $16, $17, $18, $19, $20,
           CASE WHEN $20::bigint IS NOT NULL THEN now() END,
           COALESCE($21::timestamptz, now() + $22::float8 * interval '1 second'))
         RETURNING ${KEY_COLUMNS}`,
};
export const COUNT_OF_OWNER: Statement = {
  name: 'auth_api_key_count_of_owner',
  text: `SELECT count(*) FILTER (WHERE revoked_at IS NULL AND rotated_to IS NULL AND (expires_at IS NULL OR expires_at > now()))::int AS held,
           count(*) FILTER (WHERE created_at > now() - interval '1 day')::int AS made_today
         FROM auth_api_key WHERE owner_kind = $1 AND owner_id = $2 AND config_id = $3`,
};
/** Whatever its state, so that the reason of a refusal can be told apart. */
export const FIND_BY_HASH: Statement = {
  name: 'auth_api_key_find_hash',
  text: `SELECT ${KEY_COLUMNS}, hash FROM auth_api_key WHERE hash = ANY($1::bytea[]) LIMIT 1`,
};
export const FIND: Statement = {
  name: 'auth_api_key_find',
  text: `SELECT ${KEY_COLUMNS} FROM auth_api_key WHERE id = $1 AND ${OF_OWNER} AND ${VISIBLE}`,
};
export const REVOKE: Statement = {
  name: 'auth_api_key_revoke',
  text: `UPDATE auth_api_key SET revoked_at = now(), revoked_reason = $4, updated_at = now() WHERE ${CAN_CHANGE} RETURNING ${KEY_COLUMNS}`,
};
export const DELETE: Statement = {
  name: 'auth_api_key_delete',
  text: `UPDATE auth_api_key SET deleted_at = now(), revoked_at = COALESCE(revoked_at, now()), revoked_reason = COALESCE(revoked_reason, $4)
         WHERE id = $1 AND ${OF_OWNER} AND ${VISIBLE} RETURNING ${KEY_COLUMNS}`,
};
/** All that one owner holds, when they are disabled. */
export const REVOKE_ALL: Statement = {
  name: 'auth_api_key_revoke_all',
  text: `UPDATE auth_api_key SET revoked_at = now(), revoked_reason = $3, updated_at = now()
         WHERE owner_kind = $1 AND owner_id = $2 AND revoked_at IS NULL RETURNING id`,
};
/** All that one owner held, when they are forgotten. */
export const FORGET_ALL: Statement = {
  name: 'auth_api_key_forget_all',
  text: 'DELETE FROM auth_api_key WHERE owner_kind = $1 AND owner_id = $2 RETURNING id',
};
/** One successor: the condition on `rotated_to` lets one of many rotations through. */
export const RETIRE: Statement = {
  name: 'auth_api_key_retire',
  text: `UPDATE auth_api_key SET rotated_to = $4, updated_at = now(),
           expires_at = LEAST(expires_at, now() + $5::float8 * interval '1 second')
         WHERE ${CAN_CHANGE} AND rotated_to IS NULL AND (expires_at IS NULL OR expires_at > now()) RETURNING id`,
};
/**
 * The successor is what its predecessor was, with another secret and a fresh life of the same length, up to the configured maximum. LEAST
 * passes over nulls: without a maximum (`$6`) a key without an end has a successor without one.
 */
export const SUCCEED: Statement = {
  name: 'auth_api_key_succeed',
  text: `INSERT INTO auth_api_key (id, hash, prefix, start, rotated_from, config_id, name, owner_kind, owner_id, created_by, enabled,
           metadata, permissions, scopes, allowed_ips, rate_limit_enabled, rate_limit_window_ms, rate_limit_max, window_started_at,
           window_count, remaining, refill_amount, refill_interval_ms, last_refill_at, expires_at)
         SELECT $2, $3, $4, $5, id, config_id, name, owner_kind, owner_id, created_by, enabled,
           metadata, permissions, scopes, allowed_ips, rate_limit_enabled, rate_limit_window_ms, rate_limit_max, window_started_at,
           window_count, remaining, refill_amount, refill_interval_ms, COALESCE(last_refill_at, created_at),
           now() + LEAST(expires_at - created_at, $6::float8 * interval '1 second')
         FROM auth_api_key WHERE id = $1
         RETURNING ${KEY_COLUMNS}`,
};
export const HAND_OVER_COUNTERS: Statement = {
  name: 'auth_api_key_hand_over',
  text: 'UPDATE auth_api_key SET counter_id = $2 WHERE id = $1 OR counter_id = $1 RETURNING id',
};
/** Locks the row for a rotation and reads it as it is before the rotation shortens its life. */
export const LOCK: Statement = {
  name: 'auth_api_key_lock',
  text: `SELECT ${KEY_COLUMNS} FROM auth_api_key WHERE id = $1 AND ${OF_OWNER} AND ${VISIBLE} FOR NO KEY UPDATE`,
};

const CHANGEABLE: Readonly<Record<string, string>> = {
  name: 'text',
  enabled: 'boolean',
  metadata: 'jsonb',
  permissions: 'jsonb',
  scopes: 'text[]',
  allowed_ips: 'text[]',
  rate_limit_enabled: 'boolean',
  rate_limit_window_ms: 'bigint',
  rate_limit_max: 'integer',
  remaining: 'integer',
  refill_amount: 'integer',
  refill_interval_ms: 'bigint',
};

/** What an update may name, in the order of its parameters. */
export const CHANGEABLE_COLUMNS = Object.keys(CHANGEABLE);
const FIRST = 4;
const EXPIRY = FIRST + CHANGEABLE_COLUMNS.length * 2;

/**
 * One statement for every update: a flag and a value per column, so that it is planned once. A new refill interval starts now, and a new
 * window or maximum opens a new window.
 */
export const UPDATE: Statement = {
  name: 'auth_api_key_update',
  text: `UPDATE auth_api_key SET ${CHANGEABLE_COLUMNS.map((column, index) => {
    const flag = FIRST + index * 2;
    return `${column} = CASE WHEN $${flag}::boolean THEN $${flag + 1}::${CHANGEABLE[column]} ELSE ${column} END`;
  }).join(', ')},
           last_refill_at = CASE WHEN $${flagOf('refill_interval_ms')}::boolean THEN now() ELSE last_refill_at END,
           window_started_at = CASE WHEN $${flagOf('rate_limit_window_ms')}::boolean OR $${flagOf('rate_limit_max')}::boolean
             THEN NULL ELSE window_started_at END,
           expires_at = CASE WHEN $${EXPIRY}::boolean
             THEN COALESCE($${EXPIRY + 1}::timestamptz, now() + $${EXPIRY + 2}::float8 * interval '1 second') ELSE expires_at END,
           updated_at = now()
         WHERE ${CAN_CHANGE} RETURNING ${KEY_COLUMNS}`,
};

function flagOf(column: string): number {
  return FIRST + CHANGEABLE_COLUMNS.indexOf(column) * 2;
}
