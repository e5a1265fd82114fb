import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changedRows, PASSING_ROWS, setStorage } from '../../common/database/table-storage.js';

export class Passkeys1700000001200 implements MigrationInterface {
  readonly name = 'Passkeys1700000001200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "auth_passkey" (
        "id" uuid NOT NULL CONSTRAINT "auth_passkey_pkey" PRIMARY KEY,
        "subject" text NOT NULL,
        "credential_id" bytea NOT NULL,
        "public_key" bytea NOT NULL,
        "counter" bigint NOT NULL DEFAULT 0,
        "name" text,
        "multi_device" boolean NOT NULL,
        "backed_up" boolean NOT NULL,
        "user_verified" boolean NOT NULL,
        "transports" text[] NOT NULL DEFAULT '{}',
        "aaguid" uuid NOT NULL,
        "created_at" timestamptz NOT NULL DEFAULT now(),
        "last_used_at" timestamptz,
        CONSTRAINT "auth_passkey_counter_not_negative" CHECK ("counter" >= 0)
      )`);
    await runner.query(`CREATE UNIQUE INDEX "auth_passkey_credential" ON "auth_passkey" ("credential_id")`);
    await runner.query(`CREATE INDEX "auth_passkey_subject" ON "auth_passkey" ("subject", "created_at")`);
    await runner.query(`
      CREATE TABLE "auth_passkey_holder" (
        "subject" text NOT NULL CONSTRAINT "auth_passkey_holder_pkey" PRIMARY KEY,
        "handle" bytea NOT NULL
      )`);
    await runner.query(`CREATE UNIQUE INDEX "auth_passkey_holder_handle" ON "auth_passkey_holder" ("handle")`);
    await runner.query(`
      CREATE TABLE "auth_passkey_challenge" (
        "challenge_hash" bytea NOT NULL CONSTRAINT "auth_passkey_challenge_pkey" PRIMARY KEY,
        "browser_hash" bytea NOT NULL,
        "ceremony" text NOT NULL,
        "subject" text,
        "created_at" timestamptz NOT NULL DEFAULT now(),
        "expires_at" timestamptz NOT NULL
      )`);
    await runner.query(
      `CREATE INDEX "auth_passkey_challenge_browser" ON "auth_passkey_challenge" ("browser_hash", "created_at")`,
    );
    await runner.query(`CREATE INDEX "auth_passkey_challenge_expiry" ON "auth_passkey_challenge" ("expires_at")`);
    await runner.query(`CREATE INDEX "auth_passkey_challenge_subject" ON "auth_passkey_challenge" ("subject")`);
    await setStorage(runner, { auth_passkey: changedRows(20), auth_passkey_challenge: PASSING_ROWS });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['auth_passkey_challenge', 'auth_passkey_holder', 'auth_passkey'])
      await runner.query(`DROP TABLE "${table}"`);
  }
}
