import type { MigrationInterface, QueryRunner } from 'typeorm';

const CREATE = [
  `CREATE TABLE "auth_oauth_client" (
    "client_id" text NOT NULL CONSTRAINT "auth_oauth_client_pkey" PRIMARY KEY,
    "registered_by" text NOT NULL,
    "owner_id" text,
    "metadata" jsonb NOT NULL,
    "policy" jsonb NOT NULL DEFAULT '{}',
    "origins" text[] NOT NULL DEFAULT '{}',
    "secret_hash" bytea,
    "secret_box" bytea,
    "secret_expires_at" timestamptz,
    "previous_secret_hash" bytea,
    "previous_secret_box" bytea,
    "previous_secret_expires_at" timestamptz,
    "registration_token_hash" bytea,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX "auth_oauth_client_owner" ON "auth_oauth_client" ("owner_id")`,
  `CREATE INDEX "auth_oauth_client_created" ON "auth_oauth_client" ("registered_by", "created_at")`,
  `CREATE INDEX "auth_oauth_client_origins" ON "auth_oauth_client" USING gin ("origins")`,
  `CREATE TABLE "auth_initial_access_token" (
    "id" uuid NOT NULL CONSTRAINT "auth_initial_access_token_pkey" PRIMARY KEY,
    "hash" bytea NOT NULL,
    "name" text,
    "remaining_uses" integer,
    "expires_at" timestamptz,
    "created_at" timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE UNIQUE INDEX "auth_initial_access_token_hash" ON "auth_initial_access_token" ("hash")`,
  `CREATE TABLE "auth_client_assertion" (
    "hash" bytea NOT NULL CONSTRAINT "auth_client_assertion_pkey" PRIMARY KEY,
    "expires_at" timestamptz NOT NULL
  )`,
  `CREATE INDEX "auth_client_assertion_expiry" ON "auth_client_assertion" ("expires_at")`,
  `CREATE TABLE "auth_authorization_request" (
    "id" uuid NOT NULL CONSTRAINT "auth_authorization_request_pkey" PRIMARY KEY,
    "handle_hash" bytea NOT NULL,
    "client_id" text NOT NULL,
    "parameters" jsonb NOT NULL,
    "session_id" text,
    "selected_session_id" text,
    "answered_at" timestamptz,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "expires_at" timestamptz NOT NULL
  )`,
  `CREATE UNIQUE INDEX "auth_authorization_request_handle" ON "auth_authorization_request" ("handle_hash")`,
  `CREATE INDEX "auth_authorization_request_expiry" ON "auth_authorization_request" ("expires_at")`,
  `CREATE TABLE "auth_authorization_code" (
    "id" uuid NOT NULL CONSTRAINT "auth_authorization_code_pkey" PRIMARY KEY,
    "hash" bytea NOT NULL,
    "client_id" text NOT NULL,
    "subject" text NOT NULL,
    "session_id" text NOT NULL,
    "redirect_uri" text NOT NULL,
    "redirect_uri_given" boolean NOT NULL,
    "code_challenge" text,
    "scopes" text[] NOT NULL,
    "resources" text[] NOT NULL DEFAULT '{}',
    "nonce" text,
    "acr" text,
    "amr" text[] NOT NULL DEFAULT '{}',
    "claims" jsonb,
    "authenticated_at" timestamptz NOT NULL,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "expires_at" timestamptz NOT NULL,
    "consumed_at" timestamptz
  )`,
  `CREATE UNIQUE INDEX "auth_authorization_code_hash" ON "auth_authorization_code" ("hash")`,
  `CREATE INDEX "auth_authorization_code_session" ON "auth_authorization_code" ("session_id")`,
  `CREATE INDEX "auth_authorization_code_subject" ON "auth_authorization_code" ("subject")`,
  `CREATE INDEX "auth_authorization_code_expiry" ON "auth_authorization_code" ("expires_at")`,
  `CREATE TABLE "auth_consent" (
    "id" uuid NOT NULL CONSTRAINT "auth_consent_pkey" PRIMARY KEY,
    "subject" text NOT NULL,
    "client_id" text NOT NULL,
    "scopes" text[] NOT NULL,
    "resources" text[] NOT NULL DEFAULT '{}',
    "claims" text[] NOT NULL DEFAULT '{}',
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "updated_at" timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE UNIQUE INDEX "auth_consent_subject_client" ON "auth_consent" ("subject", "client_id")`,
  `CREATE INDEX "auth_consent_client" ON "auth_consent" ("client_id")`,
  `CREATE TABLE "auth_client_session" (
    "session_id" text NOT NULL,
    "client_id" text NOT NULL,
    "subject" text NOT NULL,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT "auth_client_session_pkey" PRIMARY KEY ("session_id", "client_id")
  )`,
  `CREATE INDEX "auth_client_session_client" ON "auth_client_session" ("client_id")`,
  `CREATE TABLE "auth_logout_delivery" (
    "id" uuid NOT NULL CONSTRAINT "auth_logout_delivery_pkey" PRIMARY KEY,
    "client_id" text NOT NULL,
    "subject" text NOT NULL,
    "session_id" text NOT NULL,
    "attempts" integer NOT NULL DEFAULT 0,
    "next_attempt_at" timestamptz DEFAULT now(),
    "last_error" text,
    "created_at" timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX "auth_logout_delivery_due" ON "auth_logout_delivery" ("next_attempt_at")`,
];
const TABLES = [
  'auth_logout_delivery',
  'auth_client_session',
  'auth_consent',
  'auth_authorization_code',
  'auth_authorization_request',
  'auth_client_assertion',
  'auth_initial_access_token',
  'auth_oauth_client',
];

/** Clients, authorization requests, codes, consents, client sessions and logout deliveries. */
export class OAuthProvider1700000000900 implements MigrationInterface {
  readonly name = 'OAuthProvider1700000000900';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of CREATE) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(`DROP TABLE "${table}"`);
  }
}
