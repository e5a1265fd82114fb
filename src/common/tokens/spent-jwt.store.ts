import { digestToBytes, sha256 } from '../crypto.js';
import type { Database, Statement } from '../database/database.js';

/** Inserted if absent, and the row says who was first: a look-up before it would let two nodes both say yes. */
const SPEND: Statement = {
  name: 'auth_spent_jwt_spend',
  text: `INSERT INTO auth_spent_jwt (hash, expires_at) VALUES ($1, now() + $2::int * interval '1 second')
         ON CONFLICT (hash) DO NOTHING RETURNING hash`,
};

/** A JWT that is good once. */
export interface SingleUseJwt {
  /** What it is, e.g. `dpop`. */
  readonly kind: string;
  /** What its `jti` is unique for: its issuer, or its key and address. */
  readonly maker: readonly string[];
  readonly jti: string;
}

/** JWTs of others that are good once, over all nodes. */
export class SpentJwtStore {
  constructor(private readonly database: Database) {}

  /**
   * @param remainingSeconds until nobody would take it any more
   * @returns false when it was used before
   */
  async spend({ kind, maker, jti }: SingleUseJwt, remainingSeconds: number): Promise<boolean> {
    const hash = digestToBytes(sha256(JSON.stringify([kind, ...maker, jti])));
    return (await this.database.query(SPEND, [hash, Math.ceil(remainingSeconds)])).length > 0;
  }
}
