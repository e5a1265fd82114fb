import { v7 as uuid } from 'uuid';
import type { Database, Executor, Statement } from '../database/database.js';
import type { Transaction } from '../database/transaction.js';
import { clientSubject } from '../subjects/client-subject.js';
import type {
  AccessTokenRow,
  ClientTokenRow,
  ConsumedTokenRow,
  FamilySelector,
  NewFamily,
  NewToken,
  RefreshTokenRow,
  StoredToken,
} from './token.rows.js';

const REMAINING = 'greatest(0, floor(extract(epoch FROM expires_at - now())))::int AS remaining_seconds';
const TOKEN_ROWS = 'unnest($1::uuid[], $2::text[], $3::bytea[], $4::int[]) AS t(id, kind, hash, lifetime)';

const INSERT_FAMILY: Statement = {
  name: 'auth_token_family_insert',
  // The client's subject is locked until the commit: a disabled client gets nothing, and disabling it waits for this insert and ends
  // these tokens too (T107).
  text: `WITH client AS (
           SELECT FROM auth_subject WHERE subject = $17 AND disabled_at IS NULL AND forgotten_at IS NULL FOR SHARE),
         family AS (
           INSERT INTO auth_token_family (id, subject, subject_kind, client_id, session_id, source, source_id, scopes, audience,
             authenticated_at, context, expires_at)
           SELECT $5::uuid, $6, $7, $8, $9, $10, $11, $12::text[], $13::text[], $14::timestamptz, $15::jsonb,
             now() + $16::int * interval '1 second'
           WHERE $17::text IS NULL OR EXISTS (SELECT FROM client)
           RETURNING id, scopes, audience, expires_at)
         INSERT INTO auth_token (id, family_id, kind, hash, scopes, audience, expires_at)
         SELECT t.id, family.id, t.kind, t.hash, CASE t.kind WHEN 'access' THEN $18::text[] ELSE family.scopes END,
                CASE t.kind WHEN 'access' THEN $19::text[] ELSE family.audience END,
                LEAST(now() + t.lifetime * interval '1 second', family.expires_at)
         FROM family, ${TOKEN_ROWS}
         RETURNING id, kind, expires_at, ${REMAINING}`,
};
const LIVE_ACCESS = `SELECT t.id, t.scopes, t.audience, t.expires_at, f.id AS family_id, f.subject, f.subject_kind, f.client_id, f.session_id,
           f.authenticated_at, f.context, (extract(epoch FROM t.expires_at - now()) * 1000)::float8 AS remaining_ms
         FROM auth_token t JOIN auth_token_family f ON f.id = t.family_id
         WHERE t.kind = 'access' AND t.expires_at > now() AND t.revoked_at IS NULL AND f.revoked_at IS NULL`;
const FIND_ACCESS: Statement = { name: 'auth_token_find_access', text: `${LIVE_ACCESS} AND t.hash = $1` };
const FIND_ACCESS_BY_ID: Statement = { name: 'auth_token_find_access_by_id', text: `${LIVE_ACCESS} AND t.id = $1` };
const FIND_OF_CLIENT: Statement = {
  name: 'auth_token_find_of_client',
  text: `SELECT t.id, t.kind, t.scopes, t.audience, t.created_at, t.expires_at, f.id AS family_id, f.subject, f.client_id, f.session_id,
           (t.expires_at > now() AND t.consumed_at IS NULL AND t.revoked_at IS NULL
             AND f.expires_at > now() AND f.revoked_at IS NULL) AS live,
           EXISTS (SELECT FROM auth_token r WHERE r.family_id = f.id AND r.kind = 'refresh') AS refreshable
         FROM auth_token t JOIN auth_token_family f ON f.id = t.family_id
         WHERE t.hash = $1 AND f.client_id IS NOT NULL`,
};
const REVOKE_ACCESS: Statement = {
  name: 'auth_token_revoke_access',
  text: `UPDATE auth_token SET revoked_at = now() WHERE id = $1 AND kind = 'access' AND revoked_at IS NULL RETURNING id`,
};
/** Seconds in which a repeated refresh gets the same successors, for lost replies and for two tabs (T038). */
export const REPLAY_WINDOW_SECONDS = 10;
/** Limit for one family; each rotation leaves two rows. */
const MAX_ROTATIONS_PER_MINUTE = 60;

