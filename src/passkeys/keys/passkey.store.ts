import { Injectable } from '@nestjs/common';
import { bigint, boolean, bytes, identifier, orNull, text, texts } from '../../common/database/columns.js';
import { Database, type Executor, type Statement } from '../../common/database/database.js';
import { insertInto, type Inserted } from '../../common/database/insert.js';
import type { Transaction } from '../../common/database/transaction.js';
import { newId } from '../../common/new-id.js';

export interface PasskeyRow {
  id: string;
  subject: string;
  credential_id: Buffer;
  public_key: Buffer;
  counter: number;
  name: string | null;
  multi_device: boolean;
  backed_up: boolean;
  user_verified: boolean;
  transports: string[];
  aaguid: string;
  created_at: Date;
  last_used_at: Date | null;
}

const PASSKEY = insertInto('auth_passkey', {
  id: identifier('id'),
  subject: text('subject'),
  credentialId: bytes('credential_id'),
  publicKey: bytes('public_key'),
  counter: bigint('counter'),
  name: orNull(text('name')),
  multiDevice: boolean('multi_device'),
  backedUp: boolean('backed_up'),
  userVerified: boolean('user_verified'),
  transports: texts('transports'),
  aaguid: identifier('aaguid'),
});
export type NewPasskey = Omit<Inserted<typeof PASSKEY>, 'id'>;

/** What an authenticator says each time. */
export interface PasskeyUse {
  readonly counter: number;
  readonly backedUp: boolean;
  readonly userVerified: boolean;
}

/** A counter has 32 bits: a float holds it, and the driver gives it as a number. */
const COLUMNS = `id, subject, credential_id, public_key, counter::float8 AS counter, name, multi_device, backed_up, user_verified, transports,
  aaguid, created_at, last_used_at`;

const INSERT: Statement = {
  name: 'auth_passkey_insert',
  text: `${PASSKEY.text} ON CONFLICT (credential_id) DO NOTHING RETURNING ${COLUMNS}`,
};
const FIND_CREDENTIAL: Statement = {
  name: 'auth_passkey_find_credential',
  text: `SELECT ${COLUMNS} FROM auth_passkey WHERE credential_id = $1`,
};
const EXISTS: Statement = { name: 'auth_passkey_exists', text: 'SELECT id FROM auth_passkey WHERE id = $1' };
const LIST: Statement = {
  name: 'auth_passkey_list',
  text: `SELECT ${COLUMNS} FROM auth_passkey WHERE subject = $1 ORDER BY created_at, id LIMIT 100`,
};
/** WebAuthn 3, 6.1.1: a count that does not grow is that of a copy, unless the authenticator never counts. */
const USE: Statement = {
  name: 'auth_passkey_use',
  text: `UPDATE auth_passkey SET counter = $2::bigint, backed_up = $3::boolean, user_verified = $4::boolean, last_used_at = now()
         WHERE id = $1 AND (counter < $2::bigint OR (counter = 0 AND $2::bigint = 0)) RETURNING id`,
};
const RENAME: Statement = {
  name: 'auth_passkey_rename',
  text: `UPDATE auth_passkey SET name = $3 WHERE subject = $1 AND id::text = $2 RETURNING ${COLUMNS}`,
};
const REMOVE: Statement = {
  name: 'auth_passkey_remove',
  text: 'DELETE FROM auth_passkey WHERE subject = $1 AND id::text = $2 RETURNING id',
};
const REMOVE_ALL: Statement = { name: 'auth_passkey_remove_all', text: 'DELETE FROM auth_passkey WHERE subject = $1' };

/** Every statement about passkeys. */
@Injectable()
export class PasskeyStore {
  constructor(private readonly database: Database) {}

  /** @returns null when somebody has this credential: the unique index decides */
  async insert(tx: Transaction, passkey: NewPasskey): Promise<PasskeyRow | null> {
    return this.one(tx, INSERT, PASSKEY.values({ ...passkey, id: newId() }));
  }

  async findCredential(credentialId: Buffer): Promise<PasskeyRow | null> {
    return this.one(this.database, FIND_CREDENTIAL, [credentialId]);
  }

  async exists(executor: Executor, id: string): Promise<boolean> {
    return (await executor.query(EXISTS, [id])).length > 0;
  }

  /** Oldest first. */
  async list(executor: Executor, subject: string): Promise<PasskeyRow[]> {
    return executor.query<PasskeyRow>(LIST, [subject]);
  }

  /** @returns false when the count does not grow, or the passkey is gone */
  async use(tx: Transaction, id: string, { counter, backedUp, userVerified }: PasskeyUse): Promise<boolean> {
    return (await tx.query(USE, [id, counter, backedUp, userVerified])).length > 0;
  }

  /** The WHERE clause checks the owner. */
  async rename(subject: string, id: string, name: string): Promise<PasskeyRow | null> {
    return this.one(this.database, RENAME, [subject, id, name]);
  }

  async remove(tx: Transaction, subject: string, id: string): Promise<boolean> {
    return (await tx.query(REMOVE, [subject, id])).length > 0;
  }

  async removeAll(tx: Transaction, subject: string): Promise<void> {
    await tx.query(REMOVE_ALL, [subject]);
  }

  private async one(executor: Executor, statement: Statement, values: readonly unknown[]): Promise<PasskeyRow | null> {
    const [row] = await executor.query<PasskeyRow>(statement, values);
    return row ?? null;
  }
}
