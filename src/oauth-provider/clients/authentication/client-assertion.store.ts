import { Injectable } from '@nestjs/common';
import { Database, type Statement } from '../../../common/database/database.js';

const SPEND: Statement = {
  name: 'auth_client_assertion_spend',
  text: `INSERT INTO auth_client_assertion (hash, expires_at) VALUES ($1, to_timestamp($2::float8))
         ON CONFLICT (hash) DO NOTHING RETURNING hash`,
};

/** Every statement about used assertions. */
@Injectable()
export class ClientAssertionStore {
  constructor(private readonly database: Database) {}

  /**
   * Marks an assertion as used; only one caller in all processes succeeds.
   * @param expiresAtSeconds since 1970: until when it would be accepted
   * @returns false when it was used before
   */
  async spend(hash: Buffer, expiresAtSeconds: number): Promise<boolean> {
    return (await this.database.query(SPEND, [hash, expiresAtSeconds])).length > 0;
  }
}
