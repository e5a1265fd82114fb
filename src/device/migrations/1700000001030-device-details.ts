import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What devices ask for beyond scopes (RFC 9396). */
export class DeviceDetails1700000001030 implements MigrationInterface {
  readonly name = 'DeviceDetails1700000001030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_device_authorization" ADD COLUMN "authorization_details" jsonb`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_device_authorization" DROP COLUMN "authorization_details"`);
  }
}
