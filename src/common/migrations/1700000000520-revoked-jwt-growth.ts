import type { MigrationInterface, QueryRunner } from 'typeorm';
import { PASSING_ROWS, resetStorage, setStorage } from '../database/table-storage.js';

const STORAGE = {
  auth_revoked_jwt: PASSING_ROWS,
};

/** When to clean up a table whose rows come and go. */
export class RevokedJwtGrowth1700000000520 implements MigrationInterface {
  readonly name = 'RevokedJwtGrowth1700000000520';

  async up(runner: QueryRunner): Promise<void> {
    await setStorage(runner, STORAGE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await resetStorage(runner, STORAGE);
  }
}
