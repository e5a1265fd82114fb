import type { MigrationInterface, QueryRunner } from 'typeorm';
import { PASSING_ROWS, setStorage } from '../database/table-storage.js';

/** What tokens are bound to, when an unused refresh token ends, and the JWTs of others that are good once. */
export class SenderConstraint1700000000680 implements MigrationInterface {
  readonly name = 'SenderConstraint1700000000680';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE "auth_token" ADD COLUMN "confirmation" jsonb, ADD COLUMN "idle_expires_at" timestamptz`,
    );
    await runner.query(`ALTER TABLE "auth_token_family" ADD COLUMN "confirmation" jsonb`);
    await runner.query(`
      CREATE TABLE "auth_spent_jwt" (
        "hash" bytea NOT NULL CONSTRAINT "auth_spent_jwt_pkey" PRIMARY KEY,
        "expires_at" timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX "auth_spent_jwt_expiry" ON "auth_spent_jwt" ("expires_at")`);
    await setStorage(runner, { auth_spent_jwt: PASSING_ROWS });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "auth_spent_jwt"`);
    await runner.query(`ALTER TABLE "auth_token_family" DROP COLUMN "confirmation"`);
    await runner.query(`ALTER TABLE "auth_token" DROP COLUMN "idle_expires_at", DROP COLUMN "confirmation"`);
  }
}
