import { digestToBytes, sha256 } from '../crypto.js';
import type { Database, Statement } from '../database/database.js';
import type { StatementPart } from '../database/statement-part.js';

/** Inserted if absent, and the row says who was first: a look-up before it would let two nodes both say yes. */
const SPEND: Statement = {
  name: 'auth_spent_jwt_spend',
  text: `INSERT INTO auth_spent_jwt (hash, expires_at) VALUES ($1, now() + $2::int * interval '1 second')
         ON CONFLICT (hash) DO NOTHING RETURNING hash`,
};
const IS_SPENT: Statement = {
  name: 'auth_spent_jwt_is_spent',
  text: 'SELECT hash FROM auth_spent_jwt WHERE hash = $1 AND expires_at > now()',
};
/** The same as `SPEND`, if the rest of a statement may happen. */
const SPENDING = (when: string) =>
  `INSERT INTO auth_spent_jwt (hash, expires_at) SELECT $1::bytea, now() + $2::int * interval '1 second' WHERE ${when}
   ON CONFLICT (hash) DO NOTHING RETURNING hash`;

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
  async spend(jwt: SingleUseJwt, remainingSeconds: number): Promise<boolean> {
    return (await this.database.query(SPEND, [hashOf(jwt), Math.ceil(remainingSeconds)])).length > 0;
  }

  /** The same inside the statement that writes what it is spent for, so that both happen or neither does. */
  spending(jwt: SingleUseJwt, remainingSeconds: number): StatementPart {
    return { name: 'auth_spent_jwt', text: SPENDING, values: [hashOf(jwt), Math.ceil(remainingSeconds)] };
  }

  /** Whether it was used. Decides nothing, since it may be used the next moment: for what must not be begun in vain. */
  async isSpent(jwt: SingleUseJwt): Promise<boolean> {
    return (await this.database.query(IS_SPENT, [hashOf(jwt)])).length > 0;
  }
}

function hashOf({ kind, maker, jti }: SingleUseJwt): Buffer {
  return digestToBytes(sha256(JSON.stringify([kind, ...maker, jti])));
}
