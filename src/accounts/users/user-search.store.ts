import { Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { Database, type Statement } from '../../common/database/database.js';
import type { UserListing } from '../../common/ports/user-directory.js';
import { USER_COLUMNS, type UserRow } from './user.store.js';

/** What users are found by, as its index has it: in the order of bytes. */
export const USER_KEYS = {
  email: 'email COLLATE "C"',
  name: 'lower(name) COLLATE "C"',
  id: 'id COLLATE "C"',
} as const;
type Key = keyof typeof USER_KEYS;
type Found = UserRow & { readonly key: string };

/** All that begin so: from the prefix to the first text that is greater than each of them. Keys that are equal go by id. */
const startOf = (by: Key) => (by === 'name' ? 'lower($1::text)' : '$1::text');
const page = (by: Key): Statement => ({
  name: `auth_user_page_${by}`,
  text: `SELECT ${USER_COLUMNS}, ${USER_KEYS[by]} AS key FROM auth_user
         WHERE ${USER_KEYS[by]} >= ${startOf(by)} AND ${USER_KEYS[by]} < ${startOf(by)} || $2::text
           AND (${USER_KEYS[by]}, ${USER_KEYS.id}) > ($3::text COLLATE "C", $4::text COLLATE "C")
         ORDER BY ${USER_KEYS[by]}, ${USER_KEYS.id} LIMIT $5`,
});
const PAGES = { email: page('email'), name: page('name'), id: page('id') };
/** Above every text that PostgreSQL stores. */
export const LAST_TEXT = '\u{10FFFF}';

/** Users page by page: each page begins after the last user of the one before, so that the last page costs what the first does. */
@Injectable()
export class UserSearch {
  constructor(private readonly database: Database) {}

  /** @throws AuthError 400 `INVALID_CURSOR` */
  async page({ by, prefix, after, limit }: UserListing): Promise<{ rows: UserRow[]; next: string | null }> {
    const [key, id] = after === null ? ['', ''] : readCursor(after);
    const found = await this.database.query<Found>(PAGES[by], [prefix, LAST_TEXT, key, id, limit + 1]);
    const rows = found.slice(0, limit);
    const last = rows.at(-1);
    return { rows, next: found.length > limit && last ? writeCursor([last.key, last.id]) : null };
  }
}

function writeCursor(place: readonly [string, string]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function readCursor(cursor: string): readonly [string, string] {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const [key, id] = Array.isArray(place) && place.length === 2 ? (place as unknown[]) : [];
    if (isStorable(key) && isStorable(id)) return [key, id];
  } catch {
    // Not ours, as below.
  }
  throw AuthError.badRequest('INVALID_CURSOR', 'The place to go on from is not one that was given');
}

/** PostgreSQL takes neither NUL nor half a character. */
function isStorable(text: unknown): text is string {
  return typeof text === 'string' && !text.includes('\0') && text.isWellFormed();
}
