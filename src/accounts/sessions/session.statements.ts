import {
  boolean,
  bytes,
  json,
  orNow,
  orNull,
  secondsFromNow,
  text,
  texts,
  time,
} from '../../common/database/columns.js';
import type { Statement } from '../../common/database/database.js';
import { insertInto, type Inserted } from '../../common/database/insert.js';
import type { Confirmation } from '../../common/principal/confirmation.js';
import { FAMILY_CLIENT_GOES_ON } from '../../common/tokens/token.statements.js';

export interface SessionRow {
  id: string;
  subject: string;
  scopes: string[];
  remember: boolean;
  amr: string[];
  /** What `@Roles` asks for, as the host gave them at the sign-in. */
  roles: string[];
  /** The administrator who acts as the user, and their own session, with which this one ends. */
  impersonated_by: string | null;
  parent_id: string | null;
  /** Without this key its token is good for nothing. */
  confirmation: Confirmation | null;
  ip_address: string | null;
  user_agent: string | null;
  created_at: Date;
  /** When the user last proved who they are: at the sign-in, or since. */
  authenticated_at: Date;
  updated_at: Date;
  expires_at: Date;
  remaining_ms: number;
  /** Milliseconds since the last extension, by the database's clock. */
  idle_ms: number;
}

/** Written when a session starts, and when it is renewed. */
export const STARTED = insertInto('auth_session', {
  tokenHash: bytes('token_hash'),
  subject: text('subject'),
  scopes: texts('scopes'),
  remember: boolean('remember'),
  methods: texts('amr'),
  roles: texts('roles'),
  authenticatedAt: orNow(time('authenticated_at')),
  confirmation: orNull(json<Confirmation>('confirmation')),
  ipAddress: orNull(text('ip_address')),
  userAgent: orNull(text('user_agent')),
  lifetimeSeconds: secondsFromNow('expires_at'),
});
export type NewSession = Inserted<typeof STARTED>;

export const COLUMNS = `id, auth_session.subject, scopes, remember, amr, roles, impersonated_by, parent_id, confirmation, ip_address, user_agent,
  auth_session.created_at, authenticated_at, updated_at, expires_at,
  (extract(epoch FROM expires_at - now()) * 1000)::float8 AS remaining_ms, (extract(epoch FROM now() - updated_at) * 1000)::float8 AS idle_ms`;
/** Alive: not expired, or kept alive by refresh tokens that were made from it. */
const ALIVE = `(expires_at > now() OR EXISTS (SELECT FROM auth_token_family f WHERE f.session_id = auth_session.id::text
  AND f.revoked_at IS NULL AND f.expires_at > now() AND ${FAMILY_CLIENT_GOES_ON}))`;

export const INSERT: Statement = {
  name: 'auth_session_insert',
  text: `INSERT INTO auth_session (id, ${STARTED.columns}) VALUES (${STARTED.next}, ${STARTED.parameters}) RETURNING ${COLUMNS}`,
};
/**
 * With the sign-in time, the methods and the expiry of the other one, which is the user's own. One that is bound to a key gives copies to the
 * holder of this key alone, bound to it as well.
 */
