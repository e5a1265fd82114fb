import type { MigrationInterface, QueryRunner } from 'typeorm';
import { PASSING_ROWS, setStorage } from '../database/table-storage.js';

/** Orders to write to somebody. */
export class Mail1700000000660 implements MigrationInterface {
  readonly name = 'Mail1700000000660';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "auth_mail" (
        "id" uuid NOT NULL CONSTRAINT "auth_mail_pkey" PRIMARY KEY,
        "kind" text NOT NULL,
        "subject" text NOT NULL,
        "facts" jsonb NOT NULL,
        "language" text,
        "attempts" integer NOT NULL DEFAULT 0,
        "next_attempt_at" timestamptz DEFAULT now(),
        "last_error" text,
        "expires_at" timestamptz NOT NULL,
        "created_at" timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(
      `CREATE INDEX "auth_mail_due" ON "auth_mail" ("next_attempt_at") WHERE "next_attempt_at" IS NOT NULL`,
    );
    await runner.query(`CREATE INDEX "auth_mail_subject" ON "auth_mail" ("subject")`);
    await runner.query(`CREATE INDEX "auth_mail_age" ON "auth_mail" ("created_at")`);
    await setStorage(runner, { auth_mail: PASSING_ROWS });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "auth_mail"`);
  }
}
