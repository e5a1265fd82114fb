import { Injectable } from '@nestjs/common';
import { Database, type Statement } from '../../../common/database/database.js';

const SPEND: Statement = {
  name: 'auth_client_assertion_spend',
  text: `INSERT INTO auth_client_assertion (hash, expires_at) VALUES ($1, to_timestamp($2::float8))
         ON CONFLICT (hash) DO NOTHING RETURNING hash`,
};

/** Every statement about assertions that were used. */
@Injectable()
export class ClientAssertionStore {
  constructor(private readonly database: Database) {}

  /**
   * Uses an assertion up, alone among all processes.
   * @param expiresAtSeconds since 1970: until when it would be taken
   * @returns false when it was used before
   */
  async spend(hash: Buffer, expiresAtSeconds: number): Promise<boolean> {
    return (await this.database.query(SPEND, [hash, expiresAtSeconds])).length > 0;
  }
}
