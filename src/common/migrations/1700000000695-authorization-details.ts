import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What tokens allow, more precisely than scopes say it (RFC 9396). */
export class AuthorizationDetails1700000000695 implements MigrationInterface {
  readonly name = 'AuthorizationDetails1700000000695';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_token" ADD COLUMN "authorization_details" jsonb`);
    await runner.query(`ALTER TABLE "auth_token_family" ADD COLUMN "authorization_details" jsonb`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_token_family" DROP COLUMN "authorization_details"`);
    await runner.query(`ALTER TABLE "auth_token" DROP COLUMN "authorization_details"`);
  }
}
