import { Injectable } from '@nestjs/common';
import { Database, type Statement } from '../../common/database/database.js';

export interface DueDelivery {
  id: string;
  client_id: string;
  subject: string;
  session_id: string;
  /** Including the current one. */
  attempts: number;
}

/** A client with a due delivery. */
export interface DueClient {
  client_id: string;
  /** The highest number of failed attempts among its due deliveries. */
  failures: number;
}

/** Attempts at one delivery; with the waits below, the last one comes 15 hours after the first. */
export const MAX_ATTEMPTS = 8;
/** The wait after attempt n is this times 4 to the power of n - 1. Longer than an attempt takes, since it is the lease too. */
const FIRST_WAIT_SECONDS = 10;

/** Clients without failures first, then those that wait longest. */
const DUE: Statement = {
  name: 'auth_logout_delivery_clients',
  text: `SELECT client_id, max(attempts) AS failures FROM auth_logout_delivery
         WHERE next_attempt_at <= now() AND client_id <> ALL($1)
         GROUP BY client_id ORDER BY max(attempts), min(next_attempt_at) LIMIT $2`,
};
/**
 * The oldest due delivery of each client. The same statement moves its next attempt into the future: other processes skip it, and a crash
 * during an attempt delays the delivery but does not lose it.
 */
const CLAIM: Statement = {
  name: 'auth_logout_delivery_claim',
  text: `UPDATE auth_logout_delivery SET attempts = attempts + 1,
           next_attempt_at = now() + ${FIRST_WAIT_SECONDS} * power(4, LEAST(attempts, ${MAX_ATTEMPTS - 1})) * interval '1 second'
         WHERE id IN (SELECT due.id FROM unnest($1::text[]) AS client (id), LATERAL (
           SELECT d.id FROM auth_logout_delivery d WHERE d.client_id = client.id AND d.next_attempt_at <= now()
           ORDER BY d.next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED) AS due)
         RETURNING id, client_id, subject, session_id, attempts`,
};
const DONE: Statement = {
  name: 'auth_logout_delivery_done',
  text: 'DELETE FROM auth_logout_delivery WHERE id = $1',
};
const FAILED: Statement = {
  name: 'auth_logout_delivery_failed',
  text: `UPDATE auth_logout_delivery SET last_error = $2,
           next_attempt_at = CASE WHEN attempts < ${MAX_ATTEMPTS} THEN next_attempt_at END
         WHERE id = $1 RETURNING next_attempt_at IS NULL AS given_up`,
};

/** Statements about deliveries of logout tokens. */
@Injectable()
export class LogoutDeliveryStore {
  constructor(private readonly database: Database) {}

  /** Clients with due deliveries, those without failures first. @param busy ids of clients to leave out */
  async due(busy: readonly string[], limit: number): Promise<DueClient[]> {
    return this.database.query<DueClient>(DUE, [busy, limit]);
  }

  /** Claims one due delivery of each of these clients, for one attempt. */
  async claim(clientIds: readonly string[]): Promise<DueDelivery[]> {
    return this.database.query<DueDelivery>(CLAIM, [clientIds]);
  }

  /** The delivery was accepted, or the client no longer wants it. */
  async finish(id: string): Promise<void> {
    await this.database.query(DONE, [id]);
  }

  /** @returns whether this was the last attempt */
  async fail(id: string, error: string): Promise<boolean> {
    const [row] = await this.database.query<{ given_up: boolean }>(FAILED, [id, error]);
    return row?.given_up ?? false;
  }
}
