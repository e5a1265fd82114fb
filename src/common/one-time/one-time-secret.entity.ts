import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A secret that does something once: the token of a link, or a code to type. */
@Entity({ name: 'auth_one_time_secret' })
@Index('auth_one_time_secret_hash', ['hash'])
@Index('auth_one_time_secret_subject', ['subject', 'purpose'])
@Index('auth_one_time_secret_expiry', ['expiresAt'])
export class AuthOneTimeSecret {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'auth_one_time_secret_pkey' })
  id!: string;

  /** What it does, e.g. `reset-password`. */
  @Column({ type: 'text' })
  purpose!: string;

  /** The id of a user, or an address that may be nobody's yet. */
  @Column({ type: 'text' })
  subject!: string;

  /** SHA-256 of a token; of a code a digest under a key of ours, since all codes can be tried. */
  @Column({ type: 'bytea' })
  hash!: Buffer;

  /** What it was made for: the address, the state of the account … */
  @Column({ type: 'jsonb' })
  facts!: Record<string, string | number | null>;

  /** Wrong guesses at a code. */
  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  @Column({ name: 'used_at', type: 'timestamptz', nullable: true })
  usedAt!: Date | null;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;
}
