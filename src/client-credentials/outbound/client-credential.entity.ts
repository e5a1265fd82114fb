import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The token of one application under one configuration, and who is fetching the next one. */
@Entity({ name: 'auth_client_credential' })
@Index('auth_client_credential_application', ['applicationName', 'configuration'], { unique: true })
export class AuthClientCredential {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'auth_client_credential_pkey' })
  id!: string;

  @Column({ name: 'application_name', type: 'text' })
  applicationName!: string;

  /** HMAC of provider, endpoint, client, credential, scopes and parameters: any change of them starts a row of its own. */
  @Column({ type: 'bytea' })
  configuration!: Buffer;

  /** Sealed. Null until a first request succeeded. */
  @Column({ name: 'access_token', type: 'bytea', nullable: true })
  accessToken!: Buffer | null;

  /** Granted, separated by spaces. */
  @Column({ type: 'text', nullable: true })
  scope!: string | null;

  @Column({ name: 'lifetime_seconds', type: 'integer', nullable: true })
  lifetimeSeconds!: number | null;

  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;

  /** Whoever holds this may ask the provider; it runs out, should they die. */
  @Column({ name: 'lease_id', type: 'uuid', nullable: true })
  leaseId!: string | null;

  @Column({ name: 'leased_at', type: 'timestamptz', nullable: true })
  leasedAt!: Date | null;

  @Column({ name: 'lease_expires_at', type: 'timestamptz', nullable: true })
  leaseExpiresAt!: Date | null;

  /** Why the last request failed, as it is told to callers. */
  @Column({ type: 'text', nullable: true })
  failure!: string | null;

  /** Nobody asks again before. */
  @Column({ name: 'failed_until', type: 'timestamptz', nullable: true })
  failedUntil!: Date | null;

  /** When a token was first kept. */
  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  /** When the token was last refreshed. */
  @Column({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' })
  updatedAt!: Date;
}
