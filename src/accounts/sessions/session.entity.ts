import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Confirmation } from '../../common/principal/confirmation.js';

/** One sign-in on one device. A session ends when its row is deleted. */
@Entity({ name: 'auth_session' })
@Index('auth_session_token', ['tokenHash'], { unique: true })
@Index('auth_session_subject', ['subject'])
@Index('auth_session_expiry', ['expiresAt'])
@Index('auth_session_parent', ['parentId'], { where: '"parent_id" IS NOT NULL' })
export class AuthSession {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'auth_session_pkey' })
  id!: string;

  /** SHA-256 of the token. */
  @Column({ name: 'token_hash', type: 'bytea' })
  tokenHash!: Buffer;

  @Column({ type: 'text' })
  subject!: string;

  @Column({ type: 'text', array: true, default: () => `'{}'` })
  scopes!: string[];

  /** False: ends with the browser, after a day at most, and is not extended. */
  @Column({ type: 'boolean', default: true })
  remember!: boolean;

  /** How the user proved who they are (RFC 8176), e.g. `pwd`; empty: not known. */
  @Column({ type: 'text', array: true, default: () => `'{}'` })
  amr!: string[];

  /** What `@Roles` asks for, as the user had them at the sign-in. */
  @Column({ type: 'text', array: true, default: () => `'{}'` })
  roles!: string[];

  @Column({ name: 'ip_address', type: 'text', nullable: true })
  ipAddress!: string | null;

  @Column({ name: 'user_agent', type: 'text', nullable: true })
  userAgent!: string | null;

  /** The administrator who acts as the user in this session; null: the user in person. */
  @Column({ name: 'impersonated_by', type: 'text', nullable: true })
  impersonatedBy!: string | null;

  /** Their own session, with which this one ends. */
  @Column({ name: 'parent_id', type: 'uuid', nullable: true })
  parentId!: string | null;

  /** The key without which its token is good for nothing, as `cnf` of a JWT names it; null: none. */
  @Column({ type: 'jsonb', nullable: true })
  confirmation!: Confirmation | null;

  /** When the user last proved who they are. */
  @Column({ name: 'authenticated_at', type: 'timestamptz', default: () => 'now()' })
  authenticatedAt!: Date;

  /** The sign-in. */
  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  /** Last extension. */
  @Column({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' })
  updatedAt!: Date;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;
}
