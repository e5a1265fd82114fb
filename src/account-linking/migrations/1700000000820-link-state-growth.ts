import type { MigrationInterface, QueryRunner } from 'typeorm';
import { PASSING_ROWS, resetStorage, setStorage } from '../../common/database/table-storage.js';

const STORAGE = {
  auth_link_state: PASSING_ROWS,
};

/** When to clean up a table whose rows come and go. */
export class LinkStateGrowth1700000000820 implements MigrationInterface {
  readonly name = 'LinkStateGrowth1700000000820';

  async up(runner: QueryRunner): Promise<void> {
    await setStorage(runner, STORAGE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await resetStorage(runner, STORAGE);
  }
}
