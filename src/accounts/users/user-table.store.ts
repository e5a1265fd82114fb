import { Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import { USER_COLUMNS, type UserRow } from './user.store.js';
import { LAST_TEXT, USER_KEYS } from './user-search.store.js';

/** What users can be searched by, and how. */
export const SEARCHES = {
  contains: (column: string) => `strpos(lower(${column}), lower($1::text)) > 0`,
  starts_with: (column: string, key: string) =>
    `${key} >= lower($1::text) AND ${key} < lower($1::text) || '${LAST_TEXT}'`,
  ends_with: (column: string) => `right(lower(${column}), length($1::text)) = lower($1::text)`,
} as const;
export type SearchOperator = keyof typeof SEARCHES;

const BANNED = `EXISTS (SELECT FROM auth_subject s WHERE s.subject = auth_user.id AND s.disabled_at IS NOT NULL
  AND COALESCE(s.disabled_until > now(), true))`;

/** What users can be filtered by: no column that a test could guess a secret from. Each with the SQL of its condition. */
export const FILTERS = {
  id_eq: (value: string) => `id = ${value}::text`,
  email_eq: (value: string) => `email = ${value}::text`,
  name_eq: (value: string) => `name = ${value}::text`,
  emailVerified_eq: (value: string) => `email_verified = ${value}::boolean`,
  banned_eq: (value: string) => `${BANNED} = ${value}::boolean`,
  role_eq: (value: string) => `roles @> ARRAY[${value}::text]`,
  role_ne: (value: string) => `NOT roles @> ARRAY[${value}::text]`,
  hasRole_eq: (value: string) => `(roles <> '{}') = ${value}::boolean`,
  createdAt_lt: (value: string) => `created_at < ${value}::timestamptz`,
  createdAt_lte: (value: string) => `created_at <= ${value}::timestamptz`,
  createdAt_gt: (value: string) => `created_at > ${value}::timestamptz`,
  createdAt_gte: (value: string) => `created_at >= ${value}::timestamptz`,
} as const;
export type Filter = keyof typeof FILTERS;

export const SORTS = {
  email: USER_KEYS.email,
  name: USER_KEYS.name,
  id: USER_KEYS.id,
  createdAt: 'created_at',
} as const;
export type Sort = keyof typeof SORTS;

export interface UserTableQuery {
  readonly search?: { readonly field: 'email' | 'name'; readonly operator: SearchOperator; readonly value: string };
  readonly filter?: { readonly by: Filter; readonly value: string | boolean | Date };
  readonly sort: Sort;
  readonly descending: boolean;
  readonly limit: number;
  readonly offset: number;
}

/** Our table of users as better-auth's administration lists it: by offset, sorted and filtered, and counted. */
@Injectable()
export class UserTable {
  constructor(private readonly database: Database) {}

  async list(query: UserTableQuery): Promise<{ rows: UserRow[]; total: number }> {
    const { search, filter, sort, descending, limit, offset } = query;
    const values = [...(search ? [search.value] : []), ...(filter ? [filter.value] : [])];
    const conditions = [
      ...(search ? [SEARCHES[search.operator](search.field, USER_KEYS[search.field])] : []),
      ...(filter ? [FILTERS[filter.by](`$${values.length}`)] : []),
    ];
    const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
    const name = [search && `${search.field}_${search.operator}`, filter?.by].filter(Boolean).join('_');
    const direction = descending ? 'DESC' : 'ASC';
    const rows = await this.database.query<UserRow>(
      {
        name: `auth_users_${name}_${sort}_${direction}`,
        text: `SELECT ${USER_COLUMNS} FROM auth_user ${where} ORDER BY ${SORTS[sort]} ${direction}, ${SORTS.id} ${direction}
         LIMIT $${values.length + 1} OFFSET $${values.length + 2}`,
      },
      [...values, limit, offset],
    );
    const [count] = await this.database.query<{ total: number }>(
      { name: `auth_users_${name}_total`, text: `SELECT count(*)::int AS total FROM auth_user ${where}` },
      values,
    );
    return { rows, total: count!.total };
  }
}
