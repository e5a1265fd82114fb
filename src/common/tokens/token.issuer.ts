import { digestToBytes, sha256 } from '../crypto.js';
import type { Database } from '../database/database.js';
import type { Transaction } from '../database/transaction.js';
import type { AuthEvents } from '../events/auth-events.js';
import type { SecretBox } from '../secrets/secret-box.js';
import { isSubset } from '../principal/scopes.js';
import { isWellFormedToken, mintToken, TOKEN_PREFIX } from './token-format.js';
import type { TokenRevoker } from './token.revoker.js';
import type { NewToken, RefreshTokenRow, StoredToken, TokenStore } from './token.store.js';

/** What a sign-in, code, device approval or client buys. */
export interface TokenGrant {
  readonly subjectId: string;
  /** Default `user`. */
  readonly subjectKind?: 'user' | 'client';
  readonly clientId?: string | null;
  readonly sessionId?: string | null;
  /** `session`, `authorization_code`, `device_code`, `client_credentials`. */
  readonly source: string;
  readonly sourceId?: string | null;
  readonly scopes: readonly string[];
  readonly audience?: readonly string[];
  readonly authenticatedAt?: Date | null;
  readonly accessTtlSeconds: number;
  /** Absolute lifetime of the family from now. Null: no refresh token, the family ends with the access token. */
  readonly refreshTtlSeconds: number | null;
}

export interface IssuedTokens {
  readonly familyId: string;
  readonly subjectId: string;
  readonly sessionId: string | null;
  readonly scopes: readonly string[];
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Date;
  /** `expires_in`: by the database's clock, as of now. */
  readonly accessTokenRemainingSeconds: number;
  readonly refreshToken: string | null;
  readonly refreshTokenExpiresAt: Date | null;
}

export interface RefreshRequest {
  readonly refreshToken: string;
  /** The client that presents it; null for first-party apps. It must be the one the family belongs to. */
  readonly clientId: string | null;
  /** Narrower scopes for this access token only; the family keeps its own (RFC 6749 6, T083). */
  readonly scopes?: readonly string[];
  readonly accessTtlSeconds: number;
}

/** `reason` is private: strangers get one answer for all of them (house rule 13). */
export type RefreshRefusal = 'malformed' | 'unknown' | 'expired' | 'revoked' | 'reused' | 'wrong_client' | 'scope';
export type RefreshOutcome =
  { ok: true; replayed: boolean; tokens: IssuedTokens } | { ok: false; reason: RefreshRefusal };

/** Seconds in which a repeated refresh gets the same successor: lost answers, two tabs (T038). */
const REPLAY_WINDOW_SECONDS = 10;

interface Pair {
  accessToken: string;
  refreshToken: string;
  scopes: readonly string[];
}

/** THE issuing path: no token of ours is made anywhere else. */
export class TokenIssuer {
  constructor(
    private readonly database: Database,
    private readonly store: TokenStore,
    private readonly revoker: TokenRevoker,
    private readonly secrets: SecretBox,
    private readonly events: AuthEvents,
  ) {}

  /**
   * Issues an access token and, if asked for, a refresh token, as a new family, in one statement of the caller's transaction.
   * The caller holds the subject (`SubjectStore.hold`) and consumes what buys it in the same transaction.
   */
  async issue(tx: Transaction, grant: TokenGrant): Promise<IssuedTokens> {
    const accessToken = mintToken(TOKEN_PREFIX.access);
    const refreshToken = grant.refreshTtlSeconds === null ? null : mintToken(TOKEN_PREFIX.refresh);
    const tokens = [newToken('access', accessToken, grant.accessTtlSeconds)];
    if (refreshToken) tokens.push(newToken('refresh', refreshToken, grant.refreshTtlSeconds!));
    const { familyId, tokens: rows } = await this.store.insert(
      tx,
      {
        subject: grant.subjectId,
        subjectKind: grant.subjectKind ?? 'user',
        clientId: grant.clientId ?? null,
        sessionId: grant.sessionId ?? null,
        source: grant.source,
        sourceId: grant.sourceId ?? null,
        scopes: grant.scopes,
        audience: grant.audience ?? [],
        authenticatedAt: grant.authenticatedAt ?? null,
        lifetimeSeconds: grant.refreshTtlSeconds ?? grant.accessTtlSeconds,
      },
      tokens,
    );
    const { subjectId, source, scopes } = grant;
    tx.afterCommit(() =>
      this.events.emit('tokens.issued', { familyId, subjectId, clientId: grant.clientId ?? null, source, scopes }),
    );
    return {
      familyId,
      subjectId,
      sessionId: grant.sessionId ?? null,
      scopes,
      accessToken,
      ...accessExpiry(rows),
      refreshToken,
      refreshTokenExpiresAt: expiryOf(rows, 'refresh'),
    };
  }

