import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A code that takes the place of a second factor once. */
@Entity({ name: 'auth_backup_code' })
@Index('auth_backup_code_hash', ['subject', 'hash'], { unique: true })
export class AuthBackupCode {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'auth_backup_code_pkey' })
  id!: string;

  @Column({ type: 'text' })
  subject!: string;

  /** Keyed digest. */
  @Column({ type: 'bytea' })
  hash!: Buffer;

  /** Shown with a secret that no code has confirmed yet: it counts from then on. */
  @Column({ type: 'boolean' })
  pending!: boolean;

  @Column({ name: 'used_at', type: 'timestamptz', nullable: true })
  usedAt!: Date | null;
}
