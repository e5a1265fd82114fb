import type { Statement } from '../database/database.js';
import { FAMILY_CLIENT_GOES_ON, REMAINING, TOKEN_ROWS } from './token.statements.js';

/** Seconds in which a repeated refresh gets the same successors, for lost replies and for two tabs (T038). */
export const REPLAY_WINDOW_SECONDS = 10;
/** Limit for one family; each rotation leaves two rows. */
const MAX_ROTATIONS_PER_MINUTE = 60;

/** Deletes the last successor of families that are no longer rotated; in the others the next rotation does this. */
export const FORGET_SUCCESSORS: Statement = {
  name: 'auth_token_forget_successors',
  text: `UPDATE auth_token SET successor = NULL WHERE id IN (
           SELECT id FROM auth_token WHERE successor IS NOT NULL AND consumed_at < now() - interval '${REPLAY_WINDOW_SECONDS} seconds'
           LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING id`,
};

/** A refresh token with its family, in any state. */
export const FIND_REFRESH: Statement = {
  name: 'auth_token_find_refresh',
  text: `SELECT t.id, f.id AS family_id, f.subject, f.client_id, f.session_id, f.scopes, f.audience,
           f.authenticated_at, f.context, f.confirmation, f.authorization_details, greatest(0, floor(extract(epoch FROM f.expires_at - now())))::int AS family_remaining_seconds,
           (t.expires_at <= now() OR (t.consumed_at IS NULL AND t.idle_expires_at <= now())) AS expired, (f.revoked_at IS NOT NULL OR f.expires_at <= now() OR NOT ${FAMILY_CLIENT_GOES_ON}) AS family_ended,
           (t.consumed_at IS NOT NULL OR t.revoked_at IS NOT NULL) AS spent,
           ($2::boolean AND t.consumed_at IS NULL AND EXISTS (
             SELECT FROM auth_token r WHERE r.family_id = f.id AND r.kind = 'access' AND r.parent_id IS NOT NULL
               AND r.created_at > now() - interval '1 minute' OFFSET ${MAX_ROTATIONS_PER_MINUTE - 1})) AS rotated_too_often
         FROM auth_token t JOIN auth_token_family f ON f.id = t.family_id
         WHERE t.hash = $1 AND t.kind = 'refresh'`,
};
export const LOCK_REFRESH: Statement = {
  name: 'auth_token_lock_refresh',
  text: `${FIND_REFRESH.text} FOR UPDATE OF f`,
};
/**
 * Spends the parent once and inserts its successors. Also deletes the sealed successor of the parent's own parent: since it is now spent,
 * nobody gets it any more.
 * The family is locked before the parent, as everywhere. Who waits for either sees its new state: PostgreSQL checks the conditions on the
 * locked row again, so that a family that was revoked and a parent that was spent meanwhile give nothing.
 */
export const ROTATE: Statement = {
  name: 'auth_token_rotate',
  text: `WITH family AS (
           SELECT id, expires_at FROM auth_token_family WHERE id = $6 AND revoked_at IS NULL AND expires_at > now() FOR UPDATE),
         parent AS (
           UPDATE auth_token p SET consumed_at = now(), successor = $7 FROM family
           WHERE p.id = $5 AND p.family_id = family.id AND p.consumed_at IS NULL AND p.revoked_at IS NULL
           RETURNING p.id, p.family_id, p.parent_id, family.expires_at),
         cleared AS (
           UPDATE auth_token SET successor = NULL WHERE id = (SELECT parent_id FROM parent) AND successor IS NOT NULL)
         INSERT INTO auth_token (id, family_id, parent_id, kind, hash, scopes, audience, confirmation, authorization_details, idle_expires_at, expires_at)
         SELECT t.id, parent.family_id, parent.id, t.kind, t.hash, $8, $9, CASE t.kind WHEN 'access' THEN $10::jsonb END,
                CASE t.kind WHEN 'access' THEN $12::jsonb END,
                CASE t.kind WHEN 'refresh' THEN now() + $11::int * interval '1 second' END,
                CASE t.kind WHEN 'refresh' THEN parent.expires_at
                     ELSE LEAST(now() + t.lifetime * interval '1 second', parent.expires_at) END
         FROM parent, ${TOKEN_ROWS}
         RETURNING id, kind, expires_at, ${REMAINING}`,
};
/**
 * An access token beside a refresh token that stays good: for clients whose lost answers must not cost the grant, and which prove themselves or
 * their key each time (FAPI 2.0 Security Profile 5.3.2.1-9). A family that is revoked meanwhile gives a token that is never valid.
 */
export const RENEW: Statement = {
  name: 'auth_token_renew',
  text: `WITH used AS (
           UPDATE auth_token r SET idle_expires_at = now() + $3::int * interval '1 second' FROM auth_token_family f
           WHERE r.id = $1 AND f.id = $2 AND r.family_id = f.id AND r.consumed_at IS NULL AND r.revoked_at IS NULL
             AND f.revoked_at IS NULL AND f.expires_at > now()
           RETURNING r.id, r.family_id, f.expires_at)
         INSERT INTO auth_token (id, family_id, parent_id, kind, hash, scopes, audience, confirmation, authorization_details, expires_at)
         SELECT $4::uuid, used.family_id, used.id, 'access', $5::bytea, $7::text[], $8::text[], $9::jsonb, $10::jsonb,
                LEAST(now() + $6::int * interval '1 second', used.expires_at)
         FROM used
         RETURNING id, kind, expires_at, ${REMAINING}`,
};
export const READ_CONSUMED: Statement = {
  name: 'auth_token_read_consumed',
  text: `SELECT p.successor, extract(epoch FROM now() - p.consumed_at)::float8 AS seconds_ago,
           EXISTS (SELECT FROM auth_token s WHERE s.family_id = p.family_id AND s.parent_id = p.id AND s.kind = 'refresh'
                     AND (s.consumed_at IS NOT NULL OR s.revoked_at IS NOT NULL)) AS successor_consumed
         FROM auth_token p WHERE p.id = $1`,
};
export const READ_CHILDREN: Statement = {
  name: 'auth_token_read_children',
  text: `SELECT id, kind, expires_at, ${REMAINING} FROM auth_token WHERE family_id = $1 AND parent_id = $2`,
};
