import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An account at an external provider that signs a user in here. */
@Entity({ name: 'auth_linked_account' })
@Index('auth_linked_account_identity', ['issuer', 'accountId'], { unique: true })
@Index('auth_linked_account_subject', ['subject'])
@Check('auth_linked_account_identity_not_empty', `"issuer" <> '' AND "account_id" <> ''`)
export class AuthLinkedAccount {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'auth_linked_account_pkey' })
  id!: string;

  @Column({ type: 'text' })
  subject!: string;

  @Column({ name: 'provider_id', type: 'text' })
  providerId!: string;

  /** Identifies the account together with `accountId`, whatever name the provider has here (T113). */
  @Column({ type: 'text' })
  issuer!: string;

  /** The provider's subject. */
  @Column({ name: 'account_id', type: 'text' })
  accountId!: string;

  @Column({ type: 'text', array: true, default: () => `'{}'` })
  scopes!: string[];

  /** Access, refresh and ID token, encrypted. Null: none, or dropped when the user was disabled. */
  @Column({ type: 'bytea', nullable: true })
  tokens!: Buffer | null;

  @Column({ name: 'access_expires_at', type: 'timestamptz', nullable: true })
  accessExpiresAt!: Date | null;

  @Column({ name: 'refresh_expires_at', type: 'timestamptz', nullable: true })
  refreshExpiresAt!: Date | null;

  /** Grows with every change of the tokens. */
  @Column({ type: 'integer', default: 0 })
  version!: number;

  /** Lease of the process that is refreshing the tokens. */
  @Column({ name: 'lease_id', type: 'uuid', nullable: true })
  leaseId!: string | null;

  @Column({ name: 'lease_until', type: 'timestamptz', nullable: true })
  leaseUntil!: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' })
  updatedAt!: Date;
}