  /**
   * Rotates a refresh token: the presented one is spent and its successors inserted in one statement, under the lock of the family.
   * A repeat inside the window gets the same successors; any later repeat means a copy exists, and the family ends.
   * The revocation is committed before the refusal is returned.
   */
  async refresh(request: RefreshRequest): Promise<RefreshOutcome> {
    if (!isWellFormedToken(request.refreshToken, TOKEN_PREFIX.refresh)) return { ok: false, reason: 'malformed' };
    return this.database.transaction(async (tx) => {
      const digest = sha256(request.refreshToken);
      const row = await this.store.lockRefresh(tx, digestToBytes(digest));
      const refusal = refusalOf(row, request);
      if (!row || refusal) return { ok: false, reason: refusal ?? 'unknown' };
      const scopes = request.scopes ?? row.scopes;
      const pair: Pair = {
        accessToken: mintToken(TOKEN_PREFIX.access),
        refreshToken: mintToken(TOKEN_PREFIX.refresh),
        scopes,
      };
      const box = this.secrets.seal(JSON.stringify(pair), successorContext(digest));
      const rotated = await this.store.rotate(tx, row.id, box, { scopes, audience: row.audience }, [
        newToken('access', pair.accessToken, request.accessTtlSeconds),
        newToken('refresh', pair.refreshToken, 1),
      ]);
      if (rotated.length === 0) return this.replay(tx, row, digest, scopes);
      const { family_id: familyId, subject: subjectId, client_id: clientId } = row;
      tx.afterCommit(() => this.events.emit('tokens.refreshed', { familyId, subjectId, clientId }));
      return { ok: true, replayed: false, tokens: toIssued(row, pair, rotated) };
    });
  }

  private async replay(
    tx: Transaction,
    row: RefreshTokenRow,
    digest: string,
    scopes: readonly string[],
  ): Promise<RefreshOutcome> {
    const consumed = await this.store.readConsumed(tx, row.id);
    if (!consumed || consumed.seconds_ago === null) return { ok: false, reason: 'revoked' };
    const text = consumed.successor && this.secrets.open(consumed.successor, successorContext(digest));
    const inWindow = consumed.seconds_ago <= REPLAY_WINDOW_SECONDS && !consumed.successor_consumed;
    if (inWindow && text) {
      const pair = JSON.parse(text) as Pair;
      // Another request with the same token is no repeat; it is refused, but proves no theft inside the window.
      if (!sameScopes(pair.scopes, scopes)) return { ok: false, reason: 'scope' };
      return {
        ok: true,
        replayed: true,
        tokens: toIssued(row, pair, await this.store.readChildren(tx, row.family_id, row.id)),
      };
    }
    await this.revoker.revoke(tx, { familyId: row.family_id }, 'refresh token reuse');
    const { family_id: familyId, subject: subjectId, client_id: clientId } = row;
    tx.afterCommit(() => this.events.emit('tokens.reuse-detected', { familyId, subjectId, clientId }));
    return { ok: false, reason: 'reused' };
  }
}

function refusalOf(row: RefreshTokenRow | null, request: RefreshRequest): RefreshRefusal | null {
  if (!row) return 'unknown';
  if (row.client_id !== request.clientId) return 'wrong_client';
  if (row.family_ended) return 'revoked';
  if (row.expired) return 'expired';
  return isSubset(request.scopes ?? [], new Set(row.scopes)) ? null : 'scope';
}

function newToken(kind: NewToken['kind'], token: string, lifetimeSeconds: number): NewToken {
  return { kind, hash: digestToBytes(sha256(token)), lifetimeSeconds };
}

function toIssued(row: RefreshTokenRow, pair: Pair, rows: readonly StoredToken[]): IssuedTokens {
  return {
    familyId: row.family_id,
    subjectId: row.subject,
    sessionId: row.session_id,
    scopes: pair.scopes,
    accessToken: pair.accessToken,
    ...accessExpiry(rows),
    refreshToken: pair.refreshToken,
    refreshTokenExpiresAt: expiryOf(rows, 'refresh'),
  };
}

function accessExpiry(
  rows: readonly StoredToken[],
): Pick<IssuedTokens, 'accessTokenExpiresAt' | 'accessTokenRemainingSeconds'> {
  const row = rows.find(({ kind }) => kind === 'access')!;
  return { accessTokenExpiresAt: row.expires_at, accessTokenRemainingSeconds: row.remaining_seconds };
}

function expiryOf(rows: readonly StoredToken[], kind: StoredToken['kind']): Date | null {
  return rows.find((row) => row.kind === kind)?.expires_at ?? null;
}

function successorContext(digest: string): string {
  return `refresh-successor:${digest}`;
}

function sameScopes(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && isSubset(left, new Set(right));
}
