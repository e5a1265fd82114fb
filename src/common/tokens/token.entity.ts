import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { ActClaim } from '../principal/actor.js';
import type { Confirmation } from '../principal/confirmation.js';
import { AuthTokenFamily } from './token-family.entity.js';

/**
 * One opaque access or refresh token, or the row of a JWT. Only its SHA-256 is stored (T019). It has a family, or it is a client's own access
 * token, which ends with nothing but itself and its client, and so is this one row.
 */
@Entity({ name: 'auth_token' })
@Index('auth_token_hash', ['hash'], { unique: true })
@Index('auth_token_family_id', ['familyId', 'createdAt'], { where: 'family_id IS NOT NULL' })
@Index('auth_token_expiry', ['expiresAt'])
export class AuthToken {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'auth_token_pkey' })
  id!: string;

  @Column({ name: 'family_id', type: 'uuid', nullable: true })
  familyId!: string | null;

  /** Not in the database (ADR 18). */
  @ManyToOne(() => AuthTokenFamily, { createForeignKeyConstraints: false, nullable: true })
  @JoinColumn({ name: 'family_id' })
  family?: AuthTokenFamily;

  /** The client that got it, where that is not the client of its family: for itself, or by another client's token (RFC 8693). */
  @Column({ name: 'client_id', type: 'text', nullable: true })
  clientId!: string | null;

  /** Of that client, as in `AuthTokenFamily`. */
  @Column({ name: 'client_epoch', type: 'integer', nullable: true })
  clientEpoch!: number | null;

  /** The refresh token that was rotated into this one. */
  @Column({ name: 'parent_id', type: 'uuid', nullable: true })
  parentId!: string | null;

  /** `access` or `refresh`. */
  @Column({ type: 'text' })
  kind!: string;

  @Column({ type: 'bytea' })
  hash!: Buffer;

  @Column({ type: 'text', array: true })
  scopes!: string[];

  @Column({ type: 'text', array: true, default: () => `'{}'` })
  audience!: string[];

  /** Of an access token: what its holder must prove with each use. */
  @Column({ type: 'jsonb', nullable: true })
  confirmation!: Confirmation | null;

  /** Who acts for its subject, where that is not said by its family. */
  @Column({ type: 'jsonb', nullable: true })
  actor!: ActClaim | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;

  /** Of a refresh token: when it ends unless it is used before (RFC 9700 4.14.2); null: with its family. */
  @Column({ name: 'idle_expires_at', type: 'timestamptz', nullable: true })
  idleExpiresAt!: Date | null;

  /** When this refresh token was rotated. */
  @Column({ name: 'consumed_at', type: 'timestamptz', nullable: true })
  consumedAt!: Date | null;

  /** The tokens it was rotated into, encrypted, for a repeat of the request inside the replay window. */
  @Column({ type: 'bytea', nullable: true })
  successor!: Buffer | null;

  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  revokedAt!: Date | null;
}
