import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * One signing key. Its state is no column but follows from the times, judged by the database's clock: `next` before `active_from`,
 * `current` until a younger key of the algorithm is active, then `retired`. So no process has to be awake for a key to change state.
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

  /** The private JWK, encrypted; null once the key signs no more. */
  @Column({ name: 'private_key', type: 'bytea', nullable: true })
  privateKey!: Buffer | null;

  /** When it starts to sign. Null: it verifies only. */
  @Column({ name: 'active_from', type: 'timestamptz', nullable: true })
  activeFrom!: Date | null;

  /** Lifetime of the longest token it may have signed, in seconds; it is published that much longer than it signs. */
  @Column({ name: 'longest_token_seconds', type: 'integer' })
  longestTokenSeconds!: number;

  /** A fixed end of its publication: of a key that verifies only, or whose algorithm nobody wants any more. */
  @Column({ name: 'retires_at', type: 'timestamptz', nullable: true })
  retiresAt!: Date | null;

  /** Withdrawn before its time: out of the key set at once. */
  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  revokedAt!: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;
}
