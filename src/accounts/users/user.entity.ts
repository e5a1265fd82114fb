import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A user, for hosts that have no user table of their own. */
@Entity({ name: 'auth_user' })
@Index('auth_user_email', ['email'], { unique: true })
// TypeORM cannot say these: they have collations, an expression, or are no trees.
@Index('auth_user_by_email', { synchronize: false })
@Index('auth_user_by_name', { synchronize: false })
@Index('auth_user_by_id', { synchronize: false })
@Index('auth_user_by_role', { synchronize: false })
@Index('auth_user_by_creation', ['createdAt', 'id'])
export class AuthUser {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'auth_user_pkey' })
  id!: string;

  /** Normalised: trimmed, NFC, ASCII lower case (T114). */
  @Column({ type: 'text' })
  email!: string;

  @Column({ name: 'email_verified', type: 'boolean', default: false })
  emailVerified!: boolean;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text', nullable: true })
  image!: string | null;

  /** scrypt; better-auth's format is read and replaced at the next sign-in. Null: the user has no password. */
  @Column({ name: 'password_hash', type: 'text', nullable: true })
  passwordHash!: string | null;

  /** What `@Roles` asks for. */
  @Column({ type: 'text', array: true, default: () => `'{}'` })
  roles!: string[];

  /** OpenID Connect standard claims (OIDC Core 5.1) beyond name, picture and e-mail. */
  @Column({ type: 'jsonb', default: () => `'{}'` })
  claims!: Record<string, unknown>;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' })
  updatedAt!: Date;
}
