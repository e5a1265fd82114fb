import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * What the kernel knows of a holder of credentials: an opaque id, and whether it may hold any. This is not a user table;
 * users belong to the host. Every write that gives a subject something locks this row (see SubjectStore.hold).
 */
@Entity({ name: 'auth_subject' })
@Index('auth_subject_forgotten', ['forgottenAt'], { where: '"forgotten_at" IS NOT NULL' })
export class AuthSubject {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'auth_subject_pkey' })
  subject!: string;

  /** Increased by every event that makes earlier proofs of identity worthless: password change, disable, forget. */
  @Column({ type: 'integer', default: 0 })
  epoch!: number;

  @Column({ name: 'disabled_at', type: 'timestamptz', nullable: true })
  disabledAt!: Date | null;

  /** Why, for administrators. */
  @Column({ name: 'disabled_reason', type: 'text', nullable: true })
  disabledReason!: string | null;

  /** When it is over by itself; null: when somebody says so. */
  @Column({ name: 'disabled_until', type: 'timestamptz', nullable: true })
  disabledUntil!: Date | null;

  /** When the subject was deleted. The row stays for a while, so that writes in flight and signed tokens find it. */
  @Column({ name: 'forgotten_at', type: 'timestamptz', nullable: true })
  forgottenAt!: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;
}
