import type { MigrationInterface, QueryRunner } from 'typeorm';

export class TwoFactor1700000001100 implements MigrationInterface {
  readonly name = 'TwoFactor1700000001100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "auth_two_factor" (
        "subject" text NOT NULL CONSTRAINT "auth_two_factor_pkey" PRIMARY KEY,
        "secret" bytea,
        "pending_secret" bytea,
        "pending_at" timestamptz,
        "last_step" integer NOT NULL DEFAULT 0,
        "mail_codes" boolean NOT NULL DEFAULT false,
        "failures" integer NOT NULL DEFAULT 0,
        "locked_until" timestamptz,
        "enabled_at" timestamptz
      )`);
    await runner.query(`
      CREATE TABLE "auth_backup_code" (
        "id" uuid NOT NULL CONSTRAINT "auth_backup_code_pkey" PRIMARY KEY,
        "subject" text NOT NULL,
        "hash" bytea NOT NULL,
        "pending" boolean NOT NULL,
        "used_at" timestamptz
      )`);
    await runner.query(`CREATE UNIQUE INDEX "auth_backup_code_hash" ON "auth_backup_code" ("subject", "hash")`);
    await runner.query(`
      CREATE TABLE "auth_two_factor_challenge" (
        "hash" bytea NOT NULL CONSTRAINT "auth_two_factor_challenge_pkey" PRIMARY KEY,
        "subject" text NOT NULL,
        "epoch" integer NOT NULL,
        "amr" text[] NOT NULL,
        "remember" boolean NOT NULL,
        "enrols" boolean NOT NULL,
        "attempts" integer NOT NULL DEFAULT 0,
        "sends" integer NOT NULL DEFAULT 0,
        "used_at" timestamptz,
        "expires_at" timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX "auth_two_factor_challenge_subject" ON "auth_two_factor_challenge" ("subject")`);
    await runner.query(`CREATE INDEX "auth_two_factor_challenge_expiry" ON "auth_two_factor_challenge" ("expires_at")`);
    await runner.query(`
      CREATE TABLE "auth_trusted_device" (
        "id" uuid NOT NULL CONSTRAINT "auth_trusted_device_pkey" PRIMARY KEY,
        "hash" bytea NOT NULL,
        "subject" text NOT NULL,
        "user_agent" text,
        "created_at" timestamptz NOT NULL DEFAULT now(),
        "last_used_at" timestamptz NOT NULL DEFAULT now(),
        "expires_at" timestamptz NOT NULL
      )`);
    await runner.query(`CREATE UNIQUE INDEX "auth_trusted_device_hash" ON "auth_trusted_device" ("hash")`);
    await runner.query(`CREATE INDEX "auth_trusted_device_subject" ON "auth_trusted_device" ("subject")`);
    await runner.query(`CREATE INDEX "auth_trusted_device_expiry" ON "auth_trusted_device" ("expires_at")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['auth_trusted_device', 'auth_two_factor_challenge', 'auth_backup_code', 'auth_two_factor'])
      await runner.query(`DROP TABLE "${table}"`);
  }
}
