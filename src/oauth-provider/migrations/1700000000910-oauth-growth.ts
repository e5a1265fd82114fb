import type { MigrationInterface, QueryRunner } from 'typeorm';
import { changedRows, PASSING_ROWS, resetStorage, setStorage } from '../../common/database/table-storage.js';

const STORAGE = {
  auth_authorization_request: changedRows(20),
  auth_authorization_code: changedRows(15),
  auth_client_assertion: PASSING_ROWS,
  auth_client_session: PASSING_ROWS,
  auth_logout_delivery: PASSING_ROWS,
};

/** For tables of millions of rows: indexes for the sweeper and for the end of a client, and when to clean up. */
export class OAuthGrowth1700000000910 implements MigrationInterface {
  readonly name = 'OAuthGrowth1700000000910';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX "auth_client_session_created" ON "auth_client_session" ("created_at")`);
    await runner.query(`CREATE INDEX "auth_logout_delivery_created" ON "auth_logout_delivery" ("created_at")`);
    await runner.query(
      `CREATE INDEX "auth_logout_delivery_client" ON "auth_logout_delivery" ("client_id", "next_attempt_at")`,
    );
    await setStorage(runner, STORAGE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await resetStorage(runner, STORAGE);
    for (const index of ['auth_logout_delivery_client', 'auth_logout_delivery_created', 'auth_client_session_created'])
      await runner.query(`DROP INDEX "${index}"`);
  }
}
