import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Codes that hand a session to an app or a site that cannot keep our cookie. */
export class OneTimeTokens1700000000240 implements MigrationInterface {
  readonly name = 'OneTimeTokens1700000000240';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "auth_one_time_token" (
        "token_hash" bytea NOT NULL,
        "session_id" uuid NOT NULL,
        "expires_at" timestamptz NOT NULL,
        CONSTRAINT "auth_one_time_token_pkey" PRIMARY KEY ("token_hash"))`);
    await runner.query(`CREATE INDEX "auth_one_time_token_expiry" ON "auth_one_time_token" ("expires_at")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "auth_one_time_token"`);
  }
}
