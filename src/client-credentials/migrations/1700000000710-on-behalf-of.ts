import type { MigrationInterface, QueryRunner } from 'typeorm';
import { PASSING_ROWS, resetStorage, setStorage } from '../../common/database/table-storage.js';

const STORAGE = { auth_client_credential: PASSING_ROWS };

/** Tokens that this server fetched for users, and what they end with. */
export class OnBehalfOf1700000000710 implements MigrationInterface {
  readonly name = 'OnBehalfOf1700000000710';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE "auth_client_credential"
        ADD COLUMN "failure_facts" jsonb,
        ADD COLUMN "ends_with" text[],
        ADD COLUMN "delete_after" timestamptz`);
    await runner.query(`
      CREATE INDEX "auth_client_credential_ends_with" ON "auth_client_credential" USING gin ("ends_with")
        WHERE "ends_with" IS NOT NULL`);
    await runner.query(`
      CREATE INDEX "auth_client_credential_delete_after" ON "auth_client_credential" ("delete_after")
        WHERE "delete_after" IS NOT NULL`);
    await runner.query(`
      CREATE INDEX "auth_client_credential_own" ON "auth_client_credential" ("updated_at") WHERE "ends_with" IS NULL`);
    await setStorage(runner, STORAGE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await resetStorage(runner, STORAGE);
    // Nobody would end them, and a server of before reads no row of a user.
    await runner.query(`DELETE FROM "auth_client_credential" WHERE "ends_with" IS NOT NULL`);
    await runner.query(`DROP INDEX "auth_client_credential_own"`);
    await runner.query(`
      ALTER TABLE "auth_client_credential"
        DROP COLUMN "delete_after", DROP COLUMN "ends_with", DROP COLUMN "failure_facts"`);
  }
}
