import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a code was granted for, more precisely than scopes say it (RFC 9396). */
export class CodeDetails1700000000950 implements MigrationInterface {
  readonly name = 'CodeDetails1700000000950';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_authorization_code" ADD COLUMN "authorization_details" jsonb`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_authorization_code" DROP COLUMN "authorization_details"`);
  }
}
