import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A sign-in whose first factor was right, and that waits for the second. */
@Entity({ name: 'auth_two_factor_challenge' })
@Index('auth_two_factor_challenge_subject', ['subject'])
@Index('auth_two_factor_challenge_expiry', ['expiresAt'])
export class AuthTwoFactorChallenge {
  /** SHA-256 of what the browser or the program shows. */
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'auth_two_factor_challenge_pkey' })
  hash!: Buffer;

  @Column({ type: 'text' })
  subject!: string;

  /** The user's epoch before the first factor: one from before a change of password completes nothing. */
  @Column({ type: 'integer' })
  epoch!: number;

  /** The first factor (RFC 8176). */
  @Column({ type: 'text', array: true })
  amr!: string[];

  @Column({ type: 'boolean' })
  remember!: boolean;

  /** The user has no factor yet, and must set one up to go on. */
  @Column({ type: 'boolean' })
  enrols!: boolean;

  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  /** Codes by mail. */
  @Column({ type: 'integer', default: 0 })
  sends!: number;

  @Column({ name: 'used_at', type: 'timestamptz', nullable: true })
  usedAt!: Date | null;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;
}
