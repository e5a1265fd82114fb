import { Injectable } from '@nestjs/common';
import { boolean, json, orNull, text } from '../../common/database/columns.js';
import { Database, type Executor, type Statement } from '../../common/database/database.js';
import { insertInto, type Inserted } from '../../common/database/insert.js';

export interface UserRow {
  id: string;
  email: string;
  email_verified: boolean;
  name: string;
  image: string | null;
  roles: string[];
  claims: Record<string, unknown>;
  created_at: Date;
  updated_at: Date;
}

const USER = insertInto('auth_user', {
  id: text('id'),
  email: text('email'),
  emailVerified: boolean('email_verified'),
  name: text('name'),
  image: orNull(text('image')),
  passwordHash: orNull(text('password_hash')),
  claims: json<Readonly<Record<string, unknown>>>('claims'),
});
export type NewUserRow = Inserted<typeof USER>;

export const USER_COLUMNS = 'id, email, email_verified, name, image, roles, claims, created_at, updated_at';
const FIND: Statement = { name: 'auth_user_find', text: `SELECT ${USER_COLUMNS} FROM auth_user WHERE id = $1` };
const FIND_BY_EMAIL: Statement = {
  name: 'auth_user_find_email',
  text: `SELECT ${USER_COLUMNS} FROM auth_user WHERE email = $1`,
};
const INSERT: Statement = {
  name: 'auth_user_insert',
  text: `${USER.text} ON CONFLICT (email) DO NOTHING RETURNING ${USER_COLUMNS}`,
};
const UPSERT: Statement = {
  name: 'auth_user_upsert',
  text: `${USER.text}
         ON CONFLICT (email) DO UPDATE SET email_verified = excluded.email_verified, name = excluded.name, image = excluded.image,
           claims = excluded.claims, updated_at = now() RETURNING ${USER_COLUMNS}`,
};
const UPDATE: Statement = {
  name: 'auth_user_update',
  text: `UPDATE auth_user SET name = COALESCE($2, name), image = CASE WHEN $3 THEN $4 ELSE image END, updated_at = now()
         WHERE id = $1 RETURNING ${USER_COLUMNS}`,
};
const WITH_PASSWORD: Statement = {
  name: 'auth_user_with_password',
  text: `SELECT ${USER_COLUMNS} FROM auth_user WHERE id = $1 AND password_hash IS NOT NULL`,
};
const PASSWORD: Statement = { name: 'auth_user_password', text: 'SELECT password_hash FROM auth_user WHERE id = $1' };
const SET_PASSWORD: Statement = {
  name: 'auth_user_set_password',
  text: 'UPDATE auth_user SET password_hash = $2, updated_at = now() WHERE id = $1 RETURNING id',
};
const UPGRADE_PASSWORD: Statement = {
  name: 'auth_user_upgrade_password',
  text: 'UPDATE auth_user SET password_hash = $3 WHERE id = $1 AND password_hash = $2 RETURNING id',
};
const MARK_VERIFIED: Statement = {
  name: 'auth_user_mark_verified',
  text: 'UPDATE auth_user SET email_verified = true, updated_at = now() WHERE id = $1 AND email = $2 RETURNING id',
};
const CHANGE_EMAIL: Statement = {
  name: 'auth_user_change_email',
  text: `UPDATE auth_user SET email = $2, email_verified = true, updated_at = now()
         WHERE id = $1 AND NOT EXISTS (SELECT FROM auth_user o WHERE o.email = $2 AND o.id <> $1) RETURNING id`,
};
const SET_ROLES: Statement = {
  name: 'auth_user_set_roles',
  text: 'UPDATE auth_user SET roles = $2, updated_at = now() WHERE id = $1 RETURNING id',
};
/** Whoever is disabled does not count, even if that is over by itself some day. */
const LAST_WITH_ROLE: Statement = {
  name: 'auth_user_last_with_role',
  // Materialized: found by the index on roles, which the planner passes over where one row would do.
  text: `WITH holder AS MATERIALIZED (SELECT id FROM auth_user WHERE roles && $2::text[])
         SELECT id FROM holder WHERE id = $1 AND NOT EXISTS (
           SELECT FROM holder other LEFT JOIN auth_subject s ON s.subject = other.id
           WHERE other.id <> $1 AND s.disabled_at IS NULL AND s.forgotten_at IS NULL)`,
};
const REMOVE: Statement = { name: 'auth_user_remove', text: 'DELETE FROM auth_user WHERE id = $1 RETURNING id' };

/** Every statement about `auth_user`. */
@Injectable()
export class UserStore {
  constructor(private readonly database: Database) {}

  async find(id: string): Promise<UserRow | null> {
    return this.one(FIND, [id]);
  }

  async findByEmail(email: string): Promise<UserRow | null> {
    return this.one(FIND_BY_EMAIL, [email]);
  }

  /** @returns null when the address is taken, which the unique index decides */
  async insert(user: NewUserRow, executor?: Executor): Promise<UserRow | null> {
    return this.one(INSERT, USER.values(user), executor);
  }

  /** For seeding: creates the user, or updates the one with this e-mail address; an existing password stays. */
  async upsert(user: NewUserRow): Promise<UserRow> {
    return (await this.one(UPSERT, USER.values(user)))!;
  }

  async update(id: string, change: { name?: string; image?: string | null }): Promise<UserRow | null> {
    return this.one(UPDATE, [id, change.name ?? null, change.image !== undefined, change.image ?? null]);
  }

  async passwordHash(id: string): Promise<string | null> {
    const [row] = await this.database.query<{ password_hash: string | null }>(PASSWORD, [id]);
    return row?.password_hash ?? null;
  }

  /** @returns null when there is no such user or they have no password */
  async withPassword(id: string, executor: Executor): Promise<UserRow | null> {
    return this.one(WITH_PASSWORD, [id], executor);
  }

  async setPassword(executor: Executor, id: string, hash: string | null): Promise<void> {
    await executor.query(SET_PASSWORD, [id, hash]);
  }

  /** Replaces a hash with a stronger one of the same password, unless the password has changed meanwhile. */
  async upgradePassword(id: string, before: string, after: string): Promise<void> {
    await this.database.query(UPGRADE_PASSWORD, [id, before, after]);
  }

  /** @returns false when the user has another address */
  async markVerified(executor: Executor, id: string, email: string): Promise<boolean> {
    return (await executor.query(MARK_VERIFIED, [id, email])).length > 0;
  }

  /** @returns false when somebody has the address. Whoever takes it at the same moment makes the unique index fail the statement */
  async changeEmail(executor: Executor, id: string, email: string): Promise<boolean> {
    return (await executor.query(CHANGE_EMAIL, [id, email])).length > 0;
  }

  /** @returns false when there is no such user */
  async setRoles(executor: Executor, id: string, roles: readonly string[]): Promise<boolean> {
    return (await executor.query(SET_ROLES, [id, roles])).length > 0;
  }

  /** Whether this user has one of these roles, and nobody else, who may sign in, does. */
  async isLastWith(executor: Executor, id: string, roles: readonly string[]): Promise<boolean> {
    return (await executor.query(LAST_WITH_ROLE, [id, roles])).length > 0;
  }

  async remove(executor: Executor, id: string): Promise<void> {
    await executor.query(REMOVE, [id]);
  }

  private async one(
    statement: Statement,
    values: readonly unknown[],
    executor: Executor = this.database,
  ): Promise<UserRow | null> {
    const [row] = await executor.query<UserRow>(statement, values);
    return row ?? null;
  }
}
