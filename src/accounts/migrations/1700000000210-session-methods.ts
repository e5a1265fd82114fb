import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How the user proved who they are (RFC 8176). Empty for earlier sessions. */
export class SessionMethods1700000000210 implements MigrationInterface {
  readonly name = 'SessionMethods1700000000210';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_session" ADD COLUMN "amr" text[] NOT NULL DEFAULT '{}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_session" DROP COLUMN "amr"`);
  }
}
