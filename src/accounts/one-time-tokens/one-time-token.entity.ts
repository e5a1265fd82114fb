import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Buys one session beside the one it was made from. Redeeming the token deletes the row. */
@Entity({ name: 'auth_one_time_token' })
@Index('auth_one_time_token_expiry', ['expiresAt'])
export class AuthOneTimeToken {
  /** SHA-256 of the token. */
  @PrimaryColumn({ name: 'token_hash', type: 'bytea', primaryKeyConstraintName: 'auth_one_time_token_pkey' })
  tokenHash!: Buffer;

  @Column({ name: 'session_id', type: 'uuid' })
  sessionId!: string;

  /** The only origin that may redeem it; null: any. */
  @Column({ type: 'text', nullable: true })
  audience!: string | null;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;
}
