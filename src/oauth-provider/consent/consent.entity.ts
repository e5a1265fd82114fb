import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What a user has granted a client, until withdrawn: scopes, resources, and claims requested by name. */
@Entity({ name: 'auth_consent' })
@Index('auth_consent_subject_client', ['subject', 'clientId'], { unique: true })
@Index('auth_consent_client', ['clientId'])
export class AuthConsent {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'auth_consent_pkey' })
  id!: string;

  @Column({ type: 'text' })
  subject!: string;

  @Column({ name: 'client_id', type: 'text' })
  clientId!: string;

  @Column({ type: 'text', array: true })
  scopes!: string[];

  @Column({ type: 'text', array: true, default: () => `'{}'` })
  resources!: string[];

  /** Names of claims beyond those of the scopes. */
  @Column({ type: 'text', array: true, default: () => `'{}'` })
  claims!: string[];

  /** From then on it no longer answers a request, and the user is asked again; null: it has no end. */
  @Column({ name: 'ask_again_at', type: 'timestamptz', nullable: true })
  askAgainAt!: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' })
  updatedAt!: Date;
}
