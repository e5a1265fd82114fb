import type { Statement } from '../database/database.js';
import { queryOf, type StatementPart } from '../database/statement-part.js';
import { clientGoesOn } from '../subjects/client-subject.js';

export const REMAINING = 'greatest(0, floor(extract(epoch FROM expires_at - now())))::int AS remaining_seconds';
export const TOKEN_ROWS = 'unnest($1::uuid[], $2::text[], $3::bytea[], $4::int[]) AS t(id, kind, hash, lifetime)';
/** Of a row `f` of `auth_token_family`: whether the client that it was issued to goes on; for every statement that asks whether a family lives. */
export const FAMILY_CLIENT_GOES_ON = clientGoesOn('f.client_id', 'f.client_epoch');
const LIVE_EPOCH = 'SELECT epoch FROM auth_subject WHERE disabled_at IS NULL AND forgotten_at IS NULL';

/**
 * The order of the CTEs is the order of the locks: user and session, then what is spent (docs/architecture.md). The client is not locked: one
 * that ends while this is under way has another epoch than the one that is written here (T107).
 */
function insertFamilyText(holder: StatementPart, spend: StatementPart): string {
  const mayBeWritten = 'EXISTS (SELECT FROM held) AND EXISTS (SELECT FROM client)';
  return `WITH held AS (${queryOf(holder, 'true', 23)}),
         client AS (SELECT NULL::int AS epoch WHERE $17::text IS NULL UNION ALL ${LIVE_EPOCH} AND subject = $17),
         spent AS (${queryOf(spend, mayBeWritten, 23 + holder.values.length)}),
         family AS (
           INSERT INTO auth_token_family (id, subject, subject_kind, client_id, client_epoch, session_id, source, source_id, scopes, audience,
             authenticated_at, context, expires_at, confirmation)
           SELECT $5::uuid, $6, $7, $8, (SELECT epoch FROM client), $9, $10, $11, $12::text[], $13::text[], $14::timestamptz, $15::jsonb,
             now() + $16::int * interval '1 second', $20::jsonb
           WHERE EXISTS (SELECT FROM spent)
           RETURNING id, scopes, audience, expires_at),
         written AS (
           INSERT INTO auth_token (id, family_id, kind, hash, scopes, audience, expires_at, confirmation, actor, idle_expires_at)
           SELECT t.id, family.id, t.kind, t.hash, CASE t.kind WHEN 'access' THEN $18::text[] ELSE family.scopes END,
                  CASE t.kind WHEN 'access' THEN $19::text[] ELSE family.audience END,
                  LEAST(now() + t.lifetime * interval '1 second', family.expires_at),
                  CASE t.kind WHEN 'access' THEN $21::jsonb END, CASE t.kind WHEN 'access' THEN $23::jsonb END,
                  CASE t.kind WHEN 'refresh' THEN now() + $22::int * interval '1 second' END
           FROM family, ${TOKEN_ROWS}
           RETURNING id, kind, expires_at, ${REMAINING})
         SELECT written.*, EXISTS (SELECT FROM held) AS holder_lives, EXISTS (SELECT FROM client) AS client_lives
         FROM (SELECT) AS one LEFT JOIN written ON true`;
}

const insertions = new Map<string, Statement>();

/**
 * Writes a family with its tokens if the holder lives, the client lives and there was something to spend; otherwise nothing is spent either,
 * and the one row says what was missing.
 */
