import { Injectable } from '@nestjs/common';
import { Database, type Statement } from '../common/database/database.js';
import type { Transaction } from '../common/database/transaction.js';

const FIND: Statement = { name: 'auth_revoked_jwt_find', text: 'SELECT jti FROM auth_revoked_jwt WHERE jti = $1' };
const INSERT: Statement = {
  name: 'auth_revoked_jwt_insert',
  text: `INSERT INTO auth_revoked_jwt (jti, expires_at) VALUES ($1, now() + $2::int * interval '1 second') ON CONFLICT (jti) DO NOTHING`,
};

/** Every statement about revoked JWTs. */
@Injectable()
export class RevokedJwtStore {
  constructor(private readonly database: Database) {}

  async has(jti: string): Promise<boolean> {
    return (await this.database.query(FIND, [jti])).length > 0;
  }

  /** @param remainingSeconds until no verifier of ours would accept the token any more */
  async add(tx: Transaction, jti: string, remainingSeconds: number): Promise<void> {
    await tx.query(INSERT, [jti, remainingSeconds]);
  }
}
