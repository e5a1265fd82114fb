import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Lets its holder register clients (RFC 7591 3). */
@Entity({ name: 'auth_initial_access_token' })
@Index('auth_initial_access_token_hash', ['hash'], { unique: true })
export class AuthInitialAccessToken {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'auth_initial_access_token_pkey' })
  id!: string;

  @Column({ type: 'bytea' })
  hash!: Buffer;

  @Column({ type: 'text', nullable: true })
  name!: string | null;

  /** Registrations left; null: any number. */
  @Column({ name: 'remaining_uses', type: 'integer', nullable: true })
  remainingUses!: number | null;

  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;
}
