import { Injectable } from '@nestjs/common';
import { Database, type Statement } from '../../common/database/database.js';

const INSERT: Statement = {
  name: 'auth_one_time_token_insert',
  text: `INSERT INTO auth_one_time_token (token_hash, session_id, audience, expires_at)
         SELECT $1, id, $4::text, now() + $3::int * interval '1 second' FROM auth_session WHERE id = $2 AND expires_at > now()
         RETURNING session_id`,
};
const CONSUME: Statement = {
  name: 'auth_one_time_token_consume',
  text: 'DELETE FROM auth_one_time_token WHERE token_hash = $1 AND expires_at > now() RETURNING session_id, audience',
};

/** What a token was made from, and for whom. */
export interface RedeemedRow {
  session_id: string;
  audience: string | null;
}

/** Every statement about one-time tokens. */
@Injectable()
export class OneTimeTokenStore {
  constructor(private readonly database: Database) {}

  /** @returns false when the session has ended */
  async insert(
    tokenHash: Buffer,
    sessionId: string,
    { lifetimeSeconds, audience }: { readonly lifetimeSeconds: number; readonly audience: string | null },
  ): Promise<boolean> {
    return (await this.database.query(INSERT, [tokenHash, sessionId, lifetimeSeconds, audience])).length > 0;
  }

  /** Spends the token, whether or not a session starts. @returns null when it is unknown, spent or expired */
  async consume(tokenHash: Buffer): Promise<RedeemedRow | null> {
    const [row] = await this.database.query<RedeemedRow>(CONSUME, [tokenHash]);
    return row ?? null;
  }
}
