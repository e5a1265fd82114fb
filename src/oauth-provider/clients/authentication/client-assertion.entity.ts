import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The `jti` of a used assertion: each is good once (RFC 7523 3, T085). */
@Entity({ name: 'auth_client_assertion' })
@Index('auth_client_assertion_expiry', ['expiresAt'])
export class AuthClientAssertion {
  /** SHA-256 over client and `jti`. */
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'auth_client_assertion_pkey' })
  hash!: Buffer;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;
}
