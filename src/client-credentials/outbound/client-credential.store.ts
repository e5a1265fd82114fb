import type { Database, Statement } from '../../common/database/database.js';
import type { TaggedRows } from '../../common/database/transaction.js';
import type { SweepTask } from '../../common/sweeper/sweeper.js';
import { newId } from '../../common/new-id.js';
import type { RefusalFacts } from './token.response.js';

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
  failure_facts: RefusalFacts | null;
}

/** What a row of a user ends with. */
export interface RowEnd {
  readonly tags: readonly string[];
  /** Until the user's credential expires. */
  readonly leftMilliseconds: number;
}

/** The right to ask the provider. */
export interface Lease {
  readonly key: CredentialKey;
  readonly id: string;
  /** There was no row before. */
  readonly isFirst: boolean;
}

export interface Turn {
  readonly leaseMilliseconds: number;
  /** The lease is taken only while the token has at most this much time left. */
  readonly belowMilliseconds: number;
  /** Null: of the application itself. */
  readonly end: RowEnd | null;
}

export interface KeptToken {
  readonly sealedToken: Buffer;
  readonly scope: string;
  readonly lifetimeSeconds: number;
  readonly end: RowEnd | null;
}

const milliseconds = (column: string) => `(extract(epoch FROM ${column} - now()) * 1000)::float8`;
const COLUMNS = `id, access_token, scope, lifetime_seconds, expires_at, created_at, updated_at, failure, failure_facts,
  ${milliseconds('expires_at')} AS remaining_ms, ${milliseconds('lease_expires_at')} AS lease_ms, ${milliseconds('failed_until')} AS failed_ms`;
const FREE_LEASE = 'lease_id = NULL, leased_at = NULL, lease_expires_at = NULL';
const MILLISECOND = `interval '1 millisecond'`;
/** No token is kept longer, and no interval is larger. */
const DAY_MILLISECONDS = 86_400_000;
/** Of one user at one application, by different credentials. */
const MAX_ROWS_OF_USER = 50;

const FIND: Statement = {
  name: 'auth_client_credential_find',
  text: `SELECT ${COLUMNS} FROM auth_client_credential WHERE application_name = $1 AND configuration = $2`,
};
/** One claim wins: the row lock puts claims in order, and each later one sees the lease, the failure or the new token of an earlier one. */
const CLAIM: Statement = {
  name: 'auth_client_credential_claim',
  text: `INSERT INTO auth_client_credential AS c (id, application_name, configuration, lease_id, leased_at, lease_expires_at, ends_with, delete_after)
         SELECT $1::uuid, $2, $3::bytea, $4::uuid, now(), lease_end, $7::text[], CASE WHEN $7::text[] IS NOT NULL THEN lease_end END
         FROM (SELECT now() + $5::float8 * ${MILLISECOND} AS lease_end) AS lease
         ON CONFLICT (application_name, configuration) DO UPDATE
           SET lease_id = excluded.lease_id, leased_at = excluded.leased_at, lease_expires_at = excluded.lease_expires_at,
             delete_after = greatest(c.delete_after, excluded.delete_after)
           WHERE (c.lease_expires_at IS NULL OR c.lease_expires_at <= now())
             AND (c.failed_until IS NULL OR c.failed_until <= now())
             AND (c.expires_at IS NULL OR c.expires_at <= now() + $6::float8 * ${MILLISECOND})
         RETURNING xmax = 0 AS is_first`,
};
/** The lifetime counts from before the request was sent, so it is never longer than the provider meant. */
const KEEP: Statement = {
  name: 'auth_client_credential_keep',
  text: `UPDATE auth_client_credential
         SET access_token = $4, scope = $5, lifetime_seconds = $6, expires_at = leased_at + $6::int * interval '1 second',
             created_at = CASE WHEN access_token IS NULL THEN now() ELSE created_at END, updated_at = now(),
             failure = NULL, failure_facts = NULL, failed_until = NULL, ${FREE_LEASE},
             delete_after = CASE WHEN ends_with IS NOT NULL
               THEN LEAST(leased_at + $6::int * interval '1 second', now() + $7::float8 * ${MILLISECOND}) END
         WHERE application_name = $1 AND configuration = $2 AND lease_id = $3 RETURNING ${COLUMNS}`,
};
const FAIL: Statement = {
  name: 'auth_client_credential_fail',
  text: `UPDATE auth_client_credential
         SET failure = $4, failure_facts = $6::jsonb, failed_until = now() + $5::float8 * ${MILLISECOND}, ${FREE_LEASE},
             delete_after = greatest(delete_after, CASE WHEN ends_with IS NOT NULL THEN now() + $5::float8 * ${MILLISECOND} END)
         WHERE application_name = $1 AND configuration = $2 AND lease_id = $3 RETURNING ${COLUMNS}`,
};

