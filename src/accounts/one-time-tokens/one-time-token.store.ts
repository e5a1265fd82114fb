import { Injectable } from '@nestjs/common';
import { Database, type Statement } from '../../common/database/database.js';

const INSERT: Statement = {
  name: 'auth_one_time_token_insert',
  text: `INSERT INTO auth_one_time_token (token_hash, session_id, expires_at)
         SELECT $1, id, now() + $3::int * interval '1 second' FROM auth_session WHERE id = $2 AND expires_at > now()
         RETURNING session_id`,
};
const CONSUME: Statement = {
  name: 'auth_one_time_token_consume',
  text: 'DELETE FROM auth_one_time_token WHERE token_hash = $1 AND expires_at > now() RETURNING session_id',
};

/** Every statement about one-time tokens. */
@Injectable()
export class OneTimeTokenStore {
  constructor(private readonly database: Database) {}

  /** @returns false when the session has ended */
  async insert(tokenHash: Buffer, sessionId: string, lifetimeSeconds: number): Promise<boolean> {
    return (await this.database.query(INSERT, [tokenHash, sessionId, lifetimeSeconds])).length > 0;
  }

  /** Spends the token, whether or not a session starts. @returns the session it was made from; null when it is unknown, spent or expired */
  async consume(tokenHash: Buffer): Promise<string | null> {
    const [row] = await this.database.query<{ session_id: string }>(CONSUME, [tokenHash]);
    return row?.session_id ?? null;
  }
}
