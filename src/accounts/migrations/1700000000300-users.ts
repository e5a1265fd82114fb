import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The default user table. Not for hosts that have their own users. */
export class Users1700000000300 implements MigrationInterface {
  readonly name = 'Users1700000000300';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "auth_user" (
        "id" text NOT NULL CONSTRAINT "auth_user_pkey" PRIMARY KEY,
        "email" text NOT NULL,
        "email_verified" boolean NOT NULL DEFAULT false,
        "name" text NOT NULL,
        "image" text,
        "password_hash" text,
        "claims" jsonb NOT NULL DEFAULT '{}',
        "created_at" timestamptz NOT NULL DEFAULT now(),
        "updated_at" timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`CREATE UNIQUE INDEX "auth_user_email" ON "auth_user" ("email")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "auth_user"`);
  }
}