const REMOVE: Statement = {
  name: 'auth_client_credential_remove',
  text: `DELETE FROM auth_client_credential WHERE application_name = $1 AND configuration = $2`,
};
/** The newest stay. */
const TRIM: Statement = {
  name: 'auth_client_credential_trim',
  text: `DELETE FROM auth_client_credential WHERE id = ANY(ARRAY(
           SELECT id FROM auth_client_credential WHERE ends_with @> ARRAY[$2::text] AND application_name = $1
           ORDER BY created_at DESC OFFSET ${MAX_ROWS_OF_USER}))`,
};
/** In the transaction that ends a session, a user, a token, a family, an API key or a client (T173). */
export const ROWS_OF_USERS: TaggedRows = {
  name: 'ended_client_credentials',
  // In one order, so that two of them do not wait for each other.
  deletion: `DELETE FROM auth_client_credential WHERE id = ANY(ARRAY(
           SELECT id FROM auth_client_credential WHERE ends_with && $1::text[] ORDER BY id FOR UPDATE))`,
};

/** Rows of users that nothing has ended in time: the token is over, or what it was exchanged for. */
export const SWEEP_OF_USERS: SweepTask = {
  name: 'auth_client_credential of users',
  statement: {
    name: 'auth_sweep_auth_client_credential_of_users',
    text: `DELETE FROM auth_client_credential WHERE id = ANY(ARRAY(
             SELECT id FROM auth_client_credential WHERE delete_after < now() ORDER BY delete_after LIMIT $1
             FOR UPDATE SKIP LOCKED)) RETURNING id`,
  },
};

/** Every statement about outbound tokens. */
export class ClientCredentialStore {
  constructor(private readonly database: Database) {}

  async find(key: CredentialKey): Promise<CredentialRow | null> {
    return this.one(FIND, [key.applicationName, key.configuration]);
  }

  /**
   * Takes the lease.
   * @returns null while another process holds it, while a failure is shared, or when the token has more time left
   */
  async claim(key: CredentialKey, { leaseMilliseconds, belowMilliseconds, end }: Turn): Promise<Lease | null> {
    const id = newId();
    const { applicationName, configuration } = key;
    const values = [
      newId(),
      applicationName,
      configuration,
      id,
      leaseMilliseconds,
      belowMilliseconds,
      end?.tags ?? null,
    ];
    const [claimed] = await this.database.query<{ is_first: boolean }>(CLAIM, values);
    return claimed ? { key, id, isFirst: claimed.is_first } : null;
  }

  /** Leaves a user so many rows at an application, however many credentials they have. @param subjectTag one of the tags of their rows */
  async trim({ applicationName }: CredentialKey, subjectTag: string): Promise<void> {
    await this.database.query(TRIM, [applicationName, subjectTag]);
  }

  async remove({ applicationName, configuration }: CredentialKey): Promise<void> {
    await this.database.query(REMOVE, [applicationName, configuration]);
  }

  /** @returns null when the lease has run out and another process has taken it */
  async keep(lease: Lease, token: KeptToken): Promise<CredentialRow | null> {
    const left = Math.min(token.end?.leftMilliseconds ?? 0, DAY_MILLISECONDS);
    return this.one(KEEP, [...idOf(lease), token.sealedToken, token.scope, token.lifetimeSeconds, left]);
  }

  /** No process asks again until the back-off is over. @returns null as `keep` */
  async fail(
    lease: Lease,
    { failure, facts = {} }: { readonly failure: string; readonly facts?: RefusalFacts },
    backOffMilliseconds: number,
  ): Promise<CredentialRow | null> {
    return this.one(FAIL, [...idOf(lease), failure, backOffMilliseconds, JSON.stringify(facts)]);
  }

  private async one(statement: Statement, values: readonly unknown[]): Promise<CredentialRow | null> {
    const [row] = await this.database.query<CredentialRow>(statement, values);
    return row ?? null;
  }
}

function idOf({ key, id }: Lease): [string, Buffer, string] {
  return [key.applicationName, key.configuration, id];
}
