import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tokens that this server fetched from other servers. */
export class ClientCredentials1700000000700 implements MigrationInterface {
  readonly name = 'ClientCredentials1700000000700';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "auth_client_credential" (
        "id" uuid NOT NULL CONSTRAINT "auth_client_credential_pkey" PRIMARY KEY,
        "application_name" text NOT NULL,
        "configuration" bytea NOT NULL,
        "access_token" bytea,
        "scope" text,
        "lifetime_seconds" integer,
        "expires_at" timestamptz,
        "lease_id" uuid,
        "leased_at" timestamptz,
        "lease_expires_at" timestamptz,
        "failure" text,
        "failed_until" timestamptz,
        "created_at" timestamptz NOT NULL DEFAULT now(),
        "updated_at" timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX "auth_client_credential_application"
        ON "auth_client_credential" ("application_name", "configuration")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "auth_client_credential"`);
  }
}
