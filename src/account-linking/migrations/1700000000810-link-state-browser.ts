import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A provider redirect looks for others of its browser. */
export class LinkStateBrowser1700000000810 implements MigrationInterface {
  readonly name = 'LinkStateBrowser1700000000810';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX "auth_link_state_browser" ON "auth_link_state" ("browser_hash")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX "auth_link_state_browser"`);
  }
}