export function insertFamily(holder: StatementPart, spend: StatementPart): Statement {
  const name = `auth_token_family_insert${holder.name && `_${holder.name}`}${spend.name && `_${spend.name}`}`;
  const known = insertions.get(name);
  if (known) return known;
  const statement = { name, text: insertFamilyText(holder, spend) };
  insertions.set(name, statement);
  return statement;
}
/** A client's own access token: nothing hangs on it, so that it needs no family. */
export const INSERT_OWN: Statement = {
  name: 'auth_token_insert_own',
  text: `INSERT INTO auth_token (id, client_id, client_epoch, kind, hash, scopes, audience, expires_at, confirmation)
         SELECT $1::uuid, $2, client.epoch, 'access', $3::bytea, $4::text[], $5::text[], now() + $6::int * interval '1 second', $8::jsonb
         FROM (${LIVE_EPOCH} AND subject = $7) AS client
         RETURNING id, kind, expires_at, ${REMAINING}`,
};
/** An access token that ends with a family, and was got by another client than that of the family (RFC 8693). */
export const JOIN_FAMILY: Statement = {
  name: 'auth_token_join_family',
  text: `WITH family AS (
           SELECT f.id, f.expires_at FROM auth_token_family f
           WHERE f.id = $1 AND f.revoked_at IS NULL AND f.expires_at > now() AND ${FAMILY_CLIENT_GOES_ON}),
         client AS (${LIVE_EPOCH} AND subject = $2),
         written AS (
           INSERT INTO auth_token (id, family_id, client_id, client_epoch, kind, hash, scopes, audience, confirmation, actor, expires_at)
           SELECT $3::uuid, family.id, $4, client.epoch, 'access', $5::bytea, $6::text[], $7::text[], $8::jsonb, $9::jsonb,
                  LEAST(now() + $10::int * interval '1 second', family.expires_at)
           FROM family, client
           RETURNING id, kind, expires_at, ${REMAINING})
         SELECT written.*, EXISTS (SELECT FROM family) AS family_lives
         FROM (SELECT) AS one LEFT JOIN written ON true`,
};
const CLIENT = 'COALESCE(t.client_id, f.client_id)';
// No key keeps a family as long as its tokens: a token that names one lives only with it (ADR 18).
const FAMILY = `FROM auth_token t LEFT JOIN auth_token_family f ON f.id = t.family_id`;
const HOLDER = `f.id AS family_id, COALESCE(f.subject, t.client_id) AS subject, ${CLIENT} AS client_id, f.session_id`;
// A token that was got by another client than that of its family ends with either.
const CLIENT_GOES_ON = `${FAMILY_CLIENT_GOES_ON} AND ${clientGoesOn('t.client_id', 't.client_epoch')}`;
const LIVE_ACCESS = `SELECT t.id, t.scopes, t.audience, t.expires_at, ${HOLDER}, COALESCE(f.subject_kind, 'client') AS subject_kind,
           f.authenticated_at, f.context, t.confirmation, t.actor, (extract(epoch FROM t.expires_at - now()) * 1000)::float8 AS remaining_ms
         ${FAMILY}
         WHERE t.kind = 'access' AND t.expires_at > now() AND t.revoked_at IS NULL AND f.revoked_at IS NULL
           AND f.id IS NOT DISTINCT FROM t.family_id AND ${CLIENT_GOES_ON}`;
export const FIND_ACCESS: Statement = { name: 'auth_token_find_access', text: `${LIVE_ACCESS} AND t.hash = $1` };
export const FIND_ACCESS_BY_ID: Statement = {
  name: 'auth_token_find_access_by_id',
  text: `${LIVE_ACCESS} AND t.id = $1`,
};
export const FIND_OF_CLIENT: Statement = {
  name: 'auth_token_find_of_client',
  text: `SELECT t.id, t.kind, t.scopes, t.audience, t.created_at, t.expires_at, ${HOLDER}, f.authenticated_at, f.context,
           CASE t.kind WHEN 'access' THEN t.confirmation ELSE f.confirmation END AS confirmation, t.actor,
           (f.id IS NOT NULL AND t.client_id IS NOT NULL) AS joined, (t.expires_at > now() AND t.consumed_at IS NULL AND t.revoked_at IS NULL
             AND COALESCE(f.expires_at, t.expires_at) > now() AND f.revoked_at IS NULL
             AND f.id IS NOT DISTINCT FROM t.family_id AND ${CLIENT_GOES_ON}) AS live
         ${FAMILY}
         WHERE t.hash = $1 AND ${CLIENT} IS NOT NULL`,
};
export const IS_REFRESHABLE: Statement = {
  name: 'auth_token_family_refreshable',
  text: `SELECT id FROM auth_token WHERE family_id = $1 AND kind = 'refresh' LIMIT 1`,
};
export const REVOKE_ACCESS: Statement = {
  name: 'auth_token_revoke_access',
  text: `UPDATE auth_token SET revoked_at = now() WHERE id = $1 AND kind = 'access' AND revoked_at IS NULL RETURNING id`,
};
const REVOKE_COLUMN = {
  familyId: 'id',
  sessionId: 'session_id',
  subject: 'subject',
  clientId: 'client_id',
  sourceId: 'source_id',
};

function revokeStatement(column: string, type: string): Statement {
  return {
    name: `auth_token_family_revoke_${column}`,
    text: `UPDATE auth_token_family SET revoked_at = now(), revoked_reason = $2
           WHERE ${column} = ANY($1::${type}[]) AND revoked_at IS NULL RETURNING id`,
  };
}
export const REVOKE: Readonly<Record<string, Statement>> = Object.fromEntries(
  Object.entries(REVOKE_COLUMN).map(([key, column]) => [
    key,
    revokeStatement(column, column === 'id' ? 'uuid' : 'text'),
  ]),
);

export const REVOKE_GRANTED: Statement = {
  name: 'auth_token_family_revoke_granted',
  text: `UPDATE auth_token_family SET revoked_at = now(), revoked_reason = $3
         WHERE subject = $1 AND client_id = $2 AND revoked_at IS NULL RETURNING id`,
};

export const REVOKE_OWN: Statement = {
  name: 'auth_token_family_revoke_own',
  text: `UPDATE auth_token_family SET revoked_at = now(), revoked_reason = $2
         WHERE session_id = $1 AND client_id IS NULL AND revoked_at IS NULL RETURNING id`,
};
