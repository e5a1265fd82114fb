import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * All tokens that came from one sign-in, code or device approval, and what ends them together.
 * `revoked_at` is checked by every redemption, so that a token inserted after the revocation is born dead.
 */
@Entity({ name: 'auth_token_family' })
@Index('auth_token_family_subject', ['subject'])
@Index('auth_token_family_session', ['sessionId'])
@Index('auth_token_family_client', ['clientId'])
@Index('auth_token_family_source', ['sourceId'])
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

  @Column({ name: 'session_id', type: 'text', nullable: true })
  sessionId!: string | null;

  /** What bought the first token: `session`, `authorization_code`, `device_code`, `client_credentials`. */
  @Column({ type: 'text' })
  source!: string;

  /** Id of the code that bought it, so that a replayed code finds its tokens. */
  @Column({ name: 'source_id', type: 'text', nullable: true })
  sourceId!: string | null;

  /** What was granted; a narrower refresh does not change it. */
  @Column({ type: 'text', array: true })
  scopes!: string[];

  @Column({ type: 'text', array: true, default: () => `'{}'` })
  audience!: string[];

  /** When the user last proved who they are. */
  @Column({ name: 'authenticated_at', type: 'timestamptz', nullable: true })
  authenticatedAt!: Date | null;

  /** What the issuing capability wants to find again, e.g. the claims that were asked for (OIDC Core 5.5). */
  @Column({ type: 'jsonb', nullable: true })
  context!: Record<string, unknown> | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  /** Absolute end of every token in it; set at issue and never extended (T040). */
  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;

  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  revokedAt!: Date | null;

  @Column({ name: 'revoked_reason', type: 'text', nullable: true })
  revokedReason!: string | null;
}
