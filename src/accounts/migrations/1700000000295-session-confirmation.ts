import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The keys that sessions are bound to. */
export class SessionConfirmation1700000000295 implements MigrationInterface {
  readonly name = 'SessionConfirmation1700000000295';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_session" ADD COLUMN "confirmation" jsonb`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_session" DROP COLUMN "confirmation"`);
  }
}
