import { Injectable } from '@nestjs/common';
import { Database, type Statement } from '../../../common/database/database.js';
import type { Transaction } from '../../../common/database/transaction.js';
import type { SweepTask } from '../../../common/sweeper/sweeper.js';
import { sweepWhere } from '../../../common/sweeper/sweeper.js';
import type { DocumentState } from '../document-source.js';
import type { ClientOrigin } from '../metadata/registered-client.js';

/** What the tables hold of a client id that is an address. */
export interface DocumentRow {
  /** Null: there is no such client. */
  readonly registered_by: ClientOrigin | null;
  readonly disabled: boolean;
  /** Null: it was never read. */
  readonly fresh_milliseconds: number | null;
  readonly good_milliseconds: number | null;
  /** A process is reading it. */
  readonly claimed: boolean;
}

/** How long a process may take; longer than a fetch, and what is written after it. */
const CLAIM_SECONDS = 5;
/** A document that nobody uses gives way to new ones after this time. */
const YOUNG = `interval '1 hour'`;
const milliseconds = (column: string) => `(extract(epoch FROM d.${column} - now()) * 1000)::float8`;

const FIND: Statement = {
  name: 'auth_client_document_find',
  text: `SELECT c.registered_by, (s.disabled_at IS NOT NULL) AS disabled, ${milliseconds('fresh_until')} AS fresh_milliseconds,
           ${milliseconds('good_until')} AS good_milliseconds, COALESCE(d.claimed_until > now(), false) AS claimed
         FROM (SELECT $1::text AS client_id) asked
         LEFT JOIN auth_oauth_client c ON c.client_id = asked.client_id
         LEFT JOIN auth_subject s ON s.subject = 'client:' || asked.client_id
         LEFT JOIN auth_client_document d ON d.client_id = asked.client_id`,
};
/** The one process for which this returns a row reads the document. */
const CLAIM: Statement = {
  name: 'auth_client_document_claim',
  text: `INSERT INTO auth_client_document AS d (client_id, claimed_until) VALUES ($1, now() + interval '${CLAIM_SECONDS} seconds')
         ON CONFLICT (client_id) DO UPDATE SET claimed_until = excluded.claimed_until
           WHERE d.claimed_until <= now() AND COALESCE(d.fresh_until <= now(), true) RETURNING d.client_id`,
};
const RELEASE: Statement = {
  name: 'auth_client_document_release',
  text: 'UPDATE auth_client_document SET claimed_until = now() WHERE client_id = $1 AND fetched_at IS NOT NULL',
};
const FORGET_CLAIM: Statement = {
  name: 'auth_client_document_forget_claim',
  text: 'DELETE FROM auth_client_document WHERE client_id = $1 AND fetched_at IS NULL',
};
const KEEP: Statement = {
  name: 'auth_client_document_keep',
  text: `INSERT INTO auth_client_document AS d (client_id, claimed_until, fetched_at, fresh_until, good_until)
         VALUES ($1, now(), now(), now() + $2::int * interval '1 second', now() + $3::int * interval '1 second')
         ON CONFLICT (client_id) DO UPDATE SET claimed_until = excluded.claimed_until, fetched_at = excluded.fetched_at,
           fresh_until = excluded.fresh_until, good_until = excluded.good_until`,
};
/** A client of another origin stays as it is; one that was deleted comes back, and one that is disabled stays so. */
const INSERT_CLIENT: Statement = {
  name: 'auth_client_document_insert_client',
  text: `WITH subject AS (INSERT INTO auth_subject (subject) VALUES ('client:' || $1)
           ON CONFLICT (subject) DO UPDATE SET forgotten_at = NULL WHERE auth_subject.forgotten_at IS NOT NULL)
         INSERT INTO auth_oauth_client (client_id, registered_by, metadata, policy, origins) VALUES ($1, 'document', $2, $3, $4)
         ON CONFLICT (client_id) DO NOTHING RETURNING client_id`,
};
/** Serialises new clients, so that their number is exact. */
const LOCK: Statement = {
  name: 'auth_client_document_lock',
  text: `SELECT pg_advisory_xact_lock(hashtext('nest-authority client documents'))`,
};
const COUNT: Statement = {
  name: 'auth_client_document_count',
  text: 'SELECT count(*)::int AS count FROM auth_client_document WHERE fetched_at IS NOT NULL',
};
/** Users will be asked again. */
const ASK_AGAIN: Statement = {
  name: 'auth_client_document_ask_again',
  text: 'UPDATE auth_consent SET ask_again_at = now() WHERE client_id = $1 AND COALESCE(ask_again_at > now(), true)',
};

