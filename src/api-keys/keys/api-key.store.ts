import { Injectable } from '@nestjs/common';
import { Database, type Executor } from '../../common/database/database.js';
import type { StatementPart } from '../../common/database/statement-part.js';
import type { Transaction } from '../../common/database/transaction.js';
import type { ApiKeyOwner } from '../api-keys.options.js';
import { COUNT_KEYS, filterValues, listStatement, type ApiKeyListing } from './api-key.list.js';
import type { ApiKeyRow, ApiKeyChange, MintedApiKey } from './api-key.columns.js';
import {
  changeValues,
  COUNT_OF_OWNER,
  DELETE,
  FIND,
  FIND_BY_HASH,
  FIND_DELETED,
  FIND_MADE,
  FORGET_ALL,
  HAND_OVER_COUNTERS,
  holdingText,
  INSERT,
  insertValues,
  LOCK,
  REVOKE,
  REVOKE_ALL,
  RETIRE,
  SUCCEED,
  successorValues,
  UPDATE,
  type NewApiKey,
} from './api-key.statements.js';

export const DEFAULT_PAGE = 100;

/** All statements that manage keys. The WHERE clauses check the owner; `owner` null means any owner. */
@Injectable()
export class ApiKeyStore {
  constructor(private readonly database: Database) {}

  /** @returns null when there is a key with this id */
  async insert(tx: Transaction, key: NewApiKey): Promise<ApiKeyRow | null> {
    return this.one(tx, INSERT, insertValues(key));
  }

  /** The same key, made within the last minute. */
  async findMade(tx: Transaction, { id, hash }: MintedApiKey): Promise<ApiKeyRow | null> {
    return this.one(tx, FIND_MADE, [id, hash]);
  }

  /** @param hashes digests of one secret under every algorithm in use */
  async findByHash(hashes: readonly Buffer[]): Promise<{ row: ApiKeyRow; hash: Buffer } | null> {
    const [found] = await this.database.query<ApiKeyRow & { hash: Buffer }>(FIND_BY_HASH, [hashes]);
    if (!found) return null;
    // The row may be shown, so the digest is kept apart; only the comparison needs it.
    const { hash, ...row } = found;
    return { row, hash };
  }

  /** Exact while the owner is locked. */
  async countOf(tx: Transaction, owner: ApiKeyOwner, configId: string): Promise<{ held: number; made_today: number }> {
    const [row] = await tx.query<{ held: number; made_today: number }>(COUNT_OF_OWNER, [
      owner.kind,
      owner.id,
      configId,
    ]);
    return row!;
  }

  async find(id: string, owner: ApiKeyOwner | null): Promise<ApiKeyRow | null> {
    return this.one(this.database, FIND, [id, ...ownerValues(owner)]);
  }

  /** A key of any owner that has been deleted, until it is swept. */
  async findDeleted(id: string): Promise<ApiKeyRow | null> {
    return this.one(this.database, FIND_DELETED, [id]);
  }

  async list(listing: ApiKeyListing): Promise<{ rows: ApiKeyRow[]; total: number }> {
    const filter = filterValues(listing);
    const values = [...filter, listing.limit ?? DEFAULT_PAGE, listing.offset ?? 0];
    const rows = await this.database.query<ApiKeyRow>(listStatement(listing), values);
    const [count] = await this.database.query<{ total: number }>(COUNT_KEYS, filter);
    return { rows, total: count!.total };
  }

  /** @returns null when there is no such key of this owner, or it is revoked */
  async update(
    tx: Transaction,
    id: string,
    owner: ApiKeyOwner | null,
    change: ApiKeyChange,
  ): Promise<ApiKeyRow | null> {
    return this.one(tx, UPDATE, [id, ...ownerValues(owner), ...changeValues(change)]);
  }

  async revoke(tx: Transaction, id: string, owner: ApiKeyOwner | null, reason: string): Promise<ApiKeyRow | null> {
    return this.one(tx, REVOKE, [id, ...ownerValues(owner), reason]);
  }

  async delete(tx: Transaction, id: string, owner: ApiKeyOwner | null, reason: string): Promise<ApiKeyRow | null> {
    return this.one(tx, DELETE, [id, ...ownerValues(owner), reason]);
  }

  async revokeAll(tx: Transaction, owner: ApiKeyOwner, reason: string): Promise<string[]> {
    return this.ids(await tx.query<{ id: string }>(REVOKE_ALL, [owner.kind, owner.id, reason]));
  }

  async forgetAll(tx: Transaction, owner: ApiKeyOwner): Promise<string[]> {
    return this.ids(await tx.query<{ id: string }>(FORGET_ALL, [owner.kind, owner.id]));
  }

  async lock(tx: Transaction, id: string, owner: ApiKeyOwner | null): Promise<ApiKeyRow | null> {
    return this.one(tx, LOCK, [id, ...ownerValues(owner)]);
  }

  /** Holds a key that is good, inside another statement. */
  holding(id: string): StatementPart {
    return { name: 'api_key', text: holdingText, values: [id] };
  }

  /**
   * Replaces a key by a successor, which takes over its settings and counters; the old key stays valid for the overlap.
   * @returns null when the key has ended or has a successor already
   */
  async rotate(
    tx: Transaction,
    id: string,
    owner: ApiKeyOwner | null,
    next: MintedApiKey,
    limits: { readonly overlapSeconds: number; readonly maxLifetimeSeconds: number | null },
  ): Promise<ApiKeyRow | null> {
    // First the copy, which reads the lifetime from the predecessor's expiry; then RETIRE, which shortens that expiry and decides the race.
    const successor = await this.one(tx, SUCCEED, successorValues(id, next, limits.maxLifetimeSeconds));
    const retired = await tx.query(RETIRE, [id, ...ownerValues(owner), next.id, limits.overlapSeconds]);
    if (!successor || retired.length === 0) return null;
    await tx.query(HAND_OVER_COUNTERS, [id, next.id]);
    return successor;
  }

  private async one(executor: Executor, statement: { name: string; text: string }, values: readonly unknown[]) {
    const [row] = await executor.query<ApiKeyRow>(statement, values);
    return row ?? null;
  }

  private ids(rows: readonly { id: string }[]): string[] {
    return rows.map(({ id }) => id);
  }
}

function ownerValues(owner: ApiKeyOwner | null): [kind: string | null, id: string | null] {
  return [owner?.kind ?? null, owner?.id ?? null];
}
