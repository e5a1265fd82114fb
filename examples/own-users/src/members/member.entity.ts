import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** The users of this application, as they were before it had nest-authority. */
@Entity()
export class Member {
  @PrimaryGeneratedColumn('identity')
  id!: number;

  /** Normalised by nest-authority: trimmed, in lower case. */
  @Column({ type: 'text', unique: true })
  email!: string;

  @Column({ type: 'text', name: 'full_name' })
  fullName!: string;

  @Column({ type: 'text', default: 'free' })
  plan!: string;

  /** Not read unless it is asked for. */
  @Column({ type: 'text', nullable: true, select: false })
  password!: string | null;

  @Column({ type: 'timestamptz', name: 'joined_at', default: () => 'now()' })
  joinedAt!: Date;
}
