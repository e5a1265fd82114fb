import { v7 as uuid } from 'uuid';
import { digestToBytes, sha256 } from '../crypto.js';
import type { Database } from '../database/database.js';
import type { Transaction } from '../database/transaction.js';
import { AuthError } from '../errors/auth-error.js';
import type { AuthEvents } from '../events/auth-events.js';
import type { SecretBox } from '../secrets/secret-box.js';
import { isSubset } from '../principal/scopes.js';
import { isWellFormedToken, mintToken, TOKEN_PREFIX } from './token-format.js';
import type { TokenRevoker } from './token.revoker.js';
import type {
  IssuedTokens,
  MintedToken,
  RefreshOutcome,
  RefreshRefusal,
  RefreshRequest,
  TokenGrant,
} from './issued-tokens.js';
import type { NewToken, RefreshTokenRow, StoredToken } from './token.rows.js';
import { REPLAY_WINDOW_SECONDS, type TokenStore } from './token.store.js';

export function mintAccessToken(): MintedToken {
  return { id: uuid(), text: mintToken(TOKEN_PREFIX.access) };
}

const MINUTE_SECONDS = 60;

interface Pair {
  accessToken: string;
  refreshToken: string;
  scopes: readonly string[];
  audience?: readonly string[];
}

/** THE issuing path: no token of ours is made anywhere else. */
export class TokenIssuer {
  constructor(
    private readonly database: Database,
    private readonly store: TokenStore,
    private readonly revoker: TokenRevoker,
    private readonly secrets: SecretBox,
    private readonly events: AuthEvents,
    /** Whether a family may be rotated so often in a minute and no more: a client could make rows without end. */
    private readonly boundsRotations: boolean,
  ) {}

