import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds users by the beginning of an address, a name or an id, and by role. In the order of bytes, which every beginning is a range of. */
export class UserSearch1700000000320 implements MigrationInterface {
  readonly name = 'UserSearch1700000000320';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX "auth_user_by_email" ON "auth_user" ("email" COLLATE "C", "id" COLLATE "C")`);
    await runner.query(`CREATE INDEX "auth_user_by_name" ON "auth_user" (lower("name") COLLATE "C", "id" COLLATE "C")`);
    await runner.query(`CREATE INDEX "auth_user_by_id" ON "auth_user" ("id" COLLATE "C")`);
    await runner.query(`CREATE INDEX "auth_user_by_creation" ON "auth_user" ("created_at", "id")`);
    await runner.query(`CREATE INDEX "auth_user_by_role" ON "auth_user" USING gin ("roles")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const by of ['role', 'creation', 'id', 'name', 'email']) await runner.query(`DROP INDEX "auth_user_by_${by}"`);
  }
}
