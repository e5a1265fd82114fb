import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Roles of users, which the tokens of a code tell. */
export class CodeRoles1700000000920 implements MigrationInterface {
  readonly name = 'CodeRoles1700000000920';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_authorization_code" ADD COLUMN "roles" text[] NOT NULL DEFAULT '{}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_authorization_code" DROP COLUMN "roles"`);
  }
}
