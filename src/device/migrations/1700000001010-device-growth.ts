import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changedRows, resetStorage, setStorage } from '../../common/database/table-storage.js';

const STORAGE = {
  auth_device_authorization: changedRows(30),
};

/** When to clean up a table whose rows come, change with every poll, and go. */
export class DeviceGrowth1700000001010 implements MigrationInterface {
  readonly name = 'DeviceGrowth1700000001010';

  async up(runner: QueryRunner): Promise<void> {
    await setStorage(runner, STORAGE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await resetStorage(runner, STORAGE);
  }
}
