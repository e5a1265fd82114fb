import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Sessions1700000000200 implements MigrationInterface {
  readonly name = 'Sessions1700000000200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "auth_session" (
        "id" uuid NOT NULL CONSTRAINT "auth_session_pkey" PRIMARY KEY,
        "token_hash" bytea NOT NULL,
        "subject" text NOT NULL,
        "scopes" text[] NOT NULL DEFAULT '{}',
        "remember" boolean NOT NULL DEFAULT true,
        "ip_address" text,
        "user_agent" text,
        "created_at" timestamptz NOT NULL DEFAULT now(),
        "updated_at" timestamptz NOT NULL DEFAULT now(),
        "expires_at" timestamptz NOT NULL
      )`);
    await runner.query(`CREATE UNIQUE INDEX "auth_session_token" ON "auth_session" ("token_hash")`);
    await runner.query(`CREATE INDEX "auth_session_subject" ON "auth_session" ("subject")`);
    await runner.query(`CREATE INDEX "auth_session_expiry" ON "auth_session" ("expires_at")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "auth_session"`);
  }
}
