import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * What the kernel knows of anybody who holds credentials: an opaque id and whether they may hold any. It is no user table;
 * users belong to the host. Every write that gives a subject something locks this row (see SubjectStore.hold).
 */
@Entity({ name: 'auth_subject' })
export class AuthSubject {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'auth_subject_pkey' })
  subject!: string;

  /** Grows with every event that ends earlier proofs of identity: password change, disable, forget. */
  @Column({ type: 'integer', default: 0 })
  epoch!: number;

  @Column({ name: 'disabled_at', type: 'timestamptz', nullable: true })
  disabledAt!: Date | null;

  /** The subject was deleted; the row stays a day, so that writes in flight find it. */
  @Column({ name: 'forgotten_at', type: 'timestamptz', nullable: true })
  forgottenAt!: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;
}
