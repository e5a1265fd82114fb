import { Injectable } from '@nestjs/common';
import { Database, type Statement } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';

/** The longest time that one question covers. */
export const MAX_USAGE_DAYS = 90;

/** Requests with one key on one day. */
export interface UsageDay {
  /** ISO 8601, in UTC. */
  readonly day: string;
  readonly requests: number;
}

/** Also days without a request, so that a reader has to fill in nothing. */
const DAYS: Statement = {
  name: 'auth_api_key_usage_days',
  text: `SELECT k.id, array_agg(to_char(d.day, 'YYYY-MM-DD') ORDER BY d.day) AS days,
           array_agg(COALESCE(u.requests, 0) ORDER BY d.day) AS requests
         FROM unnest($1::uuid[]) AS k(id)
         CROSS JOIN (SELECT (now() AT TIME ZONE 'UTC')::date - n AS day FROM generate_series(0, $2::int - 1) AS n) AS d
         LEFT JOIN auth_api_key_usage u ON u.key_id = k.id AND u.day = d.day
         GROUP BY k.id`,
};

const FORGET: Statement = {
  name: 'auth_api_key_usage_forget',
  text: 'DELETE FROM auth_api_key_usage WHERE key_id = ANY($1::uuid[])',
};

/** How often keys were used. Written with the counters of the keys (ApiKeyUsage). */
@Injectable()
export class ApiKeyUsageStore {
  constructor(private readonly database: Database) {}

  /** By the id of the key; oldest first. The last is today, which grows by batches. @param days 1 to {@link MAX_USAGE_DAYS} */
  async days(keyIds: readonly string[], days: number): Promise<ReadonlyMap<string, readonly UsageDay[]>> {
    const rows = await this.database.query<{ id: string; days: string[]; requests: number[] }>(DAYS, [keyIds, days]);
    return new Map(
      rows.map((row) => [row.id, row.days.map((day, index) => ({ day, requests: row.requests[index]! }))]),
    );
  }

  /** A statement of its own, after the one that ends the keys: it sees what a batch has written that had locked their rows before. */
  async forget(tx: Transaction, keyIds: readonly string[]): Promise<void> {
    await tx.query(FORGET, [keyIds]);
  }
}
