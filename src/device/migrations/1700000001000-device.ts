import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Device1700000001000 implements MigrationInterface {
  readonly name = 'Device1700000001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "auth_device_authorization" (
        "id" uuid NOT NULL CONSTRAINT "auth_device_authorization_pkey" PRIMARY KEY,
        "device_code_hash" bytea NOT NULL,
        "user_code_hash" bytea NOT NULL,
        "client_id" text NOT NULL,
        "gives" text NOT NULL,
        "scopes" text[] NOT NULL DEFAULT '{}',
        "resources" text[] NOT NULL DEFAULT '{}',
        "status" text NOT NULL DEFAULT 'pending',
        "subject" text,
        "session_id" text,
        "authenticated_at" timestamptz,
        "amr" text[] NOT NULL DEFAULT '{}',
        "epoch" integer,
        "ip_address" text,
        "user_agent" text,
        "poll_interval_seconds" integer NOT NULL,
        "next_poll_at" timestamptz NOT NULL DEFAULT now(),
        "polled_early" boolean NOT NULL DEFAULT false,
        "created_at" timestamptz NOT NULL DEFAULT now(),
        "expires_at" timestamptz NOT NULL
      )`);
    const index = async (name: string, column: string, unique = '') =>
      runner.query(
        `CREATE ${unique}INDEX "auth_device_authorization_${name}" ON "auth_device_authorization" ("${column}")`,
      );
    await index('device_code', 'device_code_hash', 'UNIQUE ');
    await index('user_code', 'user_code_hash', 'UNIQUE ');
    await index('expiry', 'expires_at');
    await index('subject', 'subject');
    await index('session', 'session_id');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "auth_device_authorization"`);
  }
}
