import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How much of what a window has counted is held in the memory of some process, and what the last spending took. */
export class Permits1700000000410 implements MigrationInterface {
  readonly name = 'Permits1700000000410';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE "auth_api_key" ADD COLUMN "window_held" integer NOT NULL DEFAULT 0, ADD COLUMN "window_taken" integer NOT NULL DEFAULT 0`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_api_key" DROP COLUMN "window_held", DROP COLUMN "window_taken"`);
  }
}
