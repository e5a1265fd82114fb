import { Injectable } from '@nestjs/common';
import { checkPassword, hashPassword, type HostUser, type NewHostUser, type UserDirectory } from 'nest-authority';
import type { SubjectEnd, Transaction } from 'nest-authority';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';

/** Kinds of ids that hosts have, and how the next one is made. */
export const ID_COLUMNS = {
  integer: 'integer GENERATED ALWAYS AS IDENTITY',
  uuid: 'uuid DEFAULT gen_random_uuid()',
  text: `text DEFAULT 'member-' || md5(random()::text)`,
} as const;
export type IdKind = keyof typeof ID_COLUMNS;

/** The host's own table; a note in another table prevents the deletion of a member. */
export function memberMigration(kind: IdKind): new () => MigrationInterface {
  return class Members1800000000000 implements MigrationInterface {
    readonly name = 'Members1800000000000';
    async up(runner: QueryRunner): Promise<void> {
      await runner.query(`CREATE TABLE member (
        id ${ID_COLUMNS[kind]} PRIMARY KEY, email text NOT NULL UNIQUE, full_name text NOT NULL, avatar text,
        secret text, plan text NOT NULL DEFAULT 'free', banned boolean NOT NULL DEFAULT false,
        joined_at timestamptz NOT NULL DEFAULT now(), changed_at timestamptz NOT NULL DEFAULT now())`);
      await runner.query(`CREATE TABLE invoice (member_id ${ID_COLUMNS[kind].split(' ')[0]} REFERENCES member (id))`);
    }
    async down(): Promise<void> {}
  };
}

interface MemberRow {
  id: number | string;
  email: string;
  full_name: string;
  avatar: string | null;
  secret: string | null;
  plan: string;
  joined_at: Date;
  changed_at: Date;
}

export type Query = (sql: string, values: unknown[]) => Promise<MemberRow[]>;

/** What both forms of directory share: all but the end of a member. */
export function memberDirectory(query: Query) {
  const one = async (sql: string, ...values: unknown[]) => (await query(sql, values))[0] ?? null;
  return {
    find: async (id: string) => toUser(await one('SELECT * FROM member WHERE id = $1', id)),
    findByEmail: async (email: string) => toUser(await one('SELECT * FROM member WHERE email = $1', email)),
    create: async (user: NewHostUser) =>
      toUser(
        await one(
          `INSERT INTO member (email, full_name, avatar, secret) VALUES ($1, $2, $3, $4)
           ON CONFLICT (email) DO NOTHING RETURNING *`,
          user.email,
          user.name,
          user.image,
          user.password && (await hashPassword(user.password)),
        ),
      ),
    update: async (id: string, change: { name?: string; image?: string | null }) => {
      const values = [id, change.name ?? null, change.image !== undefined, change.image ?? null];
      await query(
        `UPDATE member SET full_name = COALESCE($2, full_name), avatar = CASE WHEN $3 THEN $4 ELSE avatar END,
         changed_at = now() WHERE id = $1`,
        values,
      );
      return toUser(await one('SELECT * FROM member WHERE id = $1', id));
    },
    verifyPassword: async (id: string, password: string) => {
      const row = await one('SELECT secret FROM member WHERE id = $1', id);
      return (await checkPassword(password, row?.secret ?? null)).matches;
    },
    preparePassword: async (id: string, password: string) => {
      const secret = await hashPassword(password);
      const statement = { name: 'member_password', text: 'UPDATE member SET secret = $2 WHERE id = $1' };
      return async (tx: Transaction) => void (await tx.query(statement, [id, secret]));
    },
  } satisfies UserDirectory;
}

function toUser(row: MemberRow | null): HostUser | null {
  return (
    row && {
      id: String(row.id),
      email: row.email,
      emailVerified: true,
      name: row.full_name,
      image: row.avatar,
      createdAt: row.joined_at,
      updatedAt: row.changed_at,
      plan: row.plan,
    }
  );
}

/** As a class, created by Nest: ends a member in the transaction that ends all that they hold. */
@Injectable()
export class MemberDirectory implements UserDirectory {
  private readonly members = memberDirectory((sql, values) => this.dataSource.query(sql, values));
  readonly find = this.members.find;
  readonly findByEmail = this.members.findByEmail;
  readonly create = this.members.create;
  readonly update = this.members.update;
  readonly verifyPassword = this.members.verifyPassword;
  readonly preparePassword = this.members.preparePassword;

  constructor(private readonly dataSource: DataSource) {}

  async end(tx: Transaction, id: string, end: SubjectEnd): Promise<void> {
    if (end === 'disabled')
      await tx.query({ name: 'member_ban', text: 'UPDATE member SET banned = true WHERE id = $1' }, [id]);
    if (end === 'forgotten') await tx.query({ name: 'member_delete', text: 'DELETE FROM member WHERE id = $1' }, [id]);
  }
}
