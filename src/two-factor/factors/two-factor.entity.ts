import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The second factor of one user, or the beginnings of one. */
@Entity({ name: 'auth_two_factor' })
export class AuthTwoFactor {
  /** Id of the user. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'auth_two_factor_pkey' })
  subject!: string;

  /** What the app of the user makes its codes of, sealed; null: they have no app. */
  @Column({ type: 'bytea', nullable: true })
  secret!: Buffer | null;

  /** The same before a first code has shown that an app has it. */
  @Column({ name: 'pending_secret', type: 'bytea', nullable: true })
  pendingSecret!: Buffer | null;

  @Column({ name: 'pending_at', type: 'timestamptz', nullable: true })
  pendingAt!: Date | null;

  /** The step of the last code that was used: codes of it and of those before count no more. */
  @Column({ name: 'last_step', type: 'integer', default: 0 })
  lastStep!: number;

  /** The user has chosen codes by mail. */
  @Column({ name: 'mail_codes', type: 'boolean', default: false })
  mailCodes!: boolean;

  /** Wrong codes of any kind since the last right one. */
  @Column({ type: 'integer', default: 0 })
  failures!: number;

  @Column({ name: 'locked_until', type: 'timestamptz', nullable: true })
  lockedUntil!: Date | null;

  @Column({ name: 'enabled_at', type: 'timestamptz', nullable: true })
  enabledAt!: Date | null;
}
