import { Injectable } from '@nestjs/common';
import { digestToBytes, randomBase64url } from '../../common/crypto.js';
import { Database, type Statement } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';

const HANDLE_BYTES = 32;

const FIND: Statement = {
  name: 'auth_passkey_holder_find',
  text: 'SELECT handle FROM auth_passkey_holder WHERE subject = $1',
};
const CREATE: Statement = {
  name: 'auth_passkey_holder_create',
  text: 'INSERT INTO auth_passkey_holder (subject, handle) VALUES ($1, $2) ON CONFLICT (subject) DO NOTHING',
};
const REMOVE: Statement = {
  name: 'auth_passkey_holder_remove',
  text: 'DELETE FROM auth_passkey_holder WHERE subject = $1',
};

/** User handles: made once for a user, and kept. */
@Injectable()
export class PasskeyHolderStore {
  constructor(private readonly database: Database) {}

  async find(subject: string): Promise<Buffer | null> {
    const [row] = await this.database.query<{ handle: Buffer }>(FIND, [subject]);
    return row?.handle ?? null;
  }

  async ensure(subject: string): Promise<Buffer> {
    const known = await this.find(subject);
    if (known) return known;
    await this.database.query(CREATE, [subject, digestToBytes(randomBase64url(HANDLE_BYTES))]);
    return (await this.find(subject))!;
  }

  async remove(tx: Transaction, subject: string): Promise<void> {
    await tx.query(REMOVE, [subject]);
  }
}
