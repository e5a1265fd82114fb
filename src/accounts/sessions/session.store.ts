import { Injectable } from '@nestjs/common';
import { Database, type Executor, type Statement } from '../../common/database/database.js';
import type { StatementPart } from '../../common/database/statement-part.js';
import type { Transaction } from '../../common/database/transaction.js';
import { newId } from '../../common/new-id.js';
import {
  AUTHENTICATE,
  COPY,
  END,
  END_ALL,
  END_ONE,
  END_SURPLUS,
  EXTEND,
  FIND,
  FIND_BY_HASH,
  FIND_LIVE,
  HOLD,
  HOLD_WITH_USER,
  holding,
  INSERT,
  IS_ALIVE,
  IS_WITHIN,
  LIST,
  RENEW,
  STARTED,
  type NewSession,
  type SessionRow,
} from './session.statements.js';

type LiveSession = Pick<SessionRow, 'id' | 'subject' | 'parent_id' | 'impersonated_by'> & {
  readonly token_hash: Buffer;
};

type CopyOf = Pick<NewSession, 'tokenHash' | 'ipAddress' | 'userAgent' | 'confirmation'>;

/** Every statement about sessions, but those of impersonation. */
@Injectable()
export class SessionStore {
  constructor(private readonly database: Database) {}

  async insert(tx: Transaction, session: NewSession): Promise<SessionRow> {
    const [row] = await tx.query<SessionRow>(INSERT, [...STARTED.values(session), newId()]);
    return row!;
  }

  /** Starts a session beside another one of the same user. @returns null when that has ended, or is bound to another key */
  async copy(
    tx: Transaction,
    fromId: string,
    { tokenHash, ipAddress, userAgent, confirmation }: CopyOf,
  ): Promise<SessionRow | null> {
    return this.one(tx, COPY, [fromId, newId(), tokenHash, ipAddress, userAgent, confirmation]);
  }

  /** Replaces all of a session but its id. @returns null when no live session of this user has this token */
  async renew(tx: Transaction, broughtHash: Buffer, session: NewSession): Promise<SessionRow | null> {
    return this.one(tx, RENEW, [...STARTED.values(session), broughtHash]);
  }

  /** The live sessions of these tokens, but those that are bound to a key. */
  async findLive(tokenHashes: readonly Buffer[]): Promise<LiveSession[]> {
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

  /** The newest 500. @param all also those of administrators who act as the user */
  async list(subject: string, { all }: { readonly all: boolean }): Promise<SessionRow[]> {
    return this.database.query<SessionRow>(LIST, [subject, all]);
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

  /**
   * Notes that the user has proved who they are once more, by these methods beside those before.
   * @returns null when the session has ended
   */
  async authenticate(tx: Transaction, id: string, methods: readonly string[]): Promise<SessionRow | null> {
    return this.one(tx, AUTHENTICATE, [id, methods]);
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
