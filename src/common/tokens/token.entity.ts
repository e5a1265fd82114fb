import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { AuthTokenFamily } from './token-family.entity.js';

/** One opaque access or refresh token. Only its SHA-256 is stored (T019). */
@Entity({ name: 'auth_token' })
@Index('auth_token_hash', ['hash'], { unique: true })
@Index('auth_token_family_id', ['familyId'])
@Index('auth_token_expiry', ['expiresAt'])
export class AuthToken {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'auth_token_pkey' })
  id!: string;

  @Column({ name: 'family_id', type: 'uuid' })
  familyId!: string;

  @ManyToOne(() => AuthTokenFamily, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'family_id', foreignKeyConstraintName: 'auth_token_family_fkey' })
  family?: AuthTokenFamily;

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

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;

  /** When this refresh token was rotated. */
  @Column({ name: 'consumed_at', type: 'timestamptz', nullable: true })
  consumedAt!: Date | null;

  /** The tokens it was rotated into, encrypted, for a repeat of the request inside the replay window. */
  @Column({ type: 'bytea', nullable: true })
  successor!: Buffer | null;

  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  revokedAt!: Date | null;
}
