import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changedRows, PASSING_ROWS, resetStorage, setStorage } from '../database/table-storage.js';

const STORAGE = {
  auth_token: changedRows(10),
  auth_token_family: PASSING_ROWS,
  auth_rate_limit: changedRows(30),
};

/** For tables of millions of rows: indexes for the sweeper, and when to clean up. */
export class CommonGrowth1700000000650 implements MigrationInterface {
  readonly name = 'CommonGrowth1700000000650';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX "auth_rate_limit_expiry" ON "auth_rate_limit" ("expire")`);
    await runner.query(
      `CREATE INDEX "auth_subject_forgotten" ON "auth_subject" ("forgotten_at") WHERE "forgotten_at" IS NOT NULL`,
    );
    await setStorage(runner, STORAGE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await resetStorage(runner, STORAGE);
    await runner.query(`DROP INDEX "auth_subject_forgotten"`);
    await runner.query(`DROP INDEX "auth_rate_limit_expiry"`);
  }
}
