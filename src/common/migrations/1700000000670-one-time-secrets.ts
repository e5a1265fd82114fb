import type { MigrationInterface, QueryRunner } from 'typeorm';
import { PASSING_ROWS, setStorage } from '../database/table-storage.js';

/** Secrets that do something once. */
export class OneTimeSecrets1700000000670 implements MigrationInterface {
  readonly name = 'OneTimeSecrets1700000000670';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "auth_one_time_secret" (
        "id" uuid NOT NULL CONSTRAINT "auth_one_time_secret_pkey" PRIMARY KEY,
        "purpose" text NOT NULL,
        "subject" text NOT NULL,
        "hash" bytea NOT NULL,
        "facts" jsonb NOT NULL,
        "attempts" integer NOT NULL DEFAULT 0,
        "used_at" timestamptz,
        "expires_at" timestamptz NOT NULL,
        "created_at" timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`CREATE INDEX "auth_one_time_secret_hash" ON "auth_one_time_secret" ("hash")`);
    await runner.query(`CREATE INDEX "auth_one_time_secret_subject" ON "auth_one_time_secret" ("subject", "purpose")`);
    await runner.query(`CREATE INDEX "auth_one_time_secret_expiry" ON "auth_one_time_secret" ("expires_at")`);
    await setStorage(runner, { auth_one_time_secret: PASSING_ROWS });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "auth_one_time_secret"`);
  }
}
