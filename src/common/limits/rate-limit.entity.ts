import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Counters of limits by address and by sign-in. `expire` is in milliseconds since 1970, by the database's clock. */
@Entity({ name: 'auth_rate_limit' })
@Index('auth_rate_limit_expiry', ['expire'])
export class AuthRateLimit {
  @PrimaryColumn({ type: 'varchar', length: 255, primaryKeyConstraintName: 'auth_rate_limit_pkey' })
  key!: string;

  @Column({ type: 'integer', default: 0 })
  points!: number;

  /** Milliseconds since 1970. */
  @Column({ type: 'bigint', nullable: true })
  expire!: string | null;
}
