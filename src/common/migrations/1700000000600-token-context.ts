import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a token family was granted beyond scopes and audience. */
export class TokenContext1700000000600 implements MigrationInterface {
  readonly name = 'TokenContext1700000000600';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_token_family" ADD COLUMN "context" jsonb`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "auth_token_family" DROP COLUMN "context"`);
  }
}
