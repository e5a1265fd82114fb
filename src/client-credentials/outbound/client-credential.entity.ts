import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The token of one application under one configuration, for itself or for one credential of a user, and the lease of the process that fetches the next one. */
@Entity({ name: 'auth_client_credential' })
@Index('auth_client_credential_application', ['applicationName', 'configuration'], { unique: true })
@Index('auth_client_credential_ends_with', { synchronize: false })
@Index('auth_client_credential_delete_after', ['deleteAfter'], { where: '"delete_after" IS NOT NULL' })
@Index('auth_client_credential_own', ['updatedAt'], { where: '"ends_with" IS NULL' })
export class AuthClientCredential {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'auth_client_credential_pkey' })
  id!: string;

  @Column({ name: 'application_name', type: 'text' })
  applicationName!: string;

  /** HMAC of provider, endpoint, client, credential, scopes, parameters and the user's credential: a change of any of them leads to another row. */
  @Column({ type: 'bytea' })
  configuration!: Buffer;

  /** Encrypted. Null until a first request has succeeded. */
  @Column({ name: 'access_token', type: 'bytea', nullable: true })
  accessToken!: Buffer | null;

  /** Granted, separated by spaces. */
  @Column({ type: 'text', nullable: true })
  scope!: string | null;

  @Column({ name: 'lifetime_seconds', type: 'integer', nullable: true })
  lifetimeSeconds!: number | null;

  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;

  /** The process that holds the lease may ask the provider. It runs out, in case that process dies. */
  @Column({ name: 'lease_id', type: 'uuid', nullable: true })
  leaseId!: string | null;

  @Column({ name: 'leased_at', type: 'timestamptz', nullable: true })
  leasedAt!: Date | null;

  @Column({ name: 'lease_expires_at', type: 'timestamptz', nullable: true })
  leaseExpiresAt!: Date | null;

  /** Why the last request failed, as callers are told. */
  @Column({ type: 'text', nullable: true })
  failure!: string | null;

  /** No process asks again before this time. */
  @Column({ name: 'failed_until', type: 'timestamptz', nullable: true })
  failedUntil!: Date | null;

  /** What the provider said besides. */
  @Column({ name: 'failure_facts', type: 'jsonb', nullable: true })
  failureFacts!: object | null;

  /** Of a user's: tags of the credential that it was fetched for. The row is deleted with any of them. Null: the application's own. */
  @Column({ name: 'ends_with', type: 'text', array: true, nullable: true })
  endsWith!: string[] | null;

  /** Of a user's: when neither the token nor the credential is good any more. */
  @Column({ name: 'delete_after', type: 'timestamptz', nullable: true })
  deleteAfter!: Date | null;

  /** When a token was first stored. */
  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  /** When the token was last refreshed. */
  @Column({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' })
  updatedAt!: Date;
}
