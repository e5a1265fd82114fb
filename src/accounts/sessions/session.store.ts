import { Injectable } from '@nestjs/common';
import { boolean, bytes, orNull, secondsFromNow, text, texts } from '../../common/database/columns.js';
import { Database, type Executor, type Statement } from '../../common/database/database.js';
import { insertInto, type Inserted } from '../../common/database/insert.js';
import type { StatementPart } from '../../common/database/statement-part.js';
import type { Transaction } from '../../common/database/transaction.js';
import { FAMILY_CLIENT_GOES_ON } from '../../common/tokens/token.statements.js';
import { newId } from '../../common/new-id.js';

export interface SessionRow {
  id: string;
  subject: string;
  scopes: string[];
  remember: boolean;
  amr: string[];
  ip_address: string | null;
  user_agent: string | null;
  created_at: Date;
  updated_at: Date;
  expires_at: Date;
  remaining_ms: number;
  /** Milliseconds since the last extension, by the database's clock. */
  idle_ms: number;
}

/** Written when a session starts, and when it is renewed. */
const STARTED = insertInto('auth_session', {
  tokenHash: bytes('token_hash'),
  subject: text('subject'),
  scopes: texts('scopes'),
  remember: boolean('remember'),
  methods: texts('amr'),
  ipAddress: orNull(text('ip_address')),
  userAgent: orNull(text('user_agent')),
  lifetimeSeconds: secondsFromNow('expires_at'),
});
export type NewSession = Inserted<typeof STARTED>;

const COLUMNS = `id, auth_session.subject, scopes, remember, amr, ip_address, user_agent, auth_session.created_at, updated_at, expires_at,
  (extract(epoch FROM expires_at - now()) * 1000)::float8 AS remaining_ms, (extract(epoch FROM now() - updated_at) * 1000)::float8 AS idle_ms`;
/** Alive: not expired, or kept alive by refresh tokens that were made from it. */
const ALIVE = `(expires_at > now() OR EXISTS (SELECT FROM auth_token_family f WHERE f.session_id = auth_session.id::text
  AND f.revoked_at IS NULL AND f.expires_at > now() AND ${FAMILY_CLIENT_GOES_ON}))`;

const INSERT: Statement = {
  name: 'auth_session_insert',
  text: `INSERT INTO auth_session (id, ${STARTED.columns}) VALUES (${STARTED.next}, ${STARTED.parameters}) RETURNING ${COLUMNS}`,
};
/** With the sign-in time, the methods and the expiry of the other one. */
const COPY: Statement = {
  name: 'auth_session_copy',
  text: `INSERT INTO auth_session (id, token_hash, subject, scopes, remember, amr, ip_address, user_agent, created_at, expires_at)
         SELECT $2, $3, s.subject, s.scopes, s.remember, s.amr, $4, $5, s.created_at, s.expires_at
         FROM auth_session s WHERE s.id = $1 AND s.expires_at > now() RETURNING ${COLUMNS}`,
};
/** The presented token is in the WHERE clause: of two requests that present it, one renews. */
const RENEW: Statement = {
  name: 'auth_session_renew',
  text: `UPDATE auth_session SET (${STARTED.columns}) = (${STARTED.parameters}), created_at = now(), updated_at = now()
         WHERE token_hash = ${STARTED.next} AND subject = ${STARTED.parameter('subject')} AND expires_at > now() RETURNING ${COLUMNS}`,
};
const FIND_LIVE: Statement = {
  name: 'auth_session_find_live',
  text: 'SELECT id, subject, token_hash FROM auth_session WHERE token_hash = ANY($1) AND expires_at > now()',
};
const FIND_BY_HASH: Statement = {
  name: 'auth_session_find_hash',
  text: `SELECT ${COLUMNS} FROM auth_session WHERE token_hash = $1 AND expires_at > now()`,
};
const FIND: Statement = {
  name: 'auth_session_find',
  text: `SELECT ${COLUMNS} FROM auth_session WHERE id = $1 AND ${ALIVE}`,
};
const IS_ALIVE: Statement = {
  name: 'auth_session_alive',
  text: `SELECT id FROM auth_session WHERE id = $1 AND ${ALIVE}`,
};
const HOLD: Statement = {
  name: 'auth_session_hold',
  text: `SELECT ${COLUMNS} FROM auth_session WHERE id = $1 AND ${ALIVE} FOR SHARE`,
};
/** Locks in the order of the names after `OF`: the user, then the session (docs/architecture.md, "Lock order"). */
const holdWithUser = (columns: string, when: string) => `SELECT ${columns}
         FROM auth_subject JOIN auth_session ON auth_session.subject = auth_subject.subject
         WHERE id = $1 AND ${ALIVE} AND disabled_at IS NULL AND forgotten_at IS NULL AND ${when} FOR SHARE OF auth_subject, auth_session`;
