import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Roles of users. */
export class UserRoles1700000000310 implements MigrationInterface {
  readonly name = 'UserRoles1700000000310';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_user" ADD COLUMN "roles" text[] NOT NULL DEFAULT '{}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_user" DROP COLUMN "roles"`);
  }
}
