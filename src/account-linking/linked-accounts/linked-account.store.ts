import { Injectable } from '@nestjs/common';
import { bytes, orNull, secondsFromNow, texts } from '../../common/database/columns.js';
import { Database, type Executor, type Statement } from '../../common/database/database.js';
import { insertInto, type Inserted } from '../../common/database/insert.js';
import type { Transaction } from '../../common/database/transaction.js';

export interface LinkedAccountRow {
  id: string;
  subject: string;
  provider_id: string;
  issuer: string;
  account_id: string;
  scopes: string[];
  tokens: Buffer | null;
  access_expires_at: Date | null;
  refresh_expires_at: Date | null;
  version: number;
  created_at: Date;
  updated_at: Date;
  /** Milliseconds until the access token expires, by the database's clock; null when no expiry is known. */
  access_remaining_ms: number | null;
  /** Null: no refresh is under way. Negative: the process that took the lease has died. */
  lease_remaining_ms: number | null;
}

/** Tokens as stored; their parameters come first in every statement that writes them. */
const TOKENS = insertInto('auth_linked_account', {
  box: orNull(bytes('tokens')),
  scopes: texts('scopes'),
  accessExpiresInSeconds: orNull(secondsFromNow('access_expires_at')),
  refreshExpiresInSeconds: orNull(secondsFromNow('refresh_expires_at')),
});
export type SealedTokens = Inserted<typeof TOKENS>;

export interface NewLinkedAccount {
  readonly id: string;
  readonly subject: string;
  readonly providerId: string;
  readonly issuer: string;
  readonly accountId: string;
  readonly tokens: SealedTokens;
}

/** By the row's id, or by provider and, where that is known, the provider's subject. */
export type AccountSelector =
  { readonly id: string } | { readonly providerId: string; readonly accountId: string | null };

const COLUMNS = `id, subject, provider_id, issuer, account_id, scopes, tokens, access_expires_at, refresh_expires_at, version, created_at,
  updated_at, (extract(epoch FROM access_expires_at - now()) * 1000)::float8 AS access_remaining_ms,
  (extract(epoch FROM lease_until - now()) * 1000)::float8 AS lease_remaining_ms`;
const SET_TOKENS = `(${TOKENS.columns}) = (${TOKENS.parameters}), version = version + 1, lease_id = NULL, lease_until = NULL, updated_at = now()`;

const FIND_IDENTITY: Statement = {
  name: 'auth_linked_account_find_identity',
  text: `SELECT ${COLUMNS} FROM auth_linked_account WHERE issuer = $1 AND account_id = $2`,
};
const FIND: Statement = {
  name: 'auth_linked_account_find',
  text: `SELECT ${COLUMNS} FROM auth_linked_account WHERE subject = $1 AND ($2::text IS NULL OR id::text = $2)
           AND ($3::text IS NULL OR provider_id = $3) AND ($4::text IS NULL OR account_id = $4) ORDER BY created_at, id LIMIT 2`,
};
const LIST: Statement = {
  name: 'auth_linked_account_list',
  text: `SELECT ${COLUMNS} FROM auth_linked_account WHERE subject = $1 ORDER BY created_at, id LIMIT 100`,
};
const INSERT: Statement = {
  name: 'auth_linked_account_insert',
  text: `INSERT INTO auth_linked_account (${TOKENS.columns}, id, subject, provider_id, issuer, account_id)
         VALUES (${TOKENS.parameters}, $5, $6, $7, $8, $9)
         ON CONFLICT (issuer, account_id) DO NOTHING RETURNING ${COLUMNS}`,
};
const COUNT: Statement = {
  name: 'auth_linked_account_count',
  text: 'SELECT count(*)::int AS count FROM auth_linked_account WHERE subject = $1',
};
const SAVE: Statement = {
  name: 'auth_linked_account_save',
  text: `UPDATE auth_linked_account SET ${SET_TOKENS} WHERE id = $5 AND subject = $6 RETURNING ${COLUMNS}`,
};
const LEASE: Statement = {
  name: 'auth_linked_account_lease',
  text: `UPDATE auth_linked_account SET lease_id = $3, lease_until = now() + $4::int * interval '1 second'
         WHERE id = $1 AND version = $2 AND (lease_until IS NULL OR lease_until < now()) RETURNING id`,
};
const FINISH: Statement = {
  name: 'auth_linked_account_finish',
  text: `UPDATE auth_linked_account SET ${SET_TOKENS} WHERE id = $5 AND lease_id = $6 RETURNING ${COLUMNS}`,
};
const RELEASE: Statement = {
  name: 'auth_linked_account_release',
  text: 'UPDATE auth_linked_account SET lease_id = NULL, lease_until = NULL WHERE id = $1 AND lease_id = $2',
};
const REMOVE: Statement = {
  name: 'auth_linked_account_remove',
  text: 'DELETE FROM auth_linked_account WHERE subject = $1 AND id::text = $2 RETURNING id, provider_id',
};
const DROP_TOKENS: Statement = {
  name: 'auth_linked_account_drop_tokens',
  text: `UPDATE auth_linked_account SET tokens = NULL, access_expires_at = NULL, refresh_expires_at = NULL, version = version + 1,
           lease_id = NULL, lease_until = NULL, updated_at = now() WHERE subject = $1`,
};
const REMOVE_ALL: Statement = {
  name: 'auth_linked_account_remove_all',
  text: 'DELETE FROM auth_linked_account WHERE subject = $1',
};

