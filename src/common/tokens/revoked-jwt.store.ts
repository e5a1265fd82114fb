import type { Database, Statement } from '../database/database.js';
import type { Transaction } from '../database/transaction.js';
import { clientSubject } from '../subjects/client-subject.js';
import type { OwnJwt } from './own-jwt.js';

const FIND: Statement = { name: 'auth_revoked_jwt_find', text: 'SELECT jti FROM auth_revoked_jwt WHERE jti = $1' };
const INSERT: Statement = {
  name: 'auth_revoked_jwt_insert',
  text: `INSERT INTO auth_revoked_jwt (jti, expires_at) VALUES ($1, now() + $2::int * interval '1 second')
         ON CONFLICT (jti) DO NOTHING RETURNING jti`,
};
const OWN_LIVES: Statement = {
  name: 'auth_own_jwt_lives',
  text: `SELECT epoch FROM auth_subject WHERE subject = $1 AND epoch = $2 AND to_timestamp($3) > now()
           AND NOT EXISTS (SELECT FROM auth_revoked_jwt WHERE jti = $4)`,
};

/** Every statement about JWTs that were revoked, and about those that only their client or a revocation ends. */
export class RevokedJwtStore {
  constructor(private readonly database: Database) {}

  async has(jti: string): Promise<boolean> {
    return (await this.database.query(FIND, [jti])).length > 0;
  }

  /** Whether a client's own JWT is good: its client has not ended since, it has not expired, and it was not revoked. One statement. */
  async spares({ jti, clientId, epoch, exp }: OwnJwt): Promise<boolean> {
    return (await this.database.query(OWN_LIVES, [clientSubject(clientId), epoch, exp, jti])).length > 0;
  }

  /**
   * @param remainingSeconds until no verifier of ours would accept the token any more
   * @returns false when it was revoked before
   */
  async add(tx: Transaction, jti: string, remainingSeconds: number): Promise<boolean> {
    return (await tx.query(INSERT, [jti, remainingSeconds])).length > 0;
  }
}