/** Deletes successors in families that are no longer rotated; in the others the next rotation does this. */
export const FORGET_SUCCESSORS: Statement = {
  name: 'auth_token_forget_successors',
  text: `UPDATE auth_token SET successor = NULL WHERE id IN (
           SELECT id FROM auth_token WHERE successor IS NOT NULL AND consumed_at < now() - interval '${REPLAY_WINDOW_SECONDS} seconds'
           LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING id`,
};

const LOCK_REFRESH: Statement = {
  name: 'auth_token_lock_refresh',
  text: `SELECT t.id, f.id AS family_id, f.subject, f.client_id, f.session_id, f.scopes, f.audience,
           f.authenticated_at, f.context, greatest(0, floor(extract(epoch FROM f.expires_at - now())))::int AS family_remaining_seconds,
           t.expires_at <= now() AS expired, (f.revoked_at IS NOT NULL OR f.expires_at <= now()) AS family_ended,
           (t.consumed_at IS NULL AND (SELECT count(*) FROM auth_token r WHERE r.family_id = f.id AND r.kind = 'refresh'
             AND r.parent_id IS NOT NULL AND r.created_at > now() - interval '1 minute') >= ${MAX_ROTATIONS_PER_MINUTE}) AS rotated_too_often
         FROM auth_token t JOIN auth_token_family f ON f.id = t.family_id
         WHERE t.hash = $1 AND t.kind = 'refresh'
         FOR UPDATE OF f`,
};
/** Spends the parent once and inserts its successors; also deletes sealed successors in the family whose replay window has passed. */
const ROTATE: Statement = {
  name: 'auth_token_rotate',
  text: `WITH cleared AS (
           UPDATE auth_token SET successor = NULL
           WHERE family_id = (SELECT family_id FROM auth_token WHERE id = $5) AND successor IS NOT NULL
             AND consumed_at < now() - interval '${REPLAY_WINDOW_SECONDS} seconds'),
         parent AS (
           UPDATE auth_token SET consumed_at = now(), successor = $6
           WHERE id = $5 AND consumed_at IS NULL AND revoked_at IS NULL
           RETURNING id, family_id)
         INSERT INTO auth_token (id, family_id, parent_id, kind, hash, scopes, audience, expires_at)
         SELECT t.id, parent.family_id, parent.id, t.kind, t.hash, $7, $8,
                CASE t.kind WHEN 'refresh' THEN f.expires_at
                     ELSE LEAST(now() + t.lifetime * interval '1 second', f.expires_at) END
         FROM parent JOIN auth_token_family f ON f.id = parent.family_id, ${TOKEN_ROWS}
         RETURNING id, kind, expires_at, ${REMAINING}`,
};
const READ_CONSUMED: Statement = {
  name: 'auth_token_read_consumed',
  text: `SELECT p.successor, extract(epoch FROM now() - p.consumed_at)::float8 AS seconds_ago,
           EXISTS (SELECT FROM auth_token s WHERE s.family_id = p.family_id AND s.parent_id = p.id AND s.kind = 'refresh'
                     AND (s.consumed_at IS NOT NULL OR s.revoked_at IS NOT NULL)) AS successor_consumed
         FROM auth_token p WHERE p.id = $1`,
};
const READ_CHILDREN: Statement = {
  name: 'auth_token_read_children',
  text: `SELECT id, kind, expires_at, ${REMAINING} FROM auth_token WHERE family_id = $1 AND parent_id = $2`,
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
const REVOKE: Readonly<Record<string, Statement>> = Object.fromEntries(
  Object.entries(REVOKE_COLUMN).map(([key, column]) => [
    key,
    revokeStatement(column, column === 'id' ? 'uuid' : 'text'),
  ]),
);

const REVOKE_GRANTED: Statement = {
  name: 'auth_token_family_revoke_granted',
  text: `UPDATE auth_token_family SET revoked_at = now(), revoked_reason = $3
         WHERE subject = $1 AND client_id = $2 AND revoked_at IS NULL RETURNING id`,
};

const REVOKE_OWN: Statement = {
  name: 'auth_token_family_revoke_own',
  text: `UPDATE auth_token_family SET revoked_at = now(), revoked_reason = $2
         WHERE session_id = $1 AND client_id IS NULL AND revoked_at IS NULL RETURNING id`,
};

/** All statements about tokens and their families. Callers apply the rules; only single use is enforced here, by the WHERE clauses. */
export class TokenStore {
  constructor(private readonly database: Database) {}

  /** @returns no rows when the family belongs to a client that has ended */
  async insert(
    executor: Executor,
    family: NewFamily,
    tokens: readonly NewToken[],
    access: { readonly scopes: readonly string[]; readonly audience: readonly string[] },
  ): Promise<{ familyId: string; tokens: StoredToken[] }> {
    const familyId = uuid();
    const rows = await executor.query<StoredToken>(INSERT_FAMILY, [
      ...tokenColumns(tokens),
      familyId,
      family.subject,
      family.subjectKind,
      family.clientId,
      family.sessionId,
      family.source,
      family.sourceId,
      family.scopes,
      family.audience,
      family.authenticatedAt,
      family.context && JSON.stringify(family.context),
      family.lifetimeSeconds,
      family.clientId === null ? null : clientSubject(family.clientId),
      access.scopes,
      access.audience,
    ]);
    return { familyId, tokens: rows };
  }

  async findAccess(hash: Buffer): Promise<AccessTokenRow | null> {
    const [row] = await this.database.query<AccessTokenRow>(FIND_ACCESS, [hash]);
    return row ?? null;
  }

  /** The access token with this id; a JWT names it as `jti`. */
  async findAccessById(id: string): Promise<AccessTokenRow | null> {
    const [row] = await this.database.query<AccessTokenRow>(FIND_ACCESS_BY_ID, [id]);
    return row ?? null;
  }

  /** The token with this digest if it was issued to a client; first-party tokens are not shown to clients. */
  async findOfClient(hash: Buffer, executor: Executor = this.database): Promise<ClientTokenRow | null> {
    const [row] = await executor.query<ClientTokenRow>(FIND_OF_CLIENT, [hash]);
    return row ?? null;
  }

  /** Ends one access token; its family lives on. @returns false when it does not exist or has already been revoked */
  async revokeAccess(tx: Transaction, tokenId: string): Promise<boolean> {
    return (await tx.query(REVOKE_ACCESS, [tokenId])).length > 0;
  }

  /** Locks the family, so that simultaneous presentations of one token are checked one after another. */
  async lockRefresh(tx: Transaction, hash: Buffer): Promise<RefreshTokenRow | null> {
    const [row] = await tx.query<RefreshTokenRow>(LOCK_REFRESH, [hash]);
    return row ?? null;
  }

  /** Consumes the parent and inserts its successors in one statement. @returns no rows when it was already consumed or revoked */
  async rotate(
    tx: Transaction,
    parentId: string,
    successor: Buffer,
    grant: { scopes: readonly string[]; audience: readonly string[] },
    tokens: readonly NewToken[],
  ): Promise<StoredToken[]> {
    return tx.query<StoredToken>(ROTATE, [...tokenColumns(tokens), parentId, successor, grant.scopes, grant.audience]);
  }

  async readConsumed(tx: Transaction, tokenId: string): Promise<ConsumedTokenRow | null> {
    const [row] = await tx.query<ConsumedTokenRow>(READ_CONSUMED, [tokenId]);
    return row ?? null;
  }

  async readChildren(tx: Transaction, familyId: string, parentId: string): Promise<StoredToken[]> {
    return tx.query<StoredToken>(READ_CHILDREN, [familyId, parentId]);
  }

  /** Revokes families; the only way in which they end early. @returns ids of the families that were alive */
  async revoke(tx: Transaction, selector: FamilySelector, reason: string): Promise<string[]> {
    const end = async (statement: Statement, values: readonly unknown[]) =>
      (await tx.query<{ id: string }>(statement, [...values, reason])).map((row) => row.id);
    if ('grantedTo' in selector) return end(REVOKE_GRANTED, [selector.subject, selector.grantedTo]);
    if ('ownTokensOf' in selector) return end(REVOKE_OWN, [selector.ownTokensOf]);
    const [key, value] = Object.entries(selector)[0]!;
    const values = Array.isArray(value) ? value : [value];
    return values.length === 0 ? [] : end(REVOKE[key === 'sessionIds' ? 'sessionId' : key]!, [values]);
  }
}

function tokenColumns(tokens: readonly NewToken[]): unknown[] {
  return [
    tokens.map((token) => token.id),
    tokens.map((token) => token.kind),
    tokens.map((token) => token.hash),
    tokens.map((token) => token.lifetimeSeconds),
  ];
}
