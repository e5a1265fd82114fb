import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For which origin a one-time token was made. */
export class OneTimeTokenAudience1700000000280 implements MigrationInterface {
  readonly name = 'OneTimeTokenAudience1700000000280';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_one_time_token" ADD COLUMN "audience" text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_one_time_token" DROP COLUMN "audience"`);
  }
}
