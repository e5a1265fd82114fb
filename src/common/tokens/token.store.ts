import { v7 as uuid } from 'uuid';
import type { Database, Executor, Statement } from '../database/database.js';
import type { Transaction } from '../database/transaction.js';
import { clientSubject } from '../subjects/client-subject.js';
import type {
  AccessTokenRow,
  ClientTokenRow,
  ConsumedTokenRow,
  FamilySelector,
  NewFamily,
  NewToken,
  RefreshTokenRow,
  StoredToken,
} from './token.rows.js';
import { LOCK_REFRESH, READ_CHILDREN, READ_CONSUMED, ROTATE } from './refresh.statements.js';
import {
  FIND_ACCESS,
  FIND_ACCESS_BY_ID,
  FIND_OF_CLIENT,
  INSERT_FAMILY,
  INSERT_OWN,
  REVOKE,
  REVOKE_ACCESS,
  REVOKE_GRANTED,
  REVOKE_OWN,
} from './token.statements.js';

/** All statements about tokens and their families. Callers apply the rules; only single use is enforced here, by the WHERE clauses. */
export class TokenStore {
  constructor(private readonly database: Database) {}

  /** @returns no rows when the family belongs to a client that has ended */
  async insert(
    executor: Executor,
    family: NewFamily,
    tokens: readonly NewToken[],
    access: { readonly scopes: readonly string[]; readonly audience: readonly string[] },
  ): Promise<{ familyId: string; tokens: StoredToken[] }> {
    const familyId = uuid();
    const rows = await executor.query<StoredToken>(INSERT_FAMILY, [
      ...tokenColumns(tokens),
      familyId,
      family.subject,
      family.subjectKind,
      family.clientId,
      family.sessionId,
      family.source,
      family.sourceId,
      family.scopes,
      family.audience,
      family.authenticatedAt,
      family.context && JSON.stringify(family.context),
      family.lifetimeSeconds,
      family.clientId === null ? null : clientSubject(family.clientId),
      access.scopes,
      access.audience,
    ]);
    return { familyId, tokens: rows };
  }

  /** @returns no row when the client has ended */
  async insertOwn(
    executor: Executor,
    clientId: string,
    { id, hash, lifetimeSeconds }: NewToken,
    access: { readonly scopes: readonly string[]; readonly audience: readonly string[] },
  ): Promise<StoredToken[]> {
    const values = [id, clientId, hash, access.scopes, access.audience, lifetimeSeconds, clientSubject(clientId)];
    return executor.query<StoredToken>(INSERT_OWN, values);
  }

  async findAccess(hash: Buffer): Promise<AccessTokenRow | null> {
    const [row] = await this.database.query<AccessTokenRow>(FIND_ACCESS, [hash]);
    return row ?? null;
  }

  /** The access token with this id; a JWT names it as `jti`. */
  async findAccessById(id: string): Promise<AccessTokenRow | null> {
    const [row] = await this.database.query<AccessTokenRow>(FIND_ACCESS_BY_ID, [id]);
    return row ?? null;
  }

  /** The token with this digest if it was issued to a client; first-party tokens are not shown to clients. */
  async findOfClient(hash: Buffer, executor: Executor = this.database): Promise<ClientTokenRow | null> {
    const [row] = await executor.query<ClientTokenRow>(FIND_OF_CLIENT, [hash]);
    return row ?? null;
  }

  /** Ends one access token; its family lives on. @returns false when it does not exist or has already been revoked */
  async revokeAccess(tx: Transaction, tokenId: string): Promise<boolean> {
    return (await tx.query(REVOKE_ACCESS, [tokenId])).length > 0;
  }

  /** Locks the family, so that simultaneous presentations of one token are checked one after another. */
  async lockRefresh(tx: Transaction, hash: Buffer): Promise<RefreshTokenRow | null> {
    const [row] = await tx.query<RefreshTokenRow>(LOCK_REFRESH, [hash]);
    return row ?? null;
  }

  /** Consumes the parent and inserts its successors in one statement. @returns no rows when it was already consumed or revoked */
  async rotate(
    tx: Transaction,
    parentId: string,
    successor: Buffer,
    grant: { scopes: readonly string[]; audience: readonly string[] },
    tokens: readonly NewToken[],
  ): Promise<StoredToken[]> {
    return tx.query<StoredToken>(ROTATE, [...tokenColumns(tokens), parentId, successor, grant.scopes, grant.audience]);
  }

  async readConsumed(tx: Transaction, tokenId: string): Promise<ConsumedTokenRow | null> {
    const [row] = await tx.query<ConsumedTokenRow>(READ_CONSUMED, [tokenId]);
    return row ?? null;
  }

  async readChildren(tx: Transaction, familyId: string, parentId: string): Promise<StoredToken[]> {
    return tx.query<StoredToken>(READ_CHILDREN, [familyId, parentId]);
  }

  /** Revokes families; the only way in which they end early. @returns ids of the families that were alive */
  async revoke(tx: Transaction, selector: FamilySelector, reason: string): Promise<string[]> {
    const end = async (statement: Statement, values: readonly unknown[]) =>
      (await tx.query<{ id: string }>(statement, [...values, reason])).map((row) => row.id);
    if ('grantedTo' in selector) return end(REVOKE_GRANTED, [selector.subject, selector.grantedTo]);
    if ('ownTokensOf' in selector) return end(REVOKE_OWN, [selector.ownTokensOf]);
    const [key, value] = Object.entries(selector)[0]!;
    const values = Array.isArray(value) ? value : [value];
    return values.length === 0 ? [] : end(REVOKE[key === 'sessionIds' ? 'sessionId' : key]!, [values]);
  }
}

function tokenColumns(tokens: readonly NewToken[]): unknown[] {
  return [
    tokens.map((token) => token.id),
    tokens.map((token) => token.kind),
    tokens.map((token) => token.hash),
    tokens.map((token) => token.lifetimeSeconds),
  ];
}
