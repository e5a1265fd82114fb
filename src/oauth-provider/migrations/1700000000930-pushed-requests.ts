import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Requests that clients push before a browser opens them (RFC 9126), and the key of DPoP that a code is bound to (RFC 9449 10). An older
 * version running beside this one inserts without these columns: its requests are open from the start.
 */
export class PushedRequests1700000000930 implements MigrationInterface {
  readonly name = 'PushedRequests1700000000930';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_authorization_request" ADD COLUMN "opened_at" timestamptz DEFAULT now()`);
    await runner.query(`ALTER TABLE "auth_authorization_code" ADD COLUMN "dpop_jkt" text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_authorization_code" DROP COLUMN "dpop_jkt"`);
    await runner.query(`ALTER TABLE "auth_authorization_request" DROP COLUMN "opened_at"`);
  }
}
