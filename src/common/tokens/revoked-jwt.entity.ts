import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A JWT that was revoked before it expired. The row is deleted when the token has expired. */
@Entity({ name: 'auth_revoked_jwt' })
@Index('auth_revoked_jwt_expiry', ['expiresAt'])
export class AuthRevokedJwt {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'auth_revoked_jwt_pkey' })
  jti!: string;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;
}
