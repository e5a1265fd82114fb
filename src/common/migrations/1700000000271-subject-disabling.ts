import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Why a subject is disabled, and until when. */
export class SubjectDisabling1700000000271 implements MigrationInterface {
  readonly name = 'SubjectDisabling1700000000271';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE "auth_subject"
        ADD COLUMN "disabled_reason" text,
        ADD COLUMN "disabled_until" timestamptz`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_subject" DROP COLUMN "disabled_until", DROP COLUMN "disabled_reason"`);
  }
}
