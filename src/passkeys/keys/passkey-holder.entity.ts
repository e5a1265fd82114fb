import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * The user handle of a user (WebAuthn 3, 6.1 and 14.6.1): random, since authenticators show it to whoever asks, and the same for all
 * passkeys of a user, so that they are one account there.
 */
@Entity({ name: 'auth_passkey_holder' })
@Index('auth_passkey_holder_handle', ['handle'], { unique: true })
export class AuthPasskeyHolder {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'auth_passkey_holder_pkey' })
  subject!: string;

  /** 32 random bytes. */
  @Column({ type: 'bytea' })
  handle!: Buffer;
}
