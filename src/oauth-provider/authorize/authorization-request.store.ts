import { Injectable } from '@nestjs/common';
import { digestToBytes, sha256 } from '../../common/crypto.js';
import { Database, type Statement } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';
import { isWellFormedToken, mintToken } from '../../common/tokens/token-format.js';
import type { AuthorizationParameters } from '../codes/authorization-parameters.js';
import { newId } from '../../common/new-id.js';

export interface AuthorizationRequestRow {
  id: string;
  client_id: string;
  parameters: AuthorizationParameters;
  session_id: string | null;
  selected_session_id: string | null;
  /** When a browser came with it; null: it was pushed and none has come yet. */
  opened_at: Date | null;
  answered: boolean;
  expired: boolean;
}

/** A row, and the handle by which pages name it; only its hash is kept. */
export interface StoredRequest {
  readonly handle: string;
  readonly row: AuthorizationRequestRow;
}

const HANDLE_PREFIX = 'narq';
/** Of a request that was pushed: its handle is in its `request_uri`. */
const PUSHED_PREFIX = 'narp';
const COLUMNS = `id, client_id, parameters, session_id, selected_session_id, opened_at, answered_at IS NOT NULL AS answered,
  expires_at <= now() AS expired`;
const LIVE = 'answered_at IS NULL AND expires_at > now()';

const insertion = (openedAt: 'now()' | 'NULL') =>
  `INSERT INTO auth_authorization_request (id, handle_hash, client_id, parameters, opened_at, expires_at)
         VALUES ($1, $2, $3, $4, ${openedAt}, now() + $5::int * interval '1 second') RETURNING ${COLUMNS}`;
const INSERT: Statement = { name: 'auth_authorization_request_insert', text: insertion('now()') };
const PUSH: Statement = { name: 'auth_authorization_request_push', text: insertion('NULL') };
const FIND: Statement = {
  name: 'auth_authorization_request_find',
  text: `SELECT ${COLUMNS} FROM auth_authorization_request WHERE handle_hash = $1`,
};
const OPEN: Statement = {
  name: 'auth_authorization_request_open',
  text: `UPDATE auth_authorization_request SET opened_at = now(), expires_at = now() + $2::int * interval '1 second'
         WHERE id = $1 AND opened_at IS NULL AND ${LIVE} RETURNING ${COLUMNS}`,
};
const ASK: Statement = {
  name: 'auth_authorization_request_ask',
  text: `UPDATE auth_authorization_request SET session_id = $2,
           expires_at = greatest(expires_at, opened_at + $3::int * interval '1 second') WHERE id = $1 AND ${LIVE}`,
};
const SELECT_SESSION: Statement = {
  name: 'auth_authorization_request_select_session',
  text: `UPDATE auth_authorization_request SET selected_session_id = $2 WHERE id = $1 AND ${LIVE} RETURNING id`,
};
const ANSWER: Statement = {
  name: 'auth_authorization_request_answer',
  text: `UPDATE auth_authorization_request SET answered_at = now() WHERE id = $1 AND ${LIVE} RETURNING id`,
};
const ANSWER_OF: Statement = {
  name: 'auth_authorization_request_answer_of',
  text: `UPDATE auth_authorization_request SET answered_at = now() WHERE id = $1 AND session_id = $2 AND ${LIVE} RETURNING id`,
};

/** Every statement about waiting authorization requests. */
@Injectable()
export class AuthorizationRequestStore {
  constructor(private readonly database: Database) {}

  insert(clientId: string, parameters: AuthorizationParameters, lifetimeSeconds: number): Promise<StoredRequest> {
    return this.store(INSERT, HANDLE_PREFIX, clientId, parameters, lifetimeSeconds);
  }

  /** As `insert`, for a request that no browser has come with yet. @param lifetimeSeconds until one must have come */
  push(clientId: string, parameters: AuthorizationParameters, lifetimeSeconds: number): Promise<StoredRequest> {
    return this.store(PUSH, PUSHED_PREFIX, clientId, parameters, lifetimeSeconds);
  }

  private async store(
    statement: Statement,
    prefix: string,
    clientId: string,
    parameters: AuthorizationParameters,
    lifetimeSeconds: number,
  ): Promise<StoredRequest> {
    const handle = mintToken(prefix);
    const [row] = await this.database.query<AuthorizationRequestRow>(statement, [
      newId(),
      digestToBytes(sha256(handle)),
      clientId,
      JSON.stringify(parameters),
      lifetimeSeconds,
    ]);
    return { handle, row: row! };
  }

  /** Also finds answered and expired requests until they are swept, so that the user can be told. */
  async find(handle: string): Promise<AuthorizationRequestRow | null> {
    return isWellFormedToken(handle, HANDLE_PREFIX) ? this.lookUp(handle) : this.findPushed(handle);
  }

  /** Only one that was pushed. */
  async findPushed(handle: string): Promise<AuthorizationRequestRow | null> {
    return isWellFormedToken(handle, PUSHED_PREFIX) ? this.lookUp(handle) : null;
  }

  private async lookUp(handle: string): Promise<AuthorizationRequestRow | null> {
    const [row] = await this.database.query<AuthorizationRequestRow>(FIND, [digestToBytes(sha256(handle))]);
    return row ?? null;
  }

  /**
   * Opens a pushed request: from now on it lives as one that a browser has brought.
   * @returns null when it was opened before, was answered or has expired
   */
  async open(id: string, lifetimeSeconds: number): Promise<AuthorizationRequestRow | null> {
    const [row] = await this.database.query<AuthorizationRequestRow>(OPEN, [id, lifetimeSeconds]);
    return row ?? null;
  }

  /**
   * Records that this session is asked for consent; only it may answer (T062).
   * @param lifetimeSeconds from when a browser came with the request; one that waited for a sign-in had a shorter one
   */
  async ask(id: string, sessionId: string, lifetimeSeconds: number): Promise<void> {
    await this.database.query(ASK, [id, sessionId, lifetimeSeconds]);
  }

  /** @returns false when it was answered or has expired */
  async selectSession(id: string, sessionId: string): Promise<boolean> {
    return (await this.database.query(SELECT_SESSION, [id, sessionId])).length > 0;
  }

  /**
   * Spends the request: of several answers, only one counts (T063).
   * @param askedSessionId the session that answers the consent page; null: the user was not asked
   * @returns false when it was answered before, has expired, or another session was asked
   */
  async answer(tx: Transaction, id: string, askedSessionId: string | null): Promise<boolean> {
    const rows =
      askedSessionId === null ? await tx.query(ANSWER, [id]) : await tx.query(ANSWER_OF, [id, askedSessionId]);
    return rows.length > 0;
  }
}
