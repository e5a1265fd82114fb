import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A passkey of a user: a credential record (WebAuthn 3, 4). */
@Entity({ name: 'auth_passkey' })
@Index('auth_passkey_credential', ['credentialId'], { unique: true })
@Index('auth_passkey_subject', ['subject', 'createdAt'])
@Check('auth_passkey_counter_not_negative', `"counter" >= 0`)
export class AuthPasskey {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'auth_passkey_pkey' })
  id!: string;

  @Column({ type: 'text' })
  subject!: string;

  @Column({ name: 'credential_id', type: 'bytea' })
  credentialId!: Buffer;

  /** COSE. */
  @Column({ name: 'public_key', type: 'bytea' })
  publicKey!: Buffer;

  /** What the authenticator has counted; one that falls back shows that there is a copy. */
  @Column({ type: 'bigint', default: 0 })
  counter!: string;

  /** What the user calls it. */
  @Column({ type: 'text', nullable: true })
  name!: string | null;

  /** Copies may exist, such as those of a password manager. It never changes. */
  @Column({ name: 'multi_device', type: 'boolean' })
  multiDevice!: boolean;

  /** Copies exist. */
  @Column({ name: 'backed_up', type: 'boolean' })
  backedUp!: boolean;

  /** Whether it had verified its user when it was last used. */
  @Column({ name: 'user_verified', type: 'boolean' })
  userVerified!: boolean;

  /** How browsers reach it: `internal`, `hybrid`, `usb` … */
  @Column({ type: 'text', array: true, default: () => `'{}'` })
  transports!: string[];

  /** The model of its authenticator, as far as that tells it. */
  @Column({ type: 'uuid' })
  aaguid!: string;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: 'last_used_at', type: 'timestamptz', nullable: true })
  lastUsedAt!: Date | null;
}
