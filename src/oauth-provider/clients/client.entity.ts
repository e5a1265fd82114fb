import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { ClientMetadata } from './metadata/client-metadata.js';

/**
 * A registered OAuth client (RFC 7591). Its secret is stored as SHA-256; one that is an HMAC key is stored encrypted instead (T098). Its
 * subject (`client:<id>`) says whether it is disabled.
 */
@Entity({ name: 'auth_oauth_client' })
@Index('auth_oauth_client_owner', ['ownerId'])
@Index('auth_oauth_client_created', ['registeredBy', 'createdAt'])
@Index('auth_oauth_client_origins', { synchronize: false })
export class AuthOAuthClient {
  @PrimaryColumn({ name: 'client_id', type: 'text', primaryKeyConstraintName: 'auth_oauth_client_pkey' })
  clientId!: string;

  /** Who registered it: `options`, `administration`, `user`, `initial_access_token`, `open`; `document`: nobody, it publishes its metadata. */
  @Column({ name: 'registered_by', type: 'text' })
  registeredBy!: string;

  /** The user who registered it and may manage it. */
  @Column({ name: 'owner_id', type: 'text', nullable: true })
  ownerId!: string | null;

  /** What it registered, validated, in RFC 7591's names. */
  @Column({ type: 'jsonb' })
  metadata!: ClientMetadata;

  /** What only the server may set: see ClientPolicy. */
  @Column({ type: 'jsonb', default: () => `'{}'` })
  policy!: Record<string, unknown>;

  /** Origins of a public client's redirect URIs: their scripts may call the token endpoint (CORS). */
  @Column({ type: 'text', array: true, default: () => `'{}'` })
  origins!: string[];

  @Column({ name: 'secret_hash', type: 'bytea', nullable: true })
  secretHash!: Buffer | null;

  /** The secret itself, encrypted, when it is an HMAC key. */
  @Column({ name: 'secret_box', type: 'bytea', nullable: true })
  secretBox!: Buffer | null;

  /** Null: it does not expire. */
  @Column({ name: 'secret_expires_at', type: 'timestamptz', nullable: true })
  secretExpiresAt!: Date | null;

  /** The secret before the last rotation; valid until `previous_secret_expires_at`. */
  @Column({ name: 'previous_secret_hash', type: 'bytea', nullable: true })
  previousSecretHash!: Buffer | null;

  @Column({ name: 'previous_secret_box', type: 'bytea', nullable: true })
  previousSecretBox!: Buffer | null;

  @Column({ name: 'previous_secret_expires_at', type: 'timestamptz', nullable: true })
  previousSecretExpiresAt!: Date | null;

  /** SHA-256 of the registration access token (RFC 7592). */
  @Column({ name: 'registration_token_hash', type: 'bytea', nullable: true })
  registrationTokenHash!: Buffer | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' })
  updatedAt!: Date;
}
