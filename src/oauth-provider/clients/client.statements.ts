import type { Statement } from '../../common/database/database.js';

const COLUMNS = `c.client_id, c.registered_by, c.owner_id, c.metadata, c.policy, c.secret_hash, c.secret_box, c.secret_expires_at,
  c.previous_secret_hash, c.previous_secret_box, c.created_at, c.updated_at,
  COALESCE(c.secret_expires_at > now(), true) AS secret_live,
  COALESCE(c.previous_secret_expires_at > now(), false) AS previous_secret_live,
  (s.disabled_at IS NOT NULL OR s.forgotten_at IS NOT NULL) AS disabled, s.epoch`;
const FROM = `FROM auth_oauth_client c JOIN auth_subject s ON s.subject = 'client:' || c.client_id`;
const LISTED = `($1::text IS NULL OR c.owner_id = $1)
  AND ($2::text IS NULL OR c.client_id = $2 OR position(lower($2) IN lower(c.metadata->>'client_name')) > 0)`;
const PREVIOUS_SECRET = `previous_secret_hash = CASE WHEN $5::int > 0 THEN secret_hash END,
  previous_secret_box = CASE WHEN $5::int > 0 THEN secret_box END,
  previous_secret_expires_at = CASE WHEN $5::int > 0 THEN LEAST(now() + $5::int * interval '1 second', secret_expires_at) END`;

export const FIND: Statement = {
  name: 'auth_oauth_client_find',
  text: `SELECT ${COLUMNS} ${FROM} WHERE c.client_id = $1`,
};
export const FIND_BY_TOKEN: Statement = {
  name: 'auth_oauth_client_find_by_token',
  text: `${FIND.text} AND c.registration_token_hash = $2 AND s.disabled_at IS NULL AND s.forgotten_at IS NULL`,
};
export const INSERT: Statement = {
  name: 'auth_oauth_client_insert',
  text: `WITH subject AS (INSERT INTO auth_subject (subject) VALUES ('client:' || $1) ON CONFLICT (subject) DO NOTHING)
         INSERT INTO auth_oauth_client (client_id, registered_by, owner_id, metadata, policy, origins, secret_hash, secret_box,
           secret_expires_at, registration_token_hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() + $9::int * interval '1 second', $10)
         ON CONFLICT (client_id) DO NOTHING RETURNING client_id`,
};
/** Revives a deleted client; a disabled one stays disabled. An unchanged secret keeps the previous one valid. */
export const UPSERT: Statement = {
  name: 'auth_oauth_client_upsert',
  text: `WITH subject AS (INSERT INTO auth_subject (subject) VALUES ('client:' || $1)
           ON CONFLICT (subject) DO UPDATE SET forgotten_at = NULL WHERE auth_subject.forgotten_at IS NOT NULL)
         INSERT INTO auth_oauth_client AS c (client_id, registered_by, metadata, policy, origins, secret_hash, secret_box)
         VALUES ($1, 'administration', $2, $3, $4, $5, $6)
         ON CONFLICT (client_id) DO UPDATE SET metadata = excluded.metadata, policy = excluded.policy, origins = excluded.origins,
           secret_hash = excluded.secret_hash, secret_box = excluded.secret_box, secret_expires_at = NULL,
           previous_secret_hash = CASE WHEN excluded.secret_hash = c.secret_hash THEN c.previous_secret_hash END,
           previous_secret_box = NULL, updated_at = now()`,
};
/** Only a row that is still as it was read: two writers do not overwrite each other unnoticed. */
export const UPDATE: Statement = {
  name: 'auth_oauth_client_update',
  text: `UPDATE auth_oauth_client SET metadata = $4, policy = $5, origins = $6, updated_at = now()
         WHERE client_id = $1 AND metadata = $2::jsonb AND policy = $3::jsonb RETURNING client_id`,
};
export const REPLACE_SECRET: Statement = {
  name: 'auth_oauth_client_replace_secret',
  text: `UPDATE auth_oauth_client SET ${PREVIOUS_SECRET}, secret_hash = $2, secret_box = $3,
           secret_expires_at = now() + $4::int * interval '1 second', updated_at = now()
         WHERE client_id = $1 AND metadata->>'token_endpoint_auth_method' = $6 RETURNING client_id`,
};
export const DELETE: Statement = {
  name: 'auth_oauth_client_delete',
  text: `WITH consents AS (DELETE FROM auth_consent WHERE client_id = $1),
              sessions AS (DELETE FROM auth_client_session WHERE client_id = $1),
              deliveries AS (DELETE FROM auth_logout_delivery WHERE client_id = $1),
              documents AS (DELETE FROM auth_client_document WHERE client_id = $1)
         DELETE FROM auth_oauth_client WHERE client_id = $1 RETURNING client_id`,
};
/**
 * Spent ones stay, so that a replay is detected (T071). Expired ones are left to the sweeper: they cannot be exchanged, and the few that
 * have not expired are found by the index on that.
 */
export const END_CODES: Statement = {
  name: 'auth_oauth_client_end_codes',
  text: 'DELETE FROM auth_authorization_code WHERE client_id = $1 AND consumed_at IS NULL AND expires_at > now()',
};
/** Reads those that wait, of all clients: an index for it would be written with every request, and this is rare. */
export const END_REQUESTS: Statement = {
  name: 'auth_oauth_client_end_requests',
  text: 'DELETE FROM auth_authorization_request WHERE client_id = $1 AND answered_at IS NULL AND expires_at > now()',
};
export const LIST: Statement = {
  name: 'auth_oauth_client_list',
  text: `SELECT ${COLUMNS} ${FROM} WHERE ${LISTED} ORDER BY c.created_at DESC, c.client_id LIMIT $3 OFFSET $4`,
};
export const COUNT: Statement = {
  name: 'auth_oauth_client_count',
  text: `SELECT count(*)::int AS count FROM auth_oauth_client c WHERE ${LISTED}`,
};
export const OWNED: Statement = {
  name: 'auth_oauth_client_owned',
  text: 'SELECT client_id FROM auth_oauth_client WHERE owner_id = $1 ORDER BY client_id',
};
/** Serialises open registrations, so that their number is exact. */
export const LOCK_OPEN: Statement = {
  name: 'auth_oauth_client_lock_open',
  text: `SELECT pg_advisory_xact_lock(hashtext('nest-authority open registration'))`,
};
export const COUNT_OPEN: Statement = {
  name: 'auth_oauth_client_count_open',
  text: `SELECT count(*)::int AS count FROM auth_oauth_client WHERE registered_by = 'open' AND created_at > now() - interval '1 hour'`,
};
/**
 * The clients of the origin are found in a step of its own: under the LIMIT, the planner would hope to meet one soon and read the table, all
 * of it for an origin that is unknown.
 */
export const ALLOWS_ORIGIN: Statement = {
  name: 'auth_oauth_client_allows_origin',
  text: `WITH c AS MATERIALIZED (SELECT client_id FROM auth_oauth_client WHERE origins @> ARRAY[$1])
         SELECT 1 AS one FROM c JOIN auth_subject s ON s.subject = 'client:' || c.client_id
         WHERE s.disabled_at IS NULL AND s.forgotten_at IS NULL LIMIT 1`,
};
