import type { MigrationInterface, QueryRunner } from 'typeorm';
import { PASSING_ROWS, setStorage } from '../../common/database/table-storage.js';

/** From which kinds of devices users have signed in. */
export class KnownDevices1700000000270 implements MigrationInterface {
  readonly name = 'KnownDevices1700000000270';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "auth_known_device" (
        "device" bytea NOT NULL,
        "subject" text NOT NULL,
        "seen_at" timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT "auth_known_device_pkey" PRIMARY KEY ("device"))`);
    await runner.query(`CREATE INDEX "auth_known_device_subject" ON "auth_known_device" ("subject")`);
    await runner.query(`CREATE INDEX "auth_known_device_age" ON "auth_known_device" ("seen_at")`);
    await setStorage(runner, { auth_known_device: PASSING_ROWS });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "auth_known_device"`);
  }
}
