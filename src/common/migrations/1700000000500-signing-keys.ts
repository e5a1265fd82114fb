import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Signing keys, for hosts whose capabilities sign tokens. */
export class SigningKeys1700000000500 implements MigrationInterface {
  readonly name = 'SigningKeys1700000000500';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "auth_signing_key" (
        "kid" text NOT NULL CONSTRAINT "auth_signing_key_pkey" PRIMARY KEY,
        "algorithm" text NOT NULL,
        "public_jwk" jsonb,
        "private_key" bytea,
        "active_from" timestamptz,
        "longest_token_seconds" integer NOT NULL,
        "retires_at" timestamptz,
        "revoked_at" timestamptz,
        "created_at" timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX "auth_signing_key_active" ON "auth_signing_key" ("algorithm", "active_from")`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "auth_signing_key"');
  }
}
