import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { AuthorizationParameters } from '../codes/authorization-parameters.js';

/** An authorization request that waits for its user: stored here, so that the browser cannot change it (T065). */
@Entity({ name: 'auth_authorization_request' })
@Index('auth_authorization_request_handle', ['handleHash'], { unique: true })
@Index('auth_authorization_request_expiry', ['expiresAt'])
export class AuthAuthorizationRequest {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'auth_authorization_request_pkey' })
  id!: string;

  /** SHA-256 of the opaque handle that pages carry. */
  @Column({ name: 'handle_hash', type: 'bytea' })
  handleHash!: Buffer;

  @Column({ name: 'client_id', type: 'text' })
  clientId!: string;

  /** Validated. */
  @Column({ type: 'jsonb' })
  parameters!: AuthorizationParameters;

  /** The session that was asked for consent; only it may answer (T062). */
  @Column({ name: 'session_id', type: 'text', nullable: true })
  sessionId!: string | null;

  /** The session that the user picked on the account page. */
  @Column({ name: 'selected_session_id', type: 'text', nullable: true })
  selectedSessionId!: string | null;

  /** When it ended, in a code or an error; it cannot be answered again (T063). */
  @Column({ name: 'answered_at', type: 'timestamptz', nullable: true })
  answeredAt!: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  /** When a browser came with it; null: it was pushed and none has come yet (RFC 9126 4). */
  @Column({ name: 'opened_at', type: 'timestamptz', nullable: true, default: () => 'now()' })
  openedAt!: Date | null;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;
}
