import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changedRows, resetStorage, setStorage } from '../../common/database/table-storage.js';

/** A day's row is changed once a minute while its key is used. */
const STORAGE = { auth_api_key_usage: changedRows(30) };

/** How often each key was used on each day. */
export class ApiKeyUsage1700000000430 implements MigrationInterface {
  readonly name = 'ApiKeyUsage1700000000430';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE "auth_api_key_usage" (
        "key_id" uuid NOT NULL,
        "day" date NOT NULL,
        "requests" integer NOT NULL,
        CONSTRAINT "auth_api_key_usage_pkey" PRIMARY KEY ("key_id", "day")
      )`,
    );
    await runner.query(`CREATE INDEX "auth_api_key_usage_day" ON "auth_api_key_usage" ("day")`);
    await setStorage(runner, STORAGE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await resetStorage(runner, STORAGE);
    await runner.query(`DROP TABLE "auth_api_key_usage"`);
  }
}
