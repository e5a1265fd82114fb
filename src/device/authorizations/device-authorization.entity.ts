import type { AuthorizationDetail } from '../../common/principal/authorization-detail.js';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A device that waits for its user (RFC 8628 3.2). The one poll that gets the tokens deletes the row. */
@Entity({ name: 'auth_device_authorization' })
@Index('auth_device_authorization_device_code', ['deviceCodeHash'], { unique: true })
@Index('auth_device_authorization_user_code', ['userCodeHash'], { unique: true })
@Index('auth_device_authorization_expiry', ['expiresAt'])
@Index('auth_device_authorization_subject', ['subject'])
@Index('auth_device_authorization_session', ['sessionId'])
export class AuthDeviceAuthorization {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'auth_device_authorization_pkey' })
  id!: string;

  /** SHA-256 of the device code. */
  @Column({ name: 'device_code_hash', type: 'bytea' })
  deviceCodeHash!: Buffer;

  /** Keyed digest of the user code, which is too short for a plain hash. */
  @Column({ name: 'user_code_hash', type: 'bytea' })
  userCodeHash!: Buffer;

  @Column({ name: 'client_id', type: 'text' })
  clientId!: string;

  /** `tokens` for a registered client, `session` for a client that is not registered. */
  @Column({ type: 'text' })
  gives!: string;

  @Column({ type: 'text', array: true, default: () => `'{}'` })
  scopes!: string[];

  @Column({ type: 'text', array: true, default: () => `'{}'` })
  resources!: string[];

  /** What is asked for beyond scopes (RFC 9396); null: nothing. */
  @Column({ name: 'authorization_details', type: 'jsonb', nullable: true })
  authorizationDetails!: AuthorizationDetail[] | null;

  /** `pending`, `approved` or `denied`. */
  @Column({ type: 'text', default: () => `'pending'` })
  status!: string;

  /** The user who opened it first; only they can decide. */
  @Column({ type: 'text', nullable: true })
  subject!: string | null;

  /** The session in which they approved. */
  @Column({ name: 'session_id', type: 'text', nullable: true })
  sessionId!: string | null;

  /** How the user had signed in to that session (RFC 8176). */
  @Column({ type: 'text', array: true, default: () => `'{}'` })
  amr!: string[];

  /** What `@Roles` asks for, as the session has them in which the user approved. */
  @Column({ type: 'text', array: true, default: () => `'{}'` })
  roles!: string[];

  @Column({ name: 'authenticated_at', type: 'timestamptz', nullable: true })
  authenticatedAt!: Date | null;

  /** The user's epoch when they approved: an approval from before a change of password starts no session after it. */
  @Column({ type: 'integer', nullable: true })
  epoch!: number | null;

  /** Where the device asked from, for the user to compare. */
  @Column({ name: 'ip_address', type: 'text', nullable: true })
  ipAddress!: string | null;

  @Column({ name: 'user_agent', type: 'text', nullable: true })
  userAgent!: string | null;

  @Column({ name: 'poll_interval_seconds', type: 'integer' })
  pollIntervalSeconds!: number;

  /** When the next poll is due; one that comes well before is told to slow down. */
  @Column({ name: 'next_poll_at', type: 'timestamptz', default: () => 'now()' })
  nextPollAt!: Date;

  /** Whether the last poll came too early. */
  @Column({ name: 'polled_early', type: 'boolean', default: false })
  polledEarly!: boolean;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;
}
