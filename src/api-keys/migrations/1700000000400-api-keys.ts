import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ApiKeys1700000000400 implements MigrationInterface {
  readonly name = 'ApiKeys1700000000400';

  async up(runner: QueryRunner): Promise<void> {
    // Leaves room on every page for the row versions that limits and usage counters write (HOT updates).
    await runner.query(`
      CREATE TABLE "auth_api_key" (
        "id" uuid NOT NULL CONSTRAINT "auth_api_key_pkey" PRIMARY KEY,
        "config_id" text NOT NULL,
        "hash" bytea NOT NULL,
        "prefix" text,
        "start" text NOT NULL,
        "name" text,
        "owner_kind" text NOT NULL,
        "owner_id" text NOT NULL,
        "created_by" text,
        "enabled" boolean NOT NULL DEFAULT true,
        "metadata" jsonb,
        "permissions" jsonb,
        "scopes" text[] NOT NULL DEFAULT '{}',
        "allowed_ips" text[] NOT NULL DEFAULT '{}',
        "rate_limit_enabled" boolean NOT NULL DEFAULT true,
        "rate_limit_window_ms" bigint,
        "rate_limit_max" integer,
        "window_started_at" timestamptz,
        "window_count" integer NOT NULL DEFAULT 0,
        "remaining" integer,
        "refill_amount" integer,
        "refill_interval_ms" bigint,
        "last_refill_at" timestamptz,
        "request_count" bigint NOT NULL DEFAULT 0,
        "last_request_at" timestamptz,
        "counter_id" uuid,
        "rotated_to" uuid,
        "rotated_from" uuid,
        "created_at" timestamptz NOT NULL DEFAULT now(),
        "updated_at" timestamptz NOT NULL DEFAULT now(),
        "expires_at" timestamptz,
        "revoked_at" timestamptz,
        "revoked_reason" text,
        "deleted_at" timestamptz
      ) WITH (fillfactor = 70)`);
    await runner.query(`CREATE UNIQUE INDEX "auth_api_key_hash" ON "auth_api_key" ("hash")`);
    await runner.query(`CREATE INDEX "auth_api_key_owner" ON "auth_api_key" ("owner_kind", "owner_id")`);
    await runner.query(`CREATE INDEX "auth_api_key_expiry" ON "auth_api_key" ("expires_at")`);
    await runner.query(`CREATE INDEX "auth_api_key_revoked" ON "auth_api_key" ("revoked_at")`);
    await runner.query(`CREATE INDEX "auth_api_key_counter" ON "auth_api_key" ("counter_id")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "auth_api_key"`);
  }
}
