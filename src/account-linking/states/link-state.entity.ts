import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One provider redirect of a browser. The row is spent by the one callback that matches it, and swept later. */
@Entity({ name: 'auth_link_state' })
@Index('auth_link_state_hash', ['stateHash'], { unique: true })
@Index('auth_link_state_browser', ['browserHash'])
@Index('auth_link_state_expiry', ['expiresAt'])
@Index('auth_link_state_subject', ['subject'])
export class AuthLinkState {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'auth_link_state_pkey' })
  id!: string;

  /** SHA-256 of `state`. */
  @Column({ name: 'state_hash', type: 'bytea' })
  stateHash!: Buffer;

  /** SHA-256 of the signed cookie's value. */
  @Column({ name: 'browser_hash', type: 'bytea' })
  browserHash!: Buffer;

  @Column({ name: 'provider_id', type: 'text' })
  providerId!: string;

  /** Which of the two callback routes: `callback` or `oauth2/callback`. */
  @Column({ type: 'text' })
  route!: string;

  /** `sign-in` or `link`. */
  @Column({ type: 'text' })
  purpose!: string;

  /** The user who links; null when signing in. */
  @Column({ type: 'text', nullable: true })
  subject!: string | null;

  /** The session that links; it must not end before the account is linked. */
  @Column({ name: 'session_id', type: 'text', nullable: true })
  sessionId!: string | null;

  /** PKCE verifier and nonce, encrypted. */
  @Column({ type: 'bytea' })
  secrets!: Buffer;

  @Column({ type: 'text', array: true, default: () => `'{}'` })
  scopes!: string[];

  @Column({ name: 'requests_sign_up', type: 'boolean', default: false })
  requestsSignUp!: boolean;

  @Column({ name: 'callback_url', type: 'text' })
  callbackUrl!: string;

  @Column({ name: 'new_user_callback_url', type: 'text', nullable: true })
  newUserCallbackUrl!: string | null;

  @Column({ name: 'error_callback_url', type: 'text', nullable: true })
  errorCallbackUrl!: string | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;
}
