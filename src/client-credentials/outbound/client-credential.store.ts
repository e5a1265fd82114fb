import type { Database, Statement } from '../../common/database/database.js';
import { newId } from '../../common/new-id.js';

/** Identifies one row. */
export interface CredentialKey {
  readonly applicationName: string;
  readonly configuration: Buffer;
}

export interface CredentialRow {
  id: string;
  access_token: Buffer | null;
  scope: string | null;
  lifetime_seconds: number | null;
  expires_at: Date | null;
  created_at: Date;
  updated_at: Date;
  /** Milliseconds by the database's clock, as of the statement; negative when past, null when there is none. */
  remaining_ms: number | null;
  lease_ms: number | null;
  failed_ms: number | null;
  failure: string | null;
}

/** The right to ask the provider. */
export interface Lease {
  readonly key: CredentialKey;
  readonly id: string;
}

export interface KeptToken {
  readonly sealedToken: Buffer;
  readonly scope: string;
  readonly lifetimeSeconds: number;
}

const milliseconds = (column: string) => `(extract(epoch FROM ${column} - now()) * 1000)::float8`;
const COLUMNS = `id, access_token, scope, lifetime_seconds, expires_at, created_at, updated_at, failure,
  ${milliseconds('expires_at')} AS remaining_ms, ${milliseconds('lease_expires_at')} AS lease_ms, ${milliseconds('failed_until')} AS failed_ms`;
const FREE_LEASE = 'lease_id = NULL, leased_at = NULL, lease_expires_at = NULL';
const MILLISECOND = `interval '1 millisecond'`;

const FIND: Statement = {
  name: 'auth_client_credential_find',
  text: `SELECT ${COLUMNS} FROM auth_client_credential WHERE application_name = $1 AND configuration = $2`,
};
/** One claim wins: the row lock puts claims in order, and each later one sees the lease, the failure or the new token of an earlier one. */
const CLAIM: Statement = {
  name: 'auth_client_credential_claim',
  text: `INSERT INTO auth_client_credential AS c (id, application_name, configuration, lease_id, leased_at, lease_expires_at)
         VALUES ($1, $2, $3, $4, now(), now() + $5::float8 * ${MILLISECOND})
         ON CONFLICT (application_name, configuration) DO UPDATE
           SET lease_id = excluded.lease_id, leased_at = excluded.leased_at, lease_expires_at = excluded.lease_expires_at
           WHERE (c.lease_expires_at IS NULL OR c.lease_expires_at <= now())
             AND (c.failed_until IS NULL OR c.failed_until <= now())
             AND (c.expires_at IS NULL OR c.expires_at <= now() + $6::float8 * ${MILLISECOND})
         RETURNING id`,
};
/** The lifetime counts from before the request was sent, so it is never longer than the provider meant. */
const KEEP: Statement = {
  name: 'auth_client_credential_keep',
  text: `UPDATE auth_client_credential
         SET access_token = $4, scope = $5, lifetime_seconds = $6, expires_at = leased_at + $6::int * interval '1 second',
             created_at = CASE WHEN access_token IS NULL THEN now() ELSE created_at END, updated_at = now(),
             failure = NULL, failed_until = NULL, ${FREE_LEASE}
         WHERE application_name = $1 AND configuration = $2 AND lease_id = $3 RETURNING ${COLUMNS}`,
};
const FAIL: Statement = {
  name: 'auth_client_credential_fail',
  text: `UPDATE auth_client_credential
         SET failure = $4, failed_until = now() + $5::float8 * ${MILLISECOND}, ${FREE_LEASE}
         WHERE application_name = $1 AND configuration = $2 AND lease_id = $3 RETURNING ${COLUMNS}`,
};

/** Every statement about outbound tokens. */
export class ClientCredentialStore {
  constructor(private readonly database: Database) {}

  async find(key: CredentialKey): Promise<CredentialRow | null> {
    return this.one(FIND, [key.applicationName, key.configuration]);
  }

  /**
   * Takes the lease.
   * @param belowMilliseconds takes it only while the token has at most this much time left
   * @returns null while another process holds it, while a failure is shared, or when the token has more time left
   */
  async claim(key: CredentialKey, leaseMilliseconds: number, belowMilliseconds: number): Promise<Lease | null> {
    const id = newId();
    const values = [newId(), key.applicationName, key.configuration, id, leaseMilliseconds, belowMilliseconds];
    return (await this.one(CLAIM, values)) && { key, id };
  }

  /** @returns null when the lease has run out and another process has taken it */
  async keep(lease: Lease, token: KeptToken): Promise<CredentialRow | null> {
    return this.one(KEEP, [...idOf(lease), token.sealedToken, token.scope, token.lifetimeSeconds]);
  }

  /** No process asks again until the back-off is over. @returns null as `keep` */
  async fail(lease: Lease, failure: string, backOffMilliseconds: number): Promise<CredentialRow | null> {
    return this.one(FAIL, [...idOf(lease), failure, backOffMilliseconds]);
  }

  private async one(statement: Statement, values: readonly unknown[]): Promise<CredentialRow | null> {
    const [row] = await this.database.query<CredentialRow>(statement, values);
    return row ?? null;
  }
}

function idOf({ key, id }: Lease): [string, Buffer, string] {
  return [key.applicationName, key.configuration, id];
}
