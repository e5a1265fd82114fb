import { Injectable } from '@nestjs/common';
import { bytes, identifier, integer, orNull, secondsFromNow, text } from '../../common/database/columns.js';
import { Database, type Statement } from '../../common/database/database.js';
import { insertInto, type Inserted } from '../../common/database/insert.js';
import type { Transaction } from '../../common/database/transaction.js';

export interface InitialAccessTokenRow {
  id: string;
  name: string | null;
  remaining_uses: number | null;
  expires_at: Date | null;
  created_at: Date;
}

const TOKEN = insertInto('auth_initial_access_token', {
  id: identifier('id'),
  hash: bytes('hash'),
  name: orNull(text('name')),
  /** Null: any number. */
  uses: orNull(integer('remaining_uses')),
  /** Null: no end. */
  lifetimeSeconds: orNull(secondsFromNow('expires_at')),
});
export type NewInitialAccessToken = Inserted<typeof TOKEN>;

const COLUMNS = 'id, name, remaining_uses, expires_at, created_at';
const LIVE = '(expires_at IS NULL OR expires_at > now()) AND (remaining_uses IS NULL OR remaining_uses > 0)';
const INSERT: Statement = {
  name: 'auth_initial_access_token_insert',
  text: `${TOKEN.text} RETURNING ${COLUMNS}`,
};
const IS_LIVE: Statement = {
  name: 'auth_initial_access_token_is_live',
  text: `SELECT 1 AS one FROM auth_initial_access_token WHERE hash = $1 AND ${LIVE}`,
};
const USE: Statement = {
  name: 'auth_initial_access_token_use',
  text: `UPDATE auth_initial_access_token SET remaining_uses = remaining_uses - 1 WHERE hash = $1 AND ${LIVE} RETURNING id`,
};
const LIST: Statement = {
  name: 'auth_initial_access_token_list',
  text: `SELECT ${COLUMNS} FROM auth_initial_access_token ORDER BY created_at DESC, id LIMIT $1 OFFSET $2`,
};
const COUNT: Statement = {
  name: 'auth_initial_access_token_count',
  text: 'SELECT count(*)::int AS count FROM auth_initial_access_token',
};
const DELETE: Statement = {
  name: 'auth_initial_access_token_delete',
  text: 'DELETE FROM auth_initial_access_token WHERE id = $1 RETURNING id',
};

/** Every statement about initial access tokens (RFC 7591 3). */
@Injectable()
export class InitialAccessTokenStore {
  constructor(private readonly database: Database) {}

  async insert(token: NewInitialAccessToken): Promise<InitialAccessTokenRow> {
    const [row] = await this.database.query<InitialAccessTokenRow>(INSERT, TOKEN.values(token));
    return row!;
  }

  async isLive(hash: Buffer): Promise<boolean> {
    return (await this.database.query(IS_LIVE, [hash])).length > 0;
  }

  /** Spends one use, in the transaction of its registration. @returns false when none is left */
  async use(tx: Transaction, hash: Buffer): Promise<boolean> {
    return (await tx.query(USE, [hash])).length > 0;
  }

  async list(limit: number, offset: number): Promise<{ rows: InitialAccessTokenRow[]; total: number }> {
    const rows = await this.database.query<InitialAccessTokenRow>(LIST, [limit, offset]);
    const [counted] = await this.database.query<{ count: number }>(COUNT, []);
    return { rows, total: counted!.count };
  }

  async delete(id: string): Promise<boolean> {
    return (await this.database.query(DELETE, [id])).length > 0;
  }
}
