import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A challenge that waits for its answer (WebAuthn 3, 13.4.3). The one answer that is looked at deletes the row. */
@Entity({ name: 'auth_passkey_challenge' })
@Index('auth_passkey_challenge_browser', ['browserHash', 'createdAt'])
@Index('auth_passkey_challenge_expiry', ['expiresAt'])
@Index('auth_passkey_challenge_subject', ['subject'])
export class AuthPasskeyChallenge {
  /** SHA-256 of the challenge. */
  @PrimaryColumn({
    name: 'challenge_hash',
    type: 'bytea',
    primaryKeyConstraintName: 'auth_passkey_challenge_pkey',
  })
  challengeHash!: Buffer;

  /** SHA-256 of the cookie of the browser that asked. */
  @Column({ name: 'browser_hash', type: 'bytea' })
  browserHash!: Buffer;

  /** `create` or `get`. */
  @Column({ type: 'text' })
  ceremony!: string;

  /** The user who registers, or who is signed in and shows that it is still they. Null: whoever has the passkey. */
  @Column({ type: 'text', nullable: true })
  subject!: string | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;
}
