import type { MigrationInterface, QueryRunner } from 'typeorm';

const PARTIAL: readonly (readonly [index: string, table: string, column: string, further?: string])[] = [
  ['auth_token_family_session', 'auth_token_family', 'session_id'],
  ['auth_token_family_client', 'auth_token_family', 'client_id'],
  ['auth_token_family_source', 'auth_token_family', 'source_id'],
  // By time, since each refresh counts those of the last minute, and a family lives for weeks.
  ['auth_token_family_id', 'auth_token', 'family_id', ', "created_at"'],
];

/** The epoch of its client in each token family; a client's own token without a family; no index entries for what is null; no foreign key (ADR 18). */
export class ClientEpoch1700000000610 implements MigrationInterface {
  readonly name = 'ClientEpoch1700000000610';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_token_family" ADD COLUMN "client_epoch" integer`);
    // Those that have ended stay without one, which is as dead.
    await runner.query(`
      UPDATE "auth_token_family" f SET "client_epoch" = s."epoch" FROM "auth_subject" s
      WHERE s."subject" = 'client:' || f."client_id" AND f."revoked_at" IS NULL AND f."expires_at" > now()`);
    await runner.query(`
      ALTER TABLE "auth_token" DROP CONSTRAINT "auth_token_family_fkey", ALTER COLUMN "family_id" DROP NOT NULL,
        ADD COLUMN "client_id" text, ADD COLUMN "client_epoch" integer`);
    for (const [index, table, column, further = ''] of PARTIAL) {
      await runner.query(`DROP INDEX "${index}"`);
      await runner.query(`CREATE INDEX "${index}" ON "${table}" ("${column}"${further}) WHERE ${column} IS NOT NULL`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [index, table, column] of PARTIAL) {
      await runner.query(`DROP INDEX "${index}"`);
      await runner.query(`CREATE INDEX "${index}" ON "${table}" ("${column}")`);
    }
    await runner.query(`DELETE FROM "auth_token" WHERE "family_id" IS NULL`);
    await runner.query(`
      ALTER TABLE "auth_token" DROP COLUMN "client_epoch", DROP COLUMN "client_id", ALTER COLUMN "family_id" SET NOT NULL,
        ADD CONSTRAINT "auth_token_family_fkey" FOREIGN KEY ("family_id") REFERENCES "auth_token_family" ("id") ON DELETE CASCADE`);
    await runner.query(`ALTER TABLE "auth_token_family" DROP COLUMN "client_epoch"`);
  }
}
