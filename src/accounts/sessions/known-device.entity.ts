import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A kind of device, such as Firefox on Windows, from which a user has signed in. Outlives their sessions there. */
@Entity({ name: 'auth_known_device' })
@Index('auth_known_device_subject', ['subject'])
@Index('auth_known_device_age', ['seenAt'])
export class AuthKnownDevice {
  /** SHA-256 of the user and the kind of device. */
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'auth_known_device_pkey' })
  device!: Buffer;

  @Column({ type: 'text' })
  subject!: string;

  /** The last sign-in from it. */
  @Column({ name: 'seen_at', type: 'timestamptz', default: () => 'now()' })
  seenAt!: Date;
}
