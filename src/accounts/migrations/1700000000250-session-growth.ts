import type { MigrationInterface, QueryRunner } from 'typeorm';
import { PASSING_ROWS, resetStorage, setStorage } from '../../common/database/table-storage.js';

const STORAGE = {
  auth_session: PASSING_ROWS,
  auth_one_time_token: PASSING_ROWS,
};

/** When to clean up tables whose rows come and go. */
export class SessionGrowth1700000000250 implements MigrationInterface {
  readonly name = 'SessionGrowth1700000000250';

  async up(runner: QueryRunner): Promise<void> {
    await setStorage(runner, STORAGE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await resetStorage(runner, STORAGE);
  }
}
