import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who acts for the subject of an access token that was got by another one (RFC 8693 4.1). */
export class Actors1700000000690 implements MigrationInterface {
  readonly name = 'Actors1700000000690';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_token" ADD COLUMN "actor" jsonb`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_token" DROP COLUMN "actor"`);
  }
}
