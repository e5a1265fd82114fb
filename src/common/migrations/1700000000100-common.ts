import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Subjects, token families, tokens, and the counters of rate limits. */
export class Common1700000000100 implements MigrationInterface {
  readonly name = 'Common1700000000100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "auth_subject" (
        "subject" text NOT NULL CONSTRAINT "auth_subject_pkey" PRIMARY KEY,
        "epoch" integer NOT NULL DEFAULT 0,
        "disabled_at" timestamptz,
        "forgotten_at" timestamptz,
        "created_at" timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE TABLE "auth_token_family" (
        "id" uuid NOT NULL CONSTRAINT "auth_token_family_pkey" PRIMARY KEY,
        "subject" text NOT NULL,
        "subject_kind" text NOT NULL DEFAULT 'user',
        "client_id" text,
        "session_id" text,
        "source" text NOT NULL,
        "source_id" text,
        "scopes" text[] NOT NULL,
        "audience" text[] NOT NULL DEFAULT '{}',
        "authenticated_at" timestamptz,
        "created_at" timestamptz NOT NULL DEFAULT now(),
        "expires_at" timestamptz NOT NULL,
        "revoked_at" timestamptz,
        "revoked_reason" text
      )`);
    await runner.query(`CREATE INDEX "auth_token_family_subject" ON "auth_token_family" ("subject")`);
    await runner.query(`CREATE INDEX "auth_token_family_session" ON "auth_token_family" ("session_id")`);
    await runner.query(`CREATE INDEX "auth_token_family_client" ON "auth_token_family" ("client_id")`);
    await runner.query(`CREATE INDEX "auth_token_family_source" ON "auth_token_family" ("source_id")`);
    await runner.query(`CREATE INDEX "auth_token_family_expiry" ON "auth_token_family" ("expires_at")`);
    await runner.query(`
      CREATE TABLE "auth_token" (
        "id" uuid NOT NULL CONSTRAINT "auth_token_pkey" PRIMARY KEY,
        "family_id" uuid NOT NULL
          CONSTRAINT "auth_token_family_fkey" REFERENCES "auth_token_family" ("id") ON DELETE CASCADE,
        "parent_id" uuid,
        "kind" text NOT NULL,
        "hash" bytea NOT NULL,
        "scopes" text[] NOT NULL,
        "audience" text[] NOT NULL DEFAULT '{}',
        "created_at" timestamptz NOT NULL DEFAULT now(),
        "expires_at" timestamptz NOT NULL,
        "consumed_at" timestamptz,
        "successor" bytea,
        "revoked_at" timestamptz
      )`);
    await runner.query(`CREATE UNIQUE INDEX "auth_token_hash" ON "auth_token" ("hash")`);
    await runner.query(`CREATE INDEX "auth_token_family_id" ON "auth_token" ("family_id")`);
    await runner.query(`CREATE INDEX "auth_token_expiry" ON "auth_token" ("expires_at")`);
    await runner.query(`
      CREATE TABLE "auth_rate_limit" (
        "key" varchar(255) NOT NULL CONSTRAINT "auth_rate_limit_pkey" PRIMARY KEY,
        "points" integer NOT NULL DEFAULT 0,
        "expire" bigint
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['auth_rate_limit', 'auth_token', 'auth_token_family', 'auth_subject']) {
      await runner.query(`DROP TABLE "${table}"`);
    }
  }
}
