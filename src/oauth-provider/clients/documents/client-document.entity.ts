import { Column, Entity, PrimaryColumn } from 'typeorm';

/** When the document of a client was read. What it says is in the row of the client (`auth_oauth_client`). */
@Entity({ name: 'auth_client_document' })
export class AuthClientDocument {
  /** The address of the document. */
  @PrimaryColumn({ name: 'client_id', type: 'text', primaryKeyConstraintName: 'auth_client_document_pkey' })
  clientId!: string;

  /** Until then one process reads it, and the others wait. */
  @Column({ name: 'claimed_until', type: 'timestamptz' })
  claimedUntil!: Date;

  /** Null: it has never been read with success, and there is no client. */
  @Column({ name: 'fetched_at', type: 'timestamptz', nullable: true })
  fetchedAt!: Date | null;

  /** After that it is read again. */
  @Column({ name: 'fresh_until', type: 'timestamptz', nullable: true })
  freshUntil!: Date | null;

  /** After that it is not believed any more. */
  @Column({ name: 'good_until', type: 'timestamptz', nullable: true })
  goodUntil!: Date | null;
}
