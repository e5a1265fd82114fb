import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { AuthorizationDetail } from '../../common/principal/authorization-detail.js';
import type { ClaimsRequest } from '../../common/ports/authorization-server.js';

/** An authorization code (RFC 6749 4.1.2). A spent one stays while its tokens may live, so that a replay is detected (T071). */
@Entity({ name: 'auth_authorization_code' })
@Index('auth_authorization_code_hash', ['hash'], { unique: true })
@Index('auth_authorization_code_session', ['sessionId'])
@Index('auth_authorization_code_subject', ['subject'])
@Index('auth_authorization_code_expiry', ['expiresAt'])
export class AuthAuthorizationCode {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'auth_authorization_code_pkey' })
  id!: string;

  @Column({ type: 'bytea' })
  hash!: Buffer;

  @Column({ name: 'client_id', type: 'text' })
  clientId!: string;

  @Column({ type: 'text' })
  subject!: string;

  @Column({ name: 'session_id', type: 'text' })
  sessionId!: string;

  @Column({ name: 'redirect_uri', type: 'text' })
  redirectUri!: string;

  @Column({ name: 'redirect_uri_given', type: 'boolean' })
  redirectUriGiven!: boolean;

  @Column({ name: 'code_challenge', type: 'text', nullable: true })
  codeChallenge!: string | null;

  /** Thumbprint of the key that redeems it by DPoP (RFC 9449 10); null: any may. */
  @Column({ name: 'dpop_jkt', type: 'text', nullable: true })
  dpopKeyThumbprint!: string | null;

  @Column({ type: 'text', array: true })
  scopes!: string[];

  @Column({ type: 'text', array: true, default: () => `'{}'` })
  resources!: string[];

  /** RFC 9396; null: none. */
  @Column({ name: 'authorization_details', type: 'jsonb', nullable: true })
  authorizationDetails!: AuthorizationDetail[] | null;

  @Column({ type: 'text', nullable: true })
  nonce!: string | null;

  @Column({ type: 'text', nullable: true })
  acr!: string | null;

  /** How the user authenticated (RFC 8176). */
  @Column({ type: 'text', array: true, default: () => `'{}'` })
  amr!: string[];

  /** What `@Roles` asks for. */
  @Column({ type: 'text', array: true, default: () => `'{}'` })
  roles!: string[];

  @Column({ type: 'jsonb', nullable: true })
  claims!: ClaimsRequest | null;

  @Column({ name: 'authenticated_at', type: 'timestamptz' })
  authenticatedAt!: Date;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;

  @Column({ name: 'consumed_at', type: 'timestamptz', nullable: true })
  consumedAt!: Date | null;
}
