import type { Database, Executor, Statement } from '../database/database.js';
import { ALWAYS } from '../database/statement-part.js';
import type { Transaction } from '../database/transaction.js';
import { clientSubject } from '../subjects/client-subject.js';
import type { ActClaim } from '../principal/actor.js';
import type { Confirmation } from '../principal/confirmation.js';
import type { IssueTerms, TokenReach } from './issued-tokens.js';
import type {
  AccessTokenRow,
  ClientTokenRow,
  ConsumedTokenRow,
  FamilySelector,
  InsertedRow,
  JoinedRow,
  Insertion,
  NewFamily,
  NewToken,
  RefreshTokenRow,
  StoredToken,
} from './token.rows.js';
import { FIND_REFRESH, LOCK_REFRESH, READ_CHILDREN, READ_CONSUMED, RENEW, ROTATE } from './refresh.statements.js';
import {
  FIND_ACCESS,
  FIND_ACCESS_BY_ID,
  FIND_OF_CLIENT,
  INSERT_OWN,
  insertFamily,
  JOIN_FAMILY,
  IS_REFRESHABLE,
  REVOKE,
  REVOKE_ACCESS,
  REVOKE_GRANTED,
  REVOKE_OWN,
} from './token.statements.js';
import { listOf, outcomeOf, tokenColumns, toJson } from './token.values.js';
import { newId } from '../new-id.js';

/** What an access token allows, and what its holder must prove. */
export interface BoundReach extends TokenReach {
  readonly confirmation: Confirmation | null;
  /** Default: nobody. */
  readonly actor?: ActClaim | null;
}

/** An access token that a refresh token gives. */
export interface RenewedReach extends BoundReach {
  /** Until when the refresh token that goes on may stay unused; null: until its family ends. */
  readonly idleSeconds: number | null;
}

/** All statements about tokens and their families. Callers apply the rules; only single use is enforced here, by the WHERE clauses. */
export class TokenStore {
  constructor(private readonly database: Database) {}

  /** Writes the family and its tokens, or nothing. */
  async insert(
    executor: Executor,
    family: NewFamily,
    tokens: readonly NewToken[],
    { access, holder = ALWAYS, spend = ALWAYS }: { readonly access: BoundReach } & IssueTerms,
  ): Promise<Insertion> {
    const familyId = newId();
    const { confirmation, actor = null } = access;
    const rows = await executor.query<InsertedRow>(insertFamily(holder, spend), [
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
      toJson(family.context),
      family.lifetimeSeconds,
      family.clientId === null ? null : clientSubject(family.clientId),
      access.scopes,
      access.audience,
      toJson(family.confirmation),
      toJson(confirmation),
      family.idleSeconds,
      toJson(actor),
      listOf(family.authorizationDetails),
      listOf(access.authorizationDetails),
      ...holder.values,
      ...spend.values,
    ]);
    return { familyId, ...outcomeOf(rows) };
  }

  /** Writes an access token that ends with another client's family, or nothing. */
  async insertJoined(
    executor: Executor,
    { familyId, clientId }: { readonly familyId: string; readonly clientId: string },
    { id, hash, lifetimeSeconds }: NewToken,
    { scopes, audience, confirmation, actor = null, authorizationDetails }: BoundReach,
  ): Promise<Insertion> {
    const names = [familyId, clientSubject(clientId), id, clientId];
    const reach = [scopes, audience, toJson(confirmation), toJson(actor)];
    const rows = await executor.query<JoinedRow>(JOIN_FAMILY, [
      ...names,
      hash,
      ...reach,
      lifetimeSeconds,
      listOf(authorizationDetails),
    ]);
    const tokens = rows.filter((row): row is JoinedRow & StoredToken => row.id !== null);
    if (tokens.length > 0) return { familyId, tokens, missing: null };
    return { familyId, tokens, missing: rows[0]!.family_lives ? 'client' : 'family' };
  }

  /** Writes a client's own token, or nothing. */
  async insertOwn(
    executor: Executor,
    clientId: string,
    { id, hash, lifetimeSeconds }: NewToken,
    access: BoundReach,
  ): Promise<Insertion> {
    const { scopes, audience, confirmation } = access;
    const values = [
      id,
      clientId,
      hash,
      scopes,
      audience,
      lifetimeSeconds,
      clientSubject(clientId),
      toJson(confirmation),
    ];
    const tokens = await executor.query<StoredToken>(INSERT_OWN, values);
    return { familyId: null, tokens, missing: tokens.length > 0 ? null : 'client' };
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

  /** Whether the family has a refresh token, and so outlives its access tokens. */
  async isRefreshable(tx: Transaction, familyId: string): Promise<boolean> {
    return (await tx.query(IS_REFRESHABLE, [familyId])).length > 0;
  }

  /** @param counts whether to count the rotations of the last minute */
  async findRefresh(hash: Buffer, counts: boolean): Promise<RefreshTokenRow | null> {
    const [row] = await this.database.query<RefreshTokenRow>(FIND_REFRESH, [hash, counts]);
    return row ?? null;
  }

  /** Locks the family, so that simultaneous presentations of one token are checked one after another. */
  async lockRefresh(tx: Transaction, hash: Buffer): Promise<RefreshTokenRow | null> {
    const [row] = await tx.query<RefreshTokenRow>(LOCK_REFRESH, [hash, false]);
    return row ?? null;
  }

  /**
   * Consumes the parent and inserts its successors in one statement, which is its own transaction.
   * @returns no rows when the parent was already consumed or revoked, or the family has ended
   */
  async rotate(
    { id, family_id: familyId }: Pick<RefreshTokenRow, 'id' | 'family_id'>,
    successor: Buffer,
    { scopes, audience, authorizationDetails, confirmation, idleSeconds }: RenewedReach,
    tokens: readonly NewToken[],
  ): Promise<StoredToken[]> {
    const values = [
      ...tokenColumns(tokens),
      id,
      familyId,
      successor,
      scopes,
      audience,
      toJson(confirmation),
      idleSeconds,
      listOf(authorizationDetails),
    ];
    return this.database.query<StoredToken>(ROTATE, values);
  }

  /**
   * Inserts an access token beside a refresh token that stays, in one statement, which is its own transaction.
   * @returns no rows when the refresh token was revoked or rotated, or the family has ended
   */
  async renew(
    { id, family_id: familyId }: Pick<RefreshTokenRow, 'id' | 'family_id'>,
    { scopes, audience, authorizationDetails, confirmation, idleSeconds }: RenewedReach,
    token: NewToken,
  ): Promise<StoredToken[]> {
    const { id: tokenId, hash, lifetimeSeconds } = token;
    const row = [tokenId, hash, lifetimeSeconds, scopes, audience, toJson(confirmation), listOf(authorizationDetails)];
    return this.database.query<StoredToken>(RENEW, [id, familyId, idleSeconds, ...row]);
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
    return values.length === 0 ? [] : end(REVOKE[key.replace(/Ids$/, 'Id')]!, [values]);
  }
}
