import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A client that a session signed in to, to be told when the session ends (OIDC Back-Channel and Front-Channel Logout). */
@Entity({ name: 'auth_client_session' })
@Index('auth_client_session_client', ['clientId'])
@Index('auth_client_session_created', ['createdAt'])
export class AuthClientSession {
  @PrimaryColumn({ name: 'session_id', type: 'text', primaryKeyConstraintName: 'auth_client_session_pkey' })
  sessionId!: string;

  @PrimaryColumn({ name: 'client_id', type: 'text', primaryKeyConstraintName: 'auth_client_session_pkey' })
  clientId!: string;

  @Column({ type: 'text' })
  subject!: string;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;
}
