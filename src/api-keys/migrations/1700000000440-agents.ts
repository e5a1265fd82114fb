import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keys that are made for agents, and keys that were delegated from another one. */
export class Agents1700000000440 implements MigrationInterface {
  readonly name = 'Agents1700000000440';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_api_key" ADD COLUMN "agent" jsonb, ADD COLUMN "delegated_from" uuid`);
    await runner.query(
      `CREATE INDEX "auth_api_key_delegated" ON "auth_api_key" ("delegated_from") WHERE delegated_from IS NOT NULL`,
    );
    await runner.query(
      `CREATE INDEX "auth_api_key_delegated_expiry" ON "auth_api_key" ("expires_at") WHERE delegated_from IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX "auth_api_key_delegated_expiry"`);
    await runner.query(`DROP INDEX "auth_api_key_delegated"`);
    await runner.query(`ALTER TABLE "auth_api_key" DROP COLUMN "delegated_from", DROP COLUMN "agent"`);
  }
}
