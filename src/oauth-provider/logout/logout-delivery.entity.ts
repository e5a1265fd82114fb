import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A logout token that must be sent to a client: written in the transaction that ends the session, delivered later, also after a restart. */
@Entity({ name: 'auth_logout_delivery' })
@Index('auth_logout_delivery_due', ['nextAttemptAt'])
@Index('auth_logout_delivery_client', ['clientId', 'nextAttemptAt'])
@Index('auth_logout_delivery_created', ['createdAt'])
export class AuthLogoutDelivery {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'auth_logout_delivery_pkey' })
  id!: string;

  @Column({ name: 'client_id', type: 'text' })
  clientId!: string;

  @Column({ type: 'text' })
  subject!: string;

  @Column({ name: 'session_id', type: 'text' })
  sessionId!: string;

  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  /** While a process delivers it, also the end of that process's lease. Null: given up. */
  @Column({ name: 'next_attempt_at', type: 'timestamptz', nullable: true, default: () => 'now()' })
  nextAttemptAt!: Date | null;

  @Column({ name: 'last_error', type: 'text', nullable: true })
  lastError!: string | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;
}
