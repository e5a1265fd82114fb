import type { Statement } from '../../common/database/database.js';
import type { ApiKeyOwner } from '../api-keys.options.js';
import { API_KEY_COLUMNS, API_KEY_ROW } from './api-key.columns.js';

/** Members that lists can be sorted by. */
export const SORTABLE = ['createdAt', 'updatedAt', 'name', 'expiresAt', 'lastRequest', 'requestCount'] as const;

export interface ApiKeyFilter {
  /** Absent: of every owner. */
  readonly owner?: ApiKeyOwner;
  readonly configId?: string;
  readonly enabled?: boolean;
  /** `active`: neither disabled nor expired nor revoked. */
  readonly status?: 'active' | 'disabled' | 'expired' | 'revoked';
  /** Part of the name; case does not matter. */
  readonly search?: string;
  /** Those delegated from the key with this id; null: those that were not delegated. */
  readonly delegatedFrom?: string | null;
  /** Enabled, not revoked, and expiring within this many seconds. */
  readonly expiringWithinSeconds?: number;
}

export interface ApiKeyListing extends ApiKeyFilter {
  /** Default 100, at most 500. */
  readonly limit?: number;
  readonly offset?: number;
  /** Default `createdAt`. */
  readonly sortBy?: (typeof SORTABLE)[number];
  /** Default `desc`. */
  readonly sortDirection?: 'asc' | 'desc';
}

const ALIVE = '(enabled AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()))';
const MATCHES = `deleted_at IS NULL
  AND ($1::text IS NULL OR (owner_kind = $1 AND owner_id = $2))
  AND ($3::text IS NULL OR config_id = $3)
  AND ($4::boolean IS NULL OR enabled = $4)
  AND ($5::text IS NULL OR $5 = CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN expires_at <= now() THEN 'expired'
        WHEN NOT enabled THEN 'disabled' ELSE 'active' END)
  AND ($6::text IS NULL OR strpos(lower(name), lower($6)) > 0)
  AND ($7::float8 IS NULL OR (${ALIVE} AND expires_at <= now() + $7 * interval '1 second'))
  AND ($8::text IS NULL OR COALESCE(delegated_from::text, '') = $8)`;

export const COUNT_KEYS: Statement = {
  name: 'auth_api_key_count',
  text: `SELECT count(*)::float8 AS total FROM auth_api_key WHERE ${MATCHES}`,
};

/** One statement per order. The id makes every order total, so that pages neither repeat nor miss a row. */
const LISTS: ReadonlyMap<string, Statement> = new Map(
  SORTABLE.flatMap((member) =>
    (['asc', 'desc'] as const).map((direction) => {
      const { column } = API_KEY_COLUMNS[member];
      return [
        `${member} ${direction}`,
        {
          name: `auth_api_key_list_${column}_${direction}`,
          text: `SELECT ${API_KEY_ROW} FROM auth_api_key WHERE ${MATCHES}
                 ORDER BY ${column} ${direction} NULLS LAST, id ${direction} LIMIT $9 OFFSET $10`,
        },
      ];
    }),
  ),
);

export function listStatement(listing: ApiKeyListing): Statement {
  return LISTS.get(`${listing.sortBy ?? 'createdAt'} ${listing.sortDirection ?? 'desc'}`)!;
}

export function filterValues(filter: ApiKeyFilter): unknown[] {
  return [
    filter.owner?.kind ?? null,
    filter.owner?.id ?? null,
    filter.configId ?? null,
    filter.enabled ?? null,
    filter.status ?? null,
    filter.search ?? null,
    filter.expiringWithinSeconds ?? null,
    filter.delegatedFrom === undefined ? null : (filter.delegatedFrom ?? ''),
  ];
}
