import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** How often a key was used on one day. Deleted with the key. */
@Entity({ name: 'auth_api_key_usage' })
@Index('auth_api_key_usage_day', ['day'])
export class AuthApiKeyUsage {
  @PrimaryColumn({ name: 'key_id', type: 'uuid', primaryKeyConstraintName: 'auth_api_key_usage_pkey' })
  keyId!: string;

  /** In UTC. */
  @PrimaryColumn({ type: 'date', primaryKeyConstraintName: 'auth_api_key_usage_pkey' })
  day!: string;

  @Column({ type: 'integer' })
  requests!: number;
}
