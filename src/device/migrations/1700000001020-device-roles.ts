import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Roles of users, which the tokens of a device tell. */
export class DeviceRoles1700000001020 implements MigrationInterface {
  readonly name = 'DeviceRoles1700000001020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_device_authorization" ADD COLUMN "roles" text[] NOT NULL DEFAULT '{}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_device_authorization" DROP COLUMN "roles"`);
  }
}
