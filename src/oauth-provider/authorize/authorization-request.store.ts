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
  created_at: Date;
  answered: boolean;
  expired: boolean;
}

const HANDLE_PREFIX = 'narq';
const COLUMNS = `id, client_id, parameters, session_id, selected_session_id, created_at, answered_at IS NOT NULL AS answered,
  expires_at <= now() AS expired`;
const LIVE = 'answered_at IS NULL AND expires_at > now()';

const INSERT: Statement = {
  name: 'auth_authorization_request_insert',
  text: `INSERT INTO auth_authorization_request (id, handle_hash, client_id, parameters, expires_at)
         VALUES ($1, $2, $3, $4, now() + $5::int * interval '1 second') RETURNING ${COLUMNS}`,
};
const FIND: Statement = {
  name: 'auth_authorization_request_find',
  text: `SELECT ${COLUMNS} FROM auth_authorization_request WHERE handle_hash = $1`,
};
const ASK: Statement = {
  name: 'auth_authorization_request_ask',
  text: `UPDATE auth_authorization_request SET session_id = $2,
           expires_at = greatest(expires_at, created_at + $3::int * interval '1 second') WHERE id = $1 AND ${LIVE}`,
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

  /** @returns the row, and the handle by which pages name it; only its hash is kept */
  async insert(
    clientId: string,
    parameters: AuthorizationParameters,
    lifetimeSeconds: number,
  ): Promise<{ handle: string; row: AuthorizationRequestRow }> {
    const handle = mintToken(HANDLE_PREFIX);
    const [row] = await this.database.query<AuthorizationRequestRow>(INSERT, [
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
    if (!isWellFormedToken(handle, HANDLE_PREFIX)) return null;
    const [row] = await this.database.query<AuthorizationRequestRow>(FIND, [digestToBytes(sha256(handle))]);
    return row ?? null;
  }

  /**
   * Records that this session is asked for consent; only it may answer (T062).
   * @param lifetimeSeconds from when the request was stored; one that waited for a sign-in had a shorter one
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
