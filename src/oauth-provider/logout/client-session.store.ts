import { Injectable } from '@nestjs/common';
import { Database, type Statement } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';

/** A later sign-in at the same client renews `created_at`, since rows are swept by age. */
const NOTE: Statement = {
  name: 'auth_client_session_note',
  text: `INSERT INTO auth_client_session (session_id, client_id, subject) VALUES ($1, $2, $3)
         ON CONFLICT (session_id, client_id) DO UPDATE SET created_at = now()`,
};
const CLIENTS: Statement = {
  name: 'auth_client_session_clients',
  text: 'SELECT client_id FROM auth_client_session WHERE session_id = $1 ORDER BY created_at, client_id LIMIT $2',
};
/**
 * A code that is being exchanged is locked, and skipped: its exchange waits for the session's lock, so waiting for it would deadlock. It
 * then finds the session ended and gives no tokens.
 */
const END: Statement = {
  name: 'auth_client_session_end',
  text: `WITH codes AS (
           DELETE FROM auth_authorization_code WHERE id IN (
             SELECT id FROM auth_authorization_code WHERE session_id = ANY($1) AND consumed_at IS NULL FOR UPDATE SKIP LOCKED)),
         ended AS (DELETE FROM auth_client_session WHERE session_id = ANY($1) RETURNING session_id, client_id, subject)
         INSERT INTO auth_logout_delivery (id, client_id, subject, session_id)
         SELECT gen_random_uuid(), e.client_id, e.subject, e.session_id
         FROM ended e LEFT JOIN auth_oauth_client c ON c.client_id = e.client_id
         WHERE e.client_id = ANY($2) OR c.metadata ? 'backchannel_logout_uri'
         RETURNING id`,
};

/** Statements about the clients that a session signed in to, and about what ends with the session. */
@Injectable()
export class ClientSessionStore {
  constructor(private readonly database: Database) {}

  async note(
    tx: Transaction,
    one: { readonly sessionId: string; readonly clientId: string; readonly subjectId: string },
  ): Promise<void> {
    await tx.query(NOTE, [one.sessionId, one.clientId, one.subjectId]);
  }

  /** Ids of the clients of a session, oldest sign-in first. */
  async clientsOf(sessionId: string, limit: number): Promise<string[]> {
    return (await this.database.query<{ client_id: string }>(CLIENTS, [sessionId, limit])).map((row) => row.client_id);
  }

  /**
   * Ends what was kept for these sessions, and writes a delivery for each client that must be told.
   * @param staticClientIds clients without a row (from the options) that must be told
   * @returns how many deliveries are due
   */
  async end(tx: Transaction, sessionIds: readonly string[], staticClientIds: readonly string[]): Promise<number> {
    return (await tx.query(END, [sessionIds, staticClientIds])).length;
  }
}