  /**
   * Issues an access token and, if asked for, a refresh token, as a new family, in one statement of the caller's transaction.
   * The caller holds the subject (`SubjectStore.hold`) and consumes what buys it in the same transaction.
   * @throws AuthError 401 `invalid_client` when the client was disabled or deleted meanwhile
   */
  async issue(tx: Transaction, grant: TokenGrant): Promise<IssuedTokens> {
    const accessToken = grant.accessToken ?? mintAccessToken();
    const access = grant.access ?? { scopes: grant.scopes, audience: grant.audience ?? [] };
    const refreshToken = grant.refreshTtlSeconds === null ? null : mintToken(TOKEN_PREFIX.refresh);
    const tokens = [newToken('access', accessToken, grant.accessTtlSeconds)];
    if (refreshToken) tokens.push(newToken('refresh', { id: uuid(), text: refreshToken }, grant.refreshTtlSeconds!));
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
        context: grant.context ?? null,
        lifetimeSeconds: grant.refreshTtlSeconds ?? grant.accessTtlSeconds,
      },
      tokens,
      access,
    );
    if (rows.length === 0) throw AuthError.invalidClient(`client ${grant.clientId} has ended`);
    const { subjectId, source, scopes } = grant;
    tx.afterCommit(() =>
      this.events.emit('tokens.issued', { familyId, subjectId, clientId: grant.clientId ?? null, source, scopes }),
    );
    return {
      familyId,
      subjectId,
      clientId: grant.clientId ?? null,
      sessionId: grant.sessionId ?? null,
      ...access,
      authenticatedAt: grant.authenticatedAt ?? null,
      context: grant.context ?? null,
      accessToken: accessToken.text,
      ...accessExpiry(rows),
      refreshToken,
      refreshTokenExpiresAt: expiryOf(rows, 'refresh'),
    };
  }

  /**
   * Rotates a refresh token: the presented one is spent and its successors inserted in one statement, under the lock of the family.
   * A repeat inside the window gets the same successors; any later repeat means a copy exists, and the family ends.
   * The revocation is committed before the refusal is returned.
   * @throws AuthError 429 when the family was rotated too often within a minute; nothing is spent
   */
  async refresh(request: RefreshRequest): Promise<RefreshOutcome> {
    if (!isWellFormedToken(request.refreshToken, TOKEN_PREFIX.refresh)) return { ok: false, reason: 'malformed' };
    return this.database.transaction(async (tx) => {
      const digest = sha256(request.refreshToken);
      const row = await this.store.lockRefresh(tx, digestToBytes(digest));
      const refusal = refusalOf(row, request);
      if (!row || refusal) return { ok: false, reason: refusal ?? 'unknown' };
      if (this.boundsRotations && row.rotated_too_often) throw AuthError.tooManyRequests(MINUTE_SECONDS);
      const asked = { scopes: request.scopes ?? row.scopes, audience: request.audience ?? row.audience };
      const { scopes, audience } = request.fit?.(asked) ?? asked;
      const ttl =
        typeof request.accessTtlSeconds === 'number' ? request.accessTtlSeconds : request.accessTtlSeconds(audience);
      // What is signed says its end itself: that of the family, where it comes first (T040). The row's is cut when it is written.
      const signedTtl = Math.min(ttl, row.family_remaining_seconds);
      const { subject: subjectId, session_id: sessionId, authenticated_at: authenticatedAt } = row;
      const grant = { subjectId, sessionId, scopes, audience, authenticatedAt };
      const access = await (request.mintAccessToken ?? mintAccessToken)(grant, signedTtl);
      const pair: Pair = { accessToken: access.text, refreshToken: mintToken(TOKEN_PREFIX.refresh), scopes, audience };
      const box = this.secrets.seal(JSON.stringify(pair), successorContext(digest));
      const rotated = await this.store.rotate(tx, row.id, box, { scopes, audience }, [
        newToken('access', access, ttl),
        newToken('refresh', { id: uuid(), text: pair.refreshToken }, 1),
      ]);
      if (rotated.length === 0) return this.replay(tx, row, digest, { scopes, audience });
      const { family_id: familyId, client_id: clientId } = row;
      tx.afterCommit(() => this.events.emit('tokens.refreshed', { familyId, subjectId, clientId }));
      return { ok: true, replayed: false, tokens: toIssued(row, pair, rotated) };
    });
  }

  private async replay(
    tx: Transaction,
    row: RefreshTokenRow,
    digest: string,
    asked: { readonly scopes: readonly string[]; readonly audience: readonly string[] },
  ): Promise<RefreshOutcome> {
    const consumed = await this.store.readConsumed(tx, row.id);
    if (!consumed || consumed.seconds_ago === null) return { ok: false, reason: 'revoked' };
    const text = consumed.successor && this.secrets.open(consumed.successor, successorContext(digest));
    const inWindow = consumed.seconds_ago <= REPLAY_WINDOW_SECONDS && !consumed.successor_consumed;
    if (inWindow && text) {
      const pair = JSON.parse(text) as Pair;
      // Another request with the same token is no repeat; it is refused, but proves no theft inside the window.
      if (!sameMembers(pair.scopes, asked.scopes)) return { ok: false, reason: 'scope' };
      if (!sameMembers(pair.audience ?? row.audience, asked.audience)) return { ok: false, reason: 'audience' };
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
  if (!isSubset(request.scopes ?? [], new Set(row.scopes))) return 'scope';
  if (isSubset(request.audience ?? [], new Set(row.audience))) return null;
  const reach = { scopes: request.scopes ?? row.scopes, audience: request.audience ?? [] };
  return row.audience.length === 0 && request.mayReach?.(reach) ? null : 'audience';
}

function newToken(kind: NewToken['kind'], { id, text }: MintedToken, lifetimeSeconds: number): NewToken {
  return { id, kind, hash: digestToBytes(sha256(text)), lifetimeSeconds };
}

function toIssued(row: RefreshTokenRow, pair: Pair, rows: readonly StoredToken[]): IssuedTokens {
  return {
    familyId: row.family_id,
    subjectId: row.subject,
    clientId: row.client_id,
    sessionId: row.session_id,
    scopes: pair.scopes,
    audience: pair.audience ?? row.audience,
    authenticatedAt: row.authenticated_at,
    context: row.context,
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

function sameMembers(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && isSubset(left, new Set(right));
}
