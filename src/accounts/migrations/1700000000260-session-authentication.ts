import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When the user last proved who they are, and their roles. Live sessions keep the time of their sign-in. */
export class SessionAuthentication1700000000260 implements MigrationInterface {
  readonly name = 'SessionAuthentication1700000000260';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE "auth_session"
        ADD COLUMN "authenticated_at" timestamptz NOT NULL DEFAULT now(),
        ADD COLUMN "roles" text[] NOT NULL DEFAULT '{}'`);
    await runner.query(`UPDATE "auth_session" SET "authenticated_at" = "created_at"`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_session" DROP COLUMN "roles", DROP COLUMN "authenticated_at"`);
  }
}