/** Forgets clients that no user has allowed anything, with all that is kept of them. @param when our own SQL about the document `d` */
const forgetting = (name: string, when: string): Statement => ({
  name,
  text: `WITH gone AS (
           SELECT c.client_id FROM auth_client_document d JOIN auth_oauth_client c USING (client_id)
             JOIN auth_subject s ON s.subject = 'client:' || c.client_id
           WHERE ${when} AND c.registered_by = 'document' AND s.disabled_at IS NULL
             AND NOT EXISTS (SELECT FROM auth_consent k WHERE k.client_id = c.client_id)
             AND NOT EXISTS (SELECT FROM auth_token_family f WHERE f.client_id = c.client_id)
           ORDER BY d.fetched_at LIMIT $1 FOR UPDATE OF c, d SKIP LOCKED),
         subjects AS (
           UPDATE auth_subject SET forgotten_at = now(), epoch = epoch + 1
           WHERE subject IN (SELECT 'client:' || client_id FROM gone) AND forgotten_at IS NULL),
         clients AS (DELETE FROM auth_oauth_client WHERE client_id IN (SELECT client_id FROM gone))
         DELETE FROM auth_client_document WHERE client_id IN (SELECT client_id FROM gone) RETURNING client_id`,
});
const EVICT = forgetting('auth_client_document_evict', `d.fetched_at < now() - ${YOUNG}`);

export const documentSweeps: readonly SweepTask[] = [
  {
    name: 'auth_oauth_client',
    statement: forgetting('auth_sweep_auth_oauth_client', `d.good_until < now() - interval '1 day'`),
  },
  sweepWhere('auth_client_document', 'client_id', `fetched_at IS NULL AND claimed_until < now() - interval '1 minute'`),
];

/** Every statement about documents of clients. */
@Injectable()
export class ClientDocumentStore {
  constructor(private readonly database: Database) {}

  async find(clientId: string): Promise<DocumentRow> {
    const [row] = await this.database.query<DocumentRow>(FIND, [clientId]);
    return row!;
  }

  /** @returns false while another process reads it, and when it has just been read */
  async claim(clientId: string): Promise<boolean> {
    return (await this.database.query(CLAIM, [clientId])).length > 0;
  }

  /** It could not be read. */
  async release(clientId: string): Promise<void> {
    await this.database.query(RELEASE, [clientId]);
    await this.database.query(FORGET_CLAIM, [clientId]);
  }

  /** It was read just now. */
  async keep(tx: Transaction, clientId: string, freshSeconds: number, goodSeconds: number): Promise<void> {
    await tx.query(KEEP, [clientId, freshSeconds, goodSeconds]);
  }

  /** @returns false when there is a client of this id */
  async insertClient(tx: Transaction, clientId: string, metadata: object, policy: object, origins: readonly string[]) {
    const values = [clientId, JSON.stringify(metadata), JSON.stringify(policy), origins];
    return (await tx.query(INSERT_CLIENT, values)).length > 0;
  }

  /** Whether there is room for one more, after the oldest that nobody uses has gone if need be; none is added before this transaction ends. */
  async makeRoom(tx: Transaction, maxClients: number): Promise<boolean> {
    await tx.query(LOCK, []);
    const [counted] = await tx.query<{ count: number }>(COUNT, []);
    if (counted!.count < maxClients) return true;
    return (await tx.query(EVICT, [counted!.count - maxClients + 1])).length > counted!.count - maxClients;
  }

  async askAgain(tx: Transaction, clientId: string): Promise<void> {
    await tx.query(ASK_AGAIN, [clientId]);
  }
}

/** @returns null: it was never read */
export function stateIn({ fresh_milliseconds: fresh, good_milliseconds: good }: DocumentRow): DocumentState | null {
  return fresh === null || good === null ? null : { freshMilliseconds: fresh, goodMilliseconds: good };
}
