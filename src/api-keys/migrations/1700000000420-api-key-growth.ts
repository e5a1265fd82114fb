import type { MigrationInterface, QueryRunner } from 'typeorm';
import { PASSING_ROWS, resetStorage, setStorage } from '../../common/database/table-storage.js';

const STORAGE = {
  auth_api_key: PASSING_ROWS,
};

/** When to clean up. What limits and counters change has had its room on the pages since the table was made. */
export class ApiKeyGrowth1700000000420 implements MigrationInterface {
  readonly name = 'ApiKeyGrowth1700000000420';

  async up(runner: QueryRunner): Promise<void> {
    await setStorage(runner, STORAGE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await resetStorage(runner, STORAGE);
  }
}
