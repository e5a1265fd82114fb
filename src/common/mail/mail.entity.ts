import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An order to write to somebody. Its row is deleted when the message was sent. */
@Entity({ name: 'auth_mail' })
@Index('auth_mail_due', ['nextAttemptAt'], { where: 'next_attempt_at IS NOT NULL' })
@Index('auth_mail_subject', ['subject'])
@Index('auth_mail_age', ['createdAt'])
export class AuthMail {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'auth_mail_pkey' })
  id!: string;

  @Column({ type: 'text' })
  kind!: string;

  /** The id of a user, or an address. */
  @Column({ type: 'text' })
  subject!: string;

  /** What its composer needs; no secret. */
  @Column({ type: 'jsonb' })
  facts!: Record<string, string | null>;

  /** BCP 47 tag; null: the host's default. */
  @Column({ type: 'text', nullable: true })
  language!: string | null;

  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  /** Null: given up. */
  @Column({ name: 'next_attempt_at', type: 'timestamptz', nullable: true, default: () => 'now()' })
  nextAttemptAt!: Date | null;

  @Column({ name: 'last_error', type: 'text', nullable: true })
  lastError!: string | null;

  /** After that it is not worth sending. */
  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;
}