/** Every statement about linked accounts. */
@Injectable()
export class LinkedAccountStore {
  constructor(private readonly database: Database) {}

  async findIdentity(
    issuer: string,
    accountId: string,
    executor: Executor = this.database,
  ): Promise<LinkedAccountRow | null> {
    return this.one(executor, FIND_IDENTITY, [issuer, accountId]);
  }

  /** The WHERE clause checks the owner. @returns at most two: more than one means an ambiguous selector */
  async find(subject: string, which: AccountSelector): Promise<LinkedAccountRow[]> {
    const values = 'id' in which ? [which.id, null, null] : [null, which.providerId, which.accountId];
    return this.database.query<LinkedAccountRow>(FIND, [subject, ...values]);
  }

  async list(executor: Executor, subject: string): Promise<LinkedAccountRow[]> {
    return executor.query<LinkedAccountRow>(LIST, [subject]);
  }

  /** @returns null when the identity is linked already, to any user: the unique index decides */
  async insert(tx: Transaction, account: NewLinkedAccount): Promise<LinkedAccountRow | null> {
    const { id, subject, providerId, issuer, accountId, tokens } = account;
    return this.one(tx, INSERT, [...TOKENS.values(tokens), id, subject, providerId, issuer, accountId]);
  }

  async count(tx: Transaction, subject: string): Promise<number> {
    const [row] = await tx.query<{ count: number }>(COUNT, [subject]);
    return row!.count;
  }

  /** @returns null when the account has been unlinked meanwhile */
  async save(
    id: string,
    subject: string,
    tokens: SealedTokens,
    executor: Executor = this.database,
  ): Promise<LinkedAccountRow | null> {
    return this.one(executor, SAVE, [...TOKENS.values(tokens), id, subject]);
  }

  /** Takes the lease to refresh. @returns false when another call has it, or has changed the tokens since `version` was read */
  async lease(id: string, version: number, leaseId: string, seconds: number): Promise<boolean> {
    return (await this.database.query(LEASE, [id, version, leaseId, seconds])).length > 0;
  }

  /** @returns null when the lease was lost: the account was unlinked, lost its tokens or signed in again */
  async finish(id: string, leaseId: string, tokens: SealedTokens): Promise<LinkedAccountRow | null> {
    return this.one(this.database, FINISH, [...TOKENS.values(tokens), id, leaseId]);
  }

  async release(id: string, leaseId: string): Promise<void> {
    await this.database.query(RELEASE, [id, leaseId]);
  }

  async remove(tx: Transaction, subject: string, id: string): Promise<{ provider_id: string } | null> {
    const [row] = await tx.query<{ provider_id: string }>(REMOVE, [subject, id]);
    return row ?? null;
  }

  async dropTokens(tx: Transaction, subject: string): Promise<void> {
    await tx.query(DROP_TOKENS, [subject]);
  }

  async removeAll(tx: Transaction, subject: string): Promise<void> {
    await tx.query(REMOVE_ALL, [subject]);
  }

  private async one(
    executor: Executor,
    statement: Statement,
    values: readonly unknown[],
  ): Promise<LinkedAccountRow | null> {
    const [row] = await executor.query<LinkedAccountRow>(statement, values);
    return row ?? null;
  }
}
