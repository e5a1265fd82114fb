import type { MigrationInterface, QueryRunner } from 'typeorm';

/** JWTs that were revoked before they expired. */
export class RevokedJwts1700000000510 implements MigrationInterface {
  readonly name = 'RevokedJwts1700000000510';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "auth_revoked_jwt" (
        "jti" text NOT NULL CONSTRAINT "auth_revoked_jwt_pkey" PRIMARY KEY,
        "expires_at" timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX "auth_revoked_jwt_expiry" ON "auth_revoked_jwt" ("expires_at")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "auth_revoked_jwt"');
  }
}
