import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * One signing key. Its state is not a column but follows from the times, by the database's clock: `next` before `active_from`,
 * `current` until a younger key of the algorithm is active, then `retired`. So a key changes state without any process running.
 * Rows stay for ever, without their private half, so that a `kid` is never used twice (T051).
 */
@Entity({ name: 'auth_signing_key' })
@Index('auth_signing_key_active', ['algorithm', 'activeFrom'], { unique: true })
export class AuthSigningKey {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'auth_signing_key_pkey' })
  kid!: string;

  @Column({ type: 'text' })
  algorithm!: string;

  /** Null for a symmetric key. */
  @Column({ name: 'public_jwk', type: 'jsonb', nullable: true })
  publicJwk!: Record<string, unknown> | null;

  /** The private JWK, encrypted; null once the key no longer signs. */
  @Column({ name: 'private_key', type: 'bytea', nullable: true })
  privateKey!: Buffer | null;

  /** When the key starts to sign. Null: it only verifies. */
  @Column({ name: 'active_from', type: 'timestamptz', nullable: true })
  activeFrom!: Date | null;

  /** Lifetime of the longest-lived token it may have signed, in seconds; it stays published that long after it stops signing. */
  @Column({ name: 'longest_token_seconds', type: 'integer' })
  longestTokenSeconds!: number;

  /** A fixed end of publication: for a key that only verifies, or whose algorithm is no longer in use. */
  @Column({ name: 'retires_at', type: 'timestamptz', nullable: true })
  retiresAt!: Date | null;

  /** When it was revoked; it left the key set at once. */
  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  revokedAt!: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;
}
