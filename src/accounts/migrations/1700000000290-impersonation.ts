import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sessions in which an administrator acts as a user. */
export class Impersonation1700000000290 implements MigrationInterface {
  readonly name = 'Impersonation1700000000290';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE "auth_session"
        ADD COLUMN "impersonated_by" text,
        ADD COLUMN "parent_id" uuid`);
    await runner.query(
      `CREATE INDEX "auth_session_parent" ON "auth_session" ("parent_id") WHERE "parent_id" IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX "auth_session_parent"`);
    await runner.query(`ALTER TABLE "auth_session" DROP COLUMN "parent_id", DROP COLUMN "impersonated_by"`);
  }
}
