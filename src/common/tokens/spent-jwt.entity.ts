import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A JWT that somebody else made for one use, such as a DPoP proof (RFC 9449 11.1), and that has been used. */
@Entity({ name: 'auth_spent_jwt' })
@Index('auth_spent_jwt_expiry', ['expiresAt'])
export class AuthSpentJwt {
  /** SHA-256 over what kind of JWT it is, who made it and its `jti`. */
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'auth_spent_jwt_pkey' })
  hash!: Buffer;

  /** Until when it would have been taken. */
  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;
}
