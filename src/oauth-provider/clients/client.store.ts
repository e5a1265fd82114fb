import type { Database, Executor, Statement } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';
import type { ClientMetadata, ClientPolicy } from './client-metadata.js';
import type { ClientOrigin } from './registered-client.js';

export interface ClientRow {
  client_id: string;
  registered_by: ClientOrigin;
  owner_id: string | null;
  metadata: ClientMetadata;
  policy: Partial<ClientPolicy>;
  secret_hash: Buffer | null;
  secret_box: Buffer | null;
  secret_expires_at: Date | null;
  previous_secret_hash: Buffer | null;
  previous_secret_box: Buffer | null;
  /** By the database's clock, as of the reading. */
  secret_live: boolean;
  previous_secret_live: boolean;
  disabled: boolean;
  created_at: Date;
  updated_at: Date;
}

/** A client's secret as it is kept: hashed, or encrypted when it is an HMAC key. */
export interface StoredSecret {
  readonly hash: Buffer | null;
  readonly box: Buffer | null;
  /** Null: no end. */
  readonly lifetimeSeconds: number | null;
}

export interface NewClient {
  readonly clientId: string;
  readonly registeredBy: ClientOrigin;
  readonly ownerId: string | null;
  readonly metadata: ClientMetadata;
  readonly policy: Partial<ClientPolicy>;
  readonly origins: readonly string[];
  readonly secret: StoredSecret | null;
  readonly registrationTokenHash: Buffer | null;
}

const COLUMNS = `c.client_id, c.registered_by, c.owner_id, c.metadata, c.policy, c.secret_hash, c.secret_box, c.secret_expires_at,
  c.previous_secret_hash, c.previous_secret_box, c.created_at, c.updated_at,
  COALESCE(c.secret_expires_at > now(), true) AS secret_live,
  COALESCE(c.previous_secret_expires_at > now(), false) AS previous_secret_live,
  (s.disabled_at IS NOT NULL OR s.forgotten_at IS NOT NULL) AS disabled`;
const FROM = `FROM auth_oauth_client c JOIN auth_subject s ON s.subject = 'client:' || c.client_id`;
const FIND: Statement = { name: 'auth_oauth_client_find', text: `SELECT ${COLUMNS} ${FROM} WHERE c.client_id = $1` };
const INSERT: Statement = {
  name: 'auth_oauth_client_insert',
  text: `WITH subject AS (INSERT INTO auth_subject (subject) VALUES ('client:' || $1) ON CONFLICT (subject) DO NOTHING)
         INSERT INTO auth_oauth_client (client_id, registered_by, owner_id, metadata, policy, origins, secret_hash, secret_box,
           secret_expires_at, registration_token_hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() + $9::int * interval '1 second', $10)
         ON CONFLICT (client_id) DO NOTHING RETURNING client_id`,
};
const ALLOWS_ORIGIN: Statement = {
  name: 'auth_oauth_client_allows_origin',
  text: `SELECT 1 AS one ${FROM} WHERE c.origins @> ARRAY[$1] AND s.disabled_at IS NULL AND s.forgotten_at IS NULL LIMIT 1`,
};

/** Every statement about clients. */
export class ClientStore {
  constructor(private readonly database: Database) {}

  async find(clientId: string, executor: Executor = this.database): Promise<ClientRow | null> {
    const [row] = await executor.query<ClientRow>(FIND, [clientId]);
    return row ?? null;
  }

  /** @returns false when the id is taken */
  async insert(tx: Transaction, client: NewClient): Promise<boolean> {
    const rows = await tx.query(INSERT, [
      client.clientId,
      client.registeredBy,
      client.ownerId,
      JSON.stringify(client.metadata),
      JSON.stringify(client.policy),
      client.origins,
      client.secret?.hash ?? null,
      client.secret?.box ?? null,
      client.secret?.lifetimeSeconds ?? null,
      client.registrationTokenHash,
    ]);
    return rows.length > 0;
  }

  /** Whether a live public client has a redirect address of this origin. */
  async allowsOrigin(origin: string): Promise<boolean> {
    return (await this.database.query(ALLOWS_ORIGIN, [origin])).length > 0;
  }
}
