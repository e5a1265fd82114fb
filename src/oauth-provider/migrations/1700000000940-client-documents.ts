import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Clients that publish their metadata: when each document was read, and from when on a consent no longer counts. An older version running
 * beside this one knows no such clients, and its consents count without end, as before.
 */
export class ClientDocuments1700000000940 implements MigrationInterface {
  readonly name = 'ClientDocuments1700000000940';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "auth_client_document" (
        "client_id" text NOT NULL,
        "claimed_until" timestamptz NOT NULL,
        "fetched_at" timestamptz,
        "fresh_until" timestamptz,
        "good_until" timestamptz,
        CONSTRAINT "auth_client_document_pkey" PRIMARY KEY ("client_id")
      )`);
    await runner.query(`ALTER TABLE "auth_consent" ADD COLUMN "ask_again_at" timestamptz`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_consent" DROP COLUMN "ask_again_at"`);
    await runner.query(`DROP TABLE "auth_client_document"`);
  }
}