export const COPY: Statement = {
  name: 'auth_session_copy',
  text: `INSERT INTO auth_session (id, token_hash, subject, scopes, remember, amr, roles, ip_address, user_agent, confirmation, created_at,
           authenticated_at, expires_at)
         SELECT $2, $3, s.subject, s.scopes, s.remember, s.amr, s.roles, $4, $5, $6::jsonb, s.created_at, s.authenticated_at, s.expires_at
         FROM auth_session s WHERE s.id = $1 AND s.expires_at > now() AND s.parent_id IS NULL
           AND (s.confirmation IS NULL OR s.confirmation = $6::jsonb) RETURNING ${COLUMNS}`,
};
/** The presented token is in the WHERE clause: of two requests that present it, one renews. */
export const RENEW: Statement = {
  name: 'auth_session_renew',
  text: `UPDATE auth_session SET (${STARTED.columns}) = (${STARTED.parameters}), created_at = now(), updated_at = now()
         WHERE token_hash = ${STARTED.next} AND subject = ${STARTED.parameter('subject')} AND expires_at > now()
           AND parent_id IS NULL AND confirmation IS NULL RETURNING ${COLUMNS}`,
};
/** By cookies, in which nothing proves a key. */
export const FIND_LIVE: Statement = {
  name: 'auth_session_find_live',
  text: 'SELECT id, subject, token_hash, parent_id, impersonated_by FROM auth_session WHERE token_hash = ANY($1) AND expires_at > now() AND confirmation IS NULL',
};
export const FIND_BY_HASH: Statement = {
  name: 'auth_session_find_hash',
  text: `SELECT ${COLUMNS} FROM auth_session WHERE token_hash = $1 AND expires_at > now()`,
};
export const FIND: Statement = {
  name: 'auth_session_find',
  text: `SELECT ${COLUMNS} FROM auth_session WHERE id = $1 AND ${ALIVE}`,
};
export const IS_ALIVE: Statement = {
  name: 'auth_session_alive',
  text: `SELECT id FROM auth_session WHERE id = $1 AND ${ALIVE}`,
};
export const HOLD: Statement = {
  name: 'auth_session_hold',
  text: `SELECT ${COLUMNS} FROM auth_session WHERE id = $1 AND ${ALIVE} FOR SHARE`,
};
/** Locks in the order of the names after `OF`: the user, then the session (docs/architecture.md, "Lock order"). */
const holdWithUser = (columns: string, when: string) => `SELECT ${columns}
         FROM auth_subject JOIN auth_session ON auth_session.subject = auth_subject.subject
         WHERE id = $1 AND ${ALIVE} AND disabled_at IS NULL AND forgotten_at IS NULL AND ${when} FOR SHARE OF auth_subject, auth_session`;
export const HOLD_WITH_USER: Statement = { name: 'auth_session_hold_with_user', text: holdWithUser(COLUMNS, 'true') };
export const holding = (when: string) => holdWithUser('', `auth_subject.subject = $2 AND ${when}`);
export const LIST: Statement = {
  name: 'auth_session_list',
  text: `SELECT ${COLUMNS} FROM auth_session WHERE subject = $1 AND ($2::boolean OR parent_id IS NULL) AND ${ALIVE}
         ORDER BY created_at DESC, id DESC LIMIT 500`,
};
export const EXTEND: Statement = {
  name: 'auth_session_extend',
  text: `UPDATE auth_session SET expires_at = now() + $2::int * interval '1 second',
           updated_at = CASE WHEN $3::boolean THEN now() ELSE updated_at END
         WHERE id = $1 AND remember AND expires_at > now() RETURNING ${COLUMNS}`,
};
export const END: Statement = {
  name: 'auth_session_end',
  text: 'DELETE FROM auth_session WHERE subject = $1 AND (id::text = $2 OR token_hash = $3) RETURNING id',
};
export const END_ONE: Statement = {
  name: 'auth_session_end_one',
  text: 'DELETE FROM auth_session WHERE subject = $1 AND id = $2 RETURNING id',
};
export const END_ALL: Statement = {
  name: 'auth_session_end_all',
  text: 'DELETE FROM auth_session WHERE subject = $1 AND ($2::uuid IS NULL OR id <> $2) RETURNING id',
};
/** Dead rows first, then the oldest. A row that another transaction has locked is left for the next time, so that this never waits. */
export const END_SURPLUS: Statement = {
  name: 'auth_session_end_surplus',
  text: `DELETE FROM auth_session WHERE id IN (SELECT id FROM auth_session WHERE id IN (
           SELECT id FROM auth_session WHERE subject = $1 AND id <> $2 AND parent_id IS NULL ORDER BY ${ALIVE} DESC, created_at DESC, id DESC OFFSET $3)
         FOR UPDATE SKIP LOCKED) RETURNING id`,
};
export const IS_WITHIN: Statement = {
  name: 'auth_session_is_within',
  text: `SELECT $1::timestamptz > now() - $2::int * interval '1 second' AS within`,
};

/**
 * The user has proved who they are once more, in a session of their own. What they show now is as old as this moment, and what they showed
 * before is not: a password alone does not make an old second factor fresh, and the session falls back to what was shown now.
 * @see SessionStore.authenticate
 */
export const AUTHENTICATE: Statement = {
  name: 'auth_session_authenticate',
  text: `UPDATE auth_session SET authenticated_at = now(), amr = ARRAY(SELECT DISTINCT unnest(
           CASE WHEN 'mfa' = ANY(amr) AND NOT 'mfa' = ANY($2::text[]) THEN $2::text[] ELSE amr || $2::text[] END) ORDER BY 1)
         WHERE id = $1 AND impersonated_by IS NULL AND ${ALIVE} RETURNING ${COLUMNS}`,
};
