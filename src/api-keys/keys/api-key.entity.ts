import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * One API key; of its secret only a digest is stored (T019). Columns written by requests are in no index, so that their updates stay HOT
 * (heap-only tuples, T027).
 */
@Entity({ name: 'auth_api_key' })
@Index('auth_api_key_hash', ['hash'], { unique: true })
@Index('auth_api_key_owner', ['ownerKind', 'ownerId'])
@Index('auth_api_key_expiry', ['expiresAt'])
@Index('auth_api_key_revoked', ['revokedAt'])
@Index('auth_api_key_counter', ['counterId'])
@Index('auth_api_key_delegated', ['delegatedFrom'], { where: 'delegated_from IS NOT NULL' })
@Index('auth_api_key_delegated_expiry', ['expiresAt'], { where: 'delegated_from IS NOT NULL' })
export class AuthApiKey {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'auth_api_key_pkey' })
  id!: string;

  @Column({ name: 'config_id', type: 'text' })
  configId!: string;

  @Column({ type: 'bytea' })
  hash!: Buffer;

  @Column({ type: 'text', nullable: true })
  prefix!: string | null;

  /** First characters, to tell keys apart in lists. */
  @Column({ type: 'text' })
  start!: string;

  @Column({ type: 'text', nullable: true })
  name!: string | null;

  /** `user`, `organization` or `service`. */
  @Column({ name: 'owner_kind', type: 'text' })
  ownerKind!: string;

  @Column({ name: 'owner_id', type: 'text' })
  ownerId!: string;

  /** The user who made it; null: the host or administration. */
  @Column({ name: 'created_by', type: 'text', nullable: true })
  createdBy!: string | null;

  @Column({ type: 'boolean', default: true })
  enabled!: boolean;

  @Column({ type: 'jsonb', nullable: true })
  metadata!: Record<string, unknown> | null;

  @Column({ type: 'jsonb', nullable: true })
  permissions!: Record<string, string[]> | null;

  @Column({ type: 'text', array: true, default: () => `'{}'` })
  scopes!: string[];

  /** Addresses and CIDR ranges it may be used from; empty: anywhere. */
  @Column({ name: 'allowed_ips', type: 'text', array: true, default: () => `'{}'` })
  allowedIps!: string[];

  /** False: no limit for this key, whatever its configuration says. */
  @Column({ name: 'rate_limit_enabled', type: 'boolean', default: true })
  rateLimitEnabled!: boolean;

  /** Milliseconds. Null: as the configuration says when the key is used. */
  @Column({ name: 'rate_limit_window_ms', type: 'bigint', nullable: true })
  rateLimitWindowMs!: string | null;

  @Column({ name: 'rate_limit_max', type: 'integer', nullable: true })
  rateLimitMax!: number | null;

  @Column({ name: 'window_started_at', type: 'timestamptz', nullable: true })
  windowStartedAt!: Date | null;

  @Column({ name: 'window_count', type: 'integer', default: 0 })
  windowCount!: number;

  /** Of `windowCount`: permits that processes hold in memory. */
  @Column({ name: 'window_held', type: 'integer', default: 0 })
  windowHeld!: number;

  /** What the last spending took, written to be returned. */
  @Column({ name: 'window_taken', type: 'integer', default: 0 })
  windowTaken!: number;

  /** Requests left; null: no quota. */
  @Column({ type: 'integer', nullable: true })
  remaining!: number | null;

  @Column({ name: 'refill_amount', type: 'integer', nullable: true })
  refillAmount!: number | null;

  @Column({ name: 'refill_interval_ms', type: 'bigint', nullable: true })
  refillIntervalMs!: string | null;

  @Column({ name: 'last_refill_at', type: 'timestamptz', nullable: true })
  lastRefillAt!: Date | null;

  @Column({ name: 'request_count', type: 'bigint', default: 0 })
  requestCount!: string;

  @Column({ name: 'last_request_at', type: 'timestamptz', nullable: true })
  lastRequestAt!: Date | null;

  /**
   * The key whose window and quota this one spends: after a rotation its successor, of a delegated key the one that it was delegated from,
   * so that neither multiplies them. Null: itself.
   */
  @Column({ name: 'counter_id', type: 'uuid', nullable: true })
  counterId!: string | null;

  @Column({ name: 'rotated_to', type: 'uuid', nullable: true })
  rotatedTo!: string | null;

  @Column({ name: 'rotated_from', type: 'uuid', nullable: true })
  rotatedFrom!: string | null;

  /** Id and name of the agent that it was made for, and of those that handed it on; null: its owner uses it. */
  @Column({ type: 'jsonb', nullable: true })
  agent!: Record<string, unknown> | null;

  /** The key that it was delegated from. */
  @Column({ name: 'delegated_from', type: 'uuid', nullable: true })
  delegatedFrom!: string | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  /** Last change by management; use of the key does not count. */
  @Column({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' })
  updatedAt!: Date;

  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;

  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  revokedAt!: Date | null;

  @Column({ name: 'revoked_reason', type: 'text', nullable: true })
  revokedReason!: string | null;

  /** Hidden from every list; the row stays until it is swept. */
  @Column({ name: 'deleted_at', type: 'timestamptz', nullable: true })
  deletedAt!: Date | null;
}
