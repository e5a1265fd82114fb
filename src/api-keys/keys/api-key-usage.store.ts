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

interface UsedDay {
  /** By the database's clock. */
  readonly today: string;
  /** Null in the only row that there is when no key was used. */
  readonly id: string | null;
  readonly day: string;
  readonly requests: number;
}

const DAY_MILLISECONDS = 86_400_000;

const DAYS: Statement = {
  name: 'auth_api_key_usage_days',
  text: `SELECT to_char(now.day, 'YYYY-MM-DD') AS today, u.key_id AS id, to_char(u.day, 'YYYY-MM-DD') AS day, u.requests
         FROM (SELECT (now() AT TIME ZONE 'UTC')::date AS day) AS now
         LEFT JOIN auth_api_key_usage u ON u.key_id = ANY($1::uuid[]) AND u.day > now.day - $2::int AND u.day <= now.day`,
};

const FORGET: Statement = {
  name: 'auth_api_key_usage_forget',
  text: 'DELETE FROM auth_api_key_usage WHERE key_id = ANY($1::uuid[])',
};

/** How often keys were used. Written with the counters of the keys (ApiKeyUsage). */
@Injectable()
export class ApiKeyUsageStore {
  constructor(private readonly database: Database) {}

  /**
   * By the id of the key; oldest first, also days without a request, so that a reader has to fill in nothing. The last is today, which grows
   * by batches.
   * @param days 1 to {@link MAX_USAGE_DAYS}
   */
  async days(keyIds: readonly string[], days: number): Promise<ReadonlyMap<string, readonly UsageDay[]>> {
    const rows = await this.database.query<UsedDay>(DAYS, [keyIds, days]);
    const used = new Map(rows.map(({ id, day, requests }) => [`${id} ${day}`, requests]));
    const last = daysUntil(rows[0]!.today, days);
    return new Map(keyIds.map((id) => [id, last.map((day) => ({ day, requests: used.get(`${id} ${day}`) ?? 0 }))]));
  }

  /** A statement of its own, after the one that ends the keys: it sees what a batch has written that had locked their rows before. */
  async forget(tx: Transaction, keyIds: readonly string[]): Promise<void> {
    await tx.query(FORGET, [keyIds]);
  }
}

/** Oldest first. */
function daysUntil(today: string, days: number): string[] {
  const end = Date.parse(today);
  return Array.from({ length: days }, (_, index) =>
    new Date(end - (days - 1 - index) * DAY_MILLISECONDS).toISOString().slice(0, 10),
  );
}