const HOLD_WITH_USER: Statement = { name: 'auth_session_hold_with_user', text: holdWithUser(COLUMNS, 'true') };
const holding = (when: string) => holdWithUser('', `auth_subject.subject = $2 AND ${when}`);
const LIST: Statement = {
  name: 'auth_session_list',
  text: `SELECT ${COLUMNS} FROM auth_session WHERE subject = $1 AND ${ALIVE} ORDER BY created_at DESC, id DESC LIMIT 500`,
};
const EXTEND: Statement = {
  name: 'auth_session_extend',
  text: `UPDATE auth_session SET expires_at = now() + $2::int * interval '1 second',
           updated_at = CASE WHEN $3::boolean THEN now() ELSE updated_at END
         WHERE id = $1 AND remember AND expires_at > now() RETURNING ${COLUMNS}`,
};
const END: Statement = {
  name: 'auth_session_end',
  text: 'DELETE FROM auth_session WHERE subject = $1 AND (id::text = $2 OR token_hash = $3) RETURNING id',
};
const END_ONE: Statement = {
  name: 'auth_session_end_one',
  text: 'DELETE FROM auth_session WHERE subject = $1 AND id = $2 RETURNING id',
};
const END_ALL: Statement = {
  name: 'auth_session_end_all',
  text: 'DELETE FROM auth_session WHERE subject = $1 AND ($2::uuid IS NULL OR id <> $2) RETURNING id',
};
/** Dead rows first, then the oldest. A row that another transaction has locked is left for the next time, so that this never waits. */
const END_SURPLUS: Statement = {
  name: 'auth_session_end_surplus',
  text: `DELETE FROM auth_session WHERE id IN (SELECT id FROM auth_session WHERE id IN (
           SELECT id FROM auth_session WHERE subject = $1 AND id <> $2 ORDER BY ${ALIVE} DESC, created_at DESC, id DESC OFFSET $3)
         FOR UPDATE SKIP LOCKED) RETURNING id`,
};
const IS_WITHIN: Statement = {
  name: 'auth_session_is_within',
  text: `SELECT $1::timestamptz > now() - $2::int * interval '1 second' AS within`,
};

/** Every statement about sessions. */
@Injectable()
export class SessionStore {
  constructor(private readonly database: Database) {}

  async insert(tx: Transaction, session: NewSession): Promise<SessionRow> {
    const [row] = await tx.query<SessionRow>(INSERT, [...STARTED.values(session), newId()]);
    return row!;
  }

  /** Starts a session beside another one of the same user. @returns null when that has ended */
  async copy(
    tx: Transaction,
    fromId: string,
    { tokenHash, ipAddress, userAgent }: Pick<NewSession, 'tokenHash' | 'ipAddress' | 'userAgent'>,
  ): Promise<SessionRow | null> {
    return this.one(tx, COPY, [fromId, newId(), tokenHash, ipAddress, userAgent]);
  }

  /** Replaces all of a session but its id. @returns null when no live session of this user has this token */
  async renew(tx: Transaction, broughtHash: Buffer, session: NewSession): Promise<SessionRow | null> {
    return this.one(tx, RENEW, [...STARTED.values(session), broughtHash]);
  }

  /** The live sessions of these tokens. */
  async findLive(tokenHashes: readonly Buffer[]): Promise<{ id: string; subject: string; token_hash: Buffer }[]> {
    return this.database.query(FIND_LIVE, [tokenHashes]);
  }

  async findByHash(tokenHash: Buffer): Promise<SessionRow | null> {
    return this.one(this.database, FIND_BY_HASH, [tokenHash]);
  }

  async find(id: string): Promise<SessionRow | null> {
    return this.one(this.database, FIND, [id]);
  }

  async isAlive(id: string): Promise<boolean> {
    return (await this.database.query(IS_ALIVE, [id])).length > 0;
  }

  /** Keeps the session from ending until this transaction ends. @returns null when it has ended */
  async hold(tx: Transaction, id: string): Promise<SessionRow | null> {
    return this.one(tx, HOLD, [id]);
  }

  /** As `hold`, and keeps its user from ending too. @returns null when either has ended */
  async holdWithUser(tx: Transaction, id: string): Promise<SessionRow | null> {
    return this.one(tx, HOLD_WITH_USER, [id]);
  }

  /** The same inside another statement. */
  holding(id: string, subject: string): StatementPart {
    return { name: 'session', text: holding, values: [id, subject] };
  }

  /** The newest 500. */
  async list(subject: string): Promise<SessionRow[]> {
    return this.database.query<SessionRow>(LIST, [subject]);
  }

  /**
   * @param withCookie whether the browser gets its cookie again at the same time: `updated_at` is when that last happened
   * @returns null when it is not remembered, or has ended
   */
  async extend(
    id: string,
    { lifetimeSeconds, withCookie }: { readonly lifetimeSeconds: number; readonly withCookie: boolean },
  ): Promise<SessionRow | null> {
    return this.one(this.database, EXTEND, [id, lifetimeSeconds, withCookie]);
  }

  /** Whether fewer than this many seconds have passed since a moment, by the database's clock. */
  async isWithin(since: Date, seconds: number): Promise<boolean> {
    const [row] = await this.database.query<{ within: boolean }>(IS_WITHIN, [since, seconds]);
    return row!.within;
  }

  /** Ownership is in the WHERE clause. @returns ids of the sessions that ended */
  async end(tx: Transaction, subject: string, either: { id: string; tokenHash: Buffer }): Promise<string[]> {
    return this.ids(tx, END, [subject, either.id, either.tokenHash]);
  }

  async endOne(tx: Transaction, subject: string, id: string): Promise<string[]> {
    return this.ids(tx, END_ONE, [subject, id]);
  }

  /** @param spareId a session that stays */
  async endAll(tx: Transaction, subject: string, spareId: string | null): Promise<string[]> {
    return this.ids(tx, END_ALL, [subject, spareId]);
  }

  /** @param spareId a session that stays, and counts */
  async endSurplus(tx: Transaction, subject: string, spareId: string, max: number): Promise<string[]> {
    return this.ids(tx, END_SURPLUS, [subject, spareId, max - 1]);
  }

  private async one(executor: Executor, statement: Statement, values: readonly unknown[]): Promise<SessionRow | null> {
    const [row] = await executor.query<SessionRow>(statement, values);
    return row ?? null;
  }

  private async ids(tx: Transaction, statement: Statement, values: readonly unknown[]): Promise<string[]> {
    return (await tx.query<{ id: string }>(statement, values)).map((row) => row.id);
  }
}
