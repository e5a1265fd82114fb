import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A browser in which a user is not asked for their second factor. */
@Entity({ name: 'auth_trusted_device' })
@Index('auth_trusted_device_hash', ['hash'], { unique: true })
@Index('auth_trusted_device_subject', ['subject'])
@Index('auth_trusted_device_expiry', ['expiresAt'])
export class AuthTrustedDevice {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'auth_trusted_device_pkey' })
  id!: string;

  /** SHA-256 of what its cookie holds. */
  @Column({ type: 'bytea' })
  hash!: Buffer;

  @Column({ type: 'text' })
  subject!: string;

  @Column({ name: 'user_agent', type: 'text', nullable: true })
  userAgent!: string | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  /** The last sign-in there. */
  @Column({ name: 'last_used_at', type: 'timestamptz', default: () => 'now()' })
  lastUsedAt!: Date;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;
}
