import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AccountLinking1700000000800 implements MigrationInterface {
  readonly name = 'AccountLinking1700000000800';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "auth_linked_account" (
        "id" uuid NOT NULL CONSTRAINT "auth_linked_account_pkey" PRIMARY KEY,
        "subject" text NOT NULL,
        "provider_id" text NOT NULL,
        "issuer" text NOT NULL,
        "account_id" text NOT NULL,
        "scopes" text[] NOT NULL DEFAULT '{}',
        "tokens" bytea,
        "access_expires_at" timestamptz,
        "refresh_expires_at" timestamptz,
        "version" integer NOT NULL DEFAULT 0,
        "lease_id" uuid,
        "lease_until" timestamptz,
        "created_at" timestamptz NOT NULL DEFAULT now(),
        "updated_at" timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT "auth_linked_account_identity_not_empty" CHECK ("issuer" <> '' AND "account_id" <> '')
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX "auth_linked_account_identity" ON "auth_linked_account" ("issuer", "account_id")`,
    );
    await runner.query(`CREATE INDEX "auth_linked_account_subject" ON "auth_linked_account" ("subject")`);
    await runner.query(`
      CREATE TABLE "auth_link_state" (
        "id" uuid NOT NULL CONSTRAINT "auth_link_state_pkey" PRIMARY KEY,
        "state_hash" bytea NOT NULL,
        "browser_hash" bytea NOT NULL,
        "provider_id" text NOT NULL,
        "route" text NOT NULL,
        "purpose" text NOT NULL,
        "subject" text,
        "session_id" text,
        "secrets" bytea NOT NULL,
        "scopes" text[] NOT NULL DEFAULT '{}',
        "requests_sign_up" boolean NOT NULL DEFAULT false,
        "callback_url" text NOT NULL,
        "new_user_callback_url" text,
        "error_callback_url" text,
        "created_at" timestamptz NOT NULL DEFAULT now(),
        "expires_at" timestamptz NOT NULL
      )`);
    await runner.query(`CREATE UNIQUE INDEX "auth_link_state_hash" ON "auth_link_state" ("state_hash")`);
    await runner.query(`CREATE INDEX "auth_link_state_expiry" ON "auth_link_state" ("expires_at")`);
    await runner.query(`CREATE INDEX "auth_link_state_subject" ON "auth_link_state" ("subject")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "auth_link_state"`);
    await runner.query(`DROP TABLE "auth_linked_account"`);
  }
}
