import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { AuthorizationDetail } from '../principal/authorization-detail.js';
import type { Confirmation } from '../principal/confirmation.js';

/**
 * All tokens that came from one sign-in, code or device approval; they end together.
 * Every use of a token checks `revoked_at` of its family, so that a token inserted after the revocation is never valid.
 */
@Entity({ name: 'auth_token_family' })
@Index('auth_token_family_subject', ['subject'])
@Index('auth_token_family_session', ['sessionId'], { where: 'session_id IS NOT NULL' })
@Index('auth_token_family_client', ['clientId'], { where: 'client_id IS NOT NULL' })
@Index('auth_token_family_source', ['sourceId'], { where: 'source_id IS NOT NULL' })
@Index('auth_token_family_expiry', ['expiresAt'])
export class AuthTokenFamily {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'auth_token_family_pkey' })
  id!: string;

  @Column({ type: 'text' })
  subject!: string;

  /** `user` or `client`. */
  @Column({ name: 'subject_kind', type: 'text', default: 'user' })
  subjectKind!: string;

  @Column({ name: 'client_id', type: 'text', nullable: true })
  clientId!: string | null;

  /** The epoch of the client's subject when this was issued: once the client has ended it is another one (T107). */
  @Column({ name: 'client_epoch', type: 'integer', nullable: true })
  clientEpoch!: number | null;

  @Column({ name: 'session_id', type: 'text', nullable: true })
  sessionId!: string | null;

  /** What the first token was issued for: `session`, `authorization_code`, `device_code`, `client_credentials`. */
  @Column({ type: 'text' })
  source!: string;

  /** Id of the code, so that a replayed code finds its tokens. */
  @Column({ name: 'source_id', type: 'text', nullable: true })
  sourceId!: string | null;

  /** The granted scopes; a refresh for fewer does not change them. */
  @Column({ type: 'text', array: true })
  scopes!: string[];

  @Column({ type: 'text', array: true, default: () => `'{}'` })
  audience!: string[];

  /** When the user last proved who they are. */
  @Column({ name: 'authenticated_at', type: 'timestamptz', nullable: true })
  authenticatedAt!: Date | null;

  /** Data of the issuing capability, e.g. the requested claims (OIDC Core 5.5). */
  @Column({ type: 'jsonb', nullable: true })
  context!: Record<string, unknown> | null;

  /** What the holder of its refresh tokens must prove with each use; null also where the client proves itself (RFC 9449 5). */
  @Column({ type: 'jsonb', nullable: true })
  confirmation!: Confirmation | null;

  /** The granted details (RFC 9396); those of an access token may be fewer. */
  @Column({ name: 'authorization_details', type: 'jsonb', nullable: true })
  authorizationDetails!: AuthorizationDetail[] | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  /** Absolute end of all its tokens; set when it is issued and never extended (T040). */
  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;

  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  revokedAt!: Date | null;

  @Column({ name: 'revoked_reason', type: 'text', nullable: true })
  revokedReason!: string | null;
}
