import { Injectable } from '@nestjs/common';
import type { Statement } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';
import type { Permissions } from '../../common/principal/permissions.js';
import type { ApiKeyAgent } from './api-key.agent.js';
import { API_KEY_ROW, columnsOf, type ApiKeyRow, type MintedApiKey } from './api-key.columns.js';

/** What a delegated key has of its own; all else is as in the key that it is delegated from. */
export interface Delegation {
  readonly stored: MintedApiKey;
  readonly agent: ApiKeyAgent;
  readonly permissions: Permissions | null;
  readonly scopes: readonly string[];
  readonly expiresInSeconds: number;
}

const MINTED = columnsOf('minted');
/** In the order of `DELEGATE`, behind what is minted. */
const OWN = ['agent', 'name', 'permissions', 'scopes'] as const;
const COPIED = columnsOf('fixed', 'setting', 'serverSetting').filter(
  ({ member }) => !(OWN as readonly string[]).includes(member),
);
const names = (columns: readonly { readonly column: string }[], of = '') =>
  columns.map(({ column }) => `${of}${column}`).join(', ');

/**
 * A key and those that it was delegated from, locked from the first to the last: whoever ends one of them waits, and then finds what was
 * delegated meanwhile.
 */
const LOCK_LINE: Statement = {
  name: 'auth_api_key_lock_line',
  text: `WITH RECURSIVE line AS (
           SELECT id, delegated_from FROM auth_api_key WHERE id = $1
           UNION ALL
           SELECT p.id, p.delegated_from FROM line JOIN auth_api_key p ON p.id = line.delegated_from)
         SELECT ${API_KEY_ROW} FROM auth_api_key WHERE id IN (SELECT id FROM line) AND deleted_at IS NULL
         ORDER BY created_at, id FOR NO KEY UPDATE`,
};
const COUNT: Statement = {
  name: 'auth_api_key_count_delegated',
  text: `SELECT count(*) FILTER (WHERE revoked_at IS NULL AND expires_at > now())::int AS held,
           count(*) FILTER (WHERE created_at > now() - interval '1 day')::int AS made_today
         FROM auth_api_key WHERE delegated_from = $1`,
};
/** Its window and quota are those of the key that it is delegated from, which it does not outlive. LEAST ignores nulls. */
const DELEGATE: Statement = {
  name: 'auth_api_key_delegate',
  text: `INSERT INTO auth_api_key (delegated_from, counter_id, hash, expires_at, agent, name, permissions, scopes, ${names(MINTED)}, ${names(COPIED)})
         SELECT p.id, COALESCE(p.counter_id, p.id), $2, LEAST(p.expires_at, now() + $3::float8 * interval '1 second'), $4::jsonb, $5::text,
           $6::jsonb, $7::text[], ${MINTED.map(({ value }, index) => value(`$${8 + index}`)).join(', ')}, ${names(COPIED, 'p.')}
         FROM auth_api_key p WHERE p.id = $1
         RETURNING ${API_KEY_ROW}`,
};
/** Rows are locked from the first to the last, as where one is delegated. */
const END: Statement = {
  name: 'auth_api_key_end_delegated',
  text: `WITH RECURSIVE below AS (
           SELECT id FROM auth_api_key WHERE delegated_from = $1
           UNION ALL
           SELECT k.id FROM below JOIN auth_api_key k ON k.delegated_from = below.id),
         locked AS (SELECT id FROM auth_api_key WHERE id IN (SELECT id FROM below) AND revoked_at IS NULL
           ORDER BY created_at, id FOR NO KEY UPDATE)
         UPDATE auth_api_key SET revoked_at = now(), revoked_reason = $2, updated_at = now()
         WHERE id IN (SELECT id FROM locked) AND revoked_at IS NULL RETURNING ${API_KEY_ROW}`,
};

/** All statements about keys that are delegated from another. */
@Injectable()
export class ApiKeyDelegations {
  /** The key comes last; empty: it is gone. */
  lockLine(tx: Transaction, id: string): Promise<ApiKeyRow[]> {
    return tx.query<ApiKeyRow>(LOCK_LINE, [id]);
  }

  /** Exact while the key is locked. */
  async countOf(tx: Transaction, id: string): Promise<{ held: number; made_today: number }> {
    const [row] = await tx.query<{ held: number; made_today: number }>(COUNT, [id]);
    return row!;
  }

  async insert(tx: Transaction, from: string, delegation: Delegation): Promise<ApiKeyRow> {
    const { stored, agent, permissions, scopes, expiresInSeconds } = delegation;
    const minted = MINTED.map(({ member }): unknown => Reflect.get(stored, member));
    const own = [agent, agent.name, permissions, scopes];
    const [row] = await tx.query<ApiKeyRow>(DELEGATE, [from, stored.hash, expiresInSeconds, ...own, ...minted]);
    return row!;
  }

  /** Ends all that was delegated from this key, and from those. The row of the key must have been changed before, in this transaction. */
  end(tx: Transaction, from: string, reason: string): Promise<ApiKeyRow[]> {
    return tx.query<ApiKeyRow>(END, [from, reason]);
  }
}
