import { v7 as uuid } from 'uuid';
import { digestToBytes, sha256 } from '../crypto.js';
import type { Transaction } from '../database/transaction.js';
import { AuthError } from '../errors/auth-error.js';
import type { AuthEvents } from '../events/auth-events.js';
import type { SecretBox } from '../secrets/secret-box.js';
import { mintToken, TOKEN_PREFIX } from './token-format.js';
import type { TokenRevoker } from './token.revoker.js';
import {
  isOwnToken,
  type IssuedTokens,
  type MintedToken,
  type RotatedAccess,
  type TokenGrant,
} from './issued-tokens.js';
import type { NewFamily, NewToken, PresentedRefreshToken, RefreshTokenRow, StoredToken } from './token.rows.js';
import { REPLAY_WINDOW_SECONDS } from './refresh.statements.js';
import type { TokenStore } from './token.store.js';

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

/** A grant whose access token is made. */
type Minted = TokenGrant & Required<Pick<TokenGrant, 'accessToken' | 'access'>>;

/** Issues and rotates opaque access and refresh tokens. Nothing else inserts token rows. */
export class TokenIssuer {
  constructor(
    private readonly store: TokenStore,
    private readonly revoker: TokenRevoker,
    private readonly secrets: SecretBox,
    private readonly events: AuthEvents,
    /** Whether rotations of a family per minute are limited, so that a client cannot make rows without end. */
    private readonly boundsRotations: boolean,
  ) {}

  /**
   * Issues an access token and, if requested, a refresh token, as a new family, in one statement of the caller's transaction. A client's own
   * token has no family; as a JWT it has no row, and no statement (ADR 15).
   * In the same transaction the caller must hold the subject (`SubjectStore.hold`) and consume the code or the like.
   * @throws AuthError 401 `invalid_client` when the client was disabled or deleted meanwhile
   */
  async issue(tx: Transaction, grant: TokenGrant): Promise<IssuedTokens> {
    const accessToken = grant.accessToken ?? mintAccessToken();
    const access = grant.access ?? { scopes: grant.scopes, audience: grant.audience ?? [] };
    const refreshToken = grant.refreshTtlSeconds === null ? null : mintToken(TOKEN_PREFIX.refresh);
    const { familyId, tokens: rows } = isOwnToken(grant)
      ? { familyId: null, tokens: await this.writeOwn(tx, { ...grant, accessToken, access }) }
      : await this.writeFamily(tx, { ...grant, accessToken, access }, refreshToken);
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

  private writeFamily(tx: Transaction, grant: Minted, refreshToken: string | null) {
    const tokens = [newToken('access', grant.accessToken, grant.accessTtlSeconds)];
    if (refreshToken) tokens.push(newToken('refresh', { id: uuid(), text: refreshToken }, grant.refreshTtlSeconds!));
    return this.store.insert(tx, toFamily(grant), tokens, grant.access);
  }

  private async writeOwn(tx: Transaction, grant: Minted): Promise<StoredToken[]> {
    const { clientId, accessToken, access, accessTtlSeconds } = grant;
    const { id, expiresAt } = accessToken;
    if (expiresAt) return [{ id, kind: 'access', expires_at: expiresAt, remaining_seconds: accessTtlSeconds }];
    return this.store.insertOwn(tx, clientId!, newToken('access', accessToken, accessTtlSeconds), access);
  }

  /**
   * Locks the family of a refresh token and checks the token; call `rotate` next, in the same transaction.
   * @param clientId the client that presents it, null for first-party apps; the family must belong to it
   * @throws AuthError 400 `invalid_grant`, the same whatever the reason; nothing was written
   */
  async present(tx: Transaction, refreshToken: string, clientId: string | null): Promise<PresentedRefreshToken> {
    const digest = sha256(refreshToken);
    const row = await this.store.lockRefresh(tx, digestToBytes(digest));
    if (!row) throw refusedRefresh('unknown');
    if (row.client_id !== clientId) throw refusedRefresh('wrong_client');
    if (row.family_ended) throw refusedRefresh('revoked');
    if (row.expired) throw refusedRefresh('expired');
    return { ...row, digest };
  }

  /** `rotate` checks it too. Call it before signing, so that a refused request costs no signature. @throws AuthError 429 */
  requireMayRotate({ rotated_too_often: isTooOften }: PresentedRefreshToken): void {
    if (this.boundsRotations && isTooOften) throw AuthError.tooManyRequests(MINUTE_SECONDS);
  }

  /**
   * Spends the presented token and inserts its successors, in one statement. A repeat inside the replay window gets the same successors,
   * whatever it requests: the caller must compare. A later repeat means that a copy of the token exists, and ends the family.
   * @returns null when a repeat ended the family. Throw the error after the commit: thrown inside `tx`, it would undo the revocation.
   * @throws AuthError 429 when the family was rotated too often within a minute, 400 `invalid_grant` when the token was revoked;
   * nothing is spent
   */
  async rotate(tx: Transaction, presented: PresentedRefreshToken, access: RotatedAccess): Promise<IssuedTokens | null> {
    this.requireMayRotate(presented);
    const { scopes, audience, accessTtlSeconds, accessToken = mintAccessToken() } = access;
    const pair: Pair = {
      accessToken: accessToken.text,
      refreshToken: mintToken(TOKEN_PREFIX.refresh),
      scopes,
      audience,
    };
    const box = this.secrets.seal(JSON.stringify(pair), successorContext(presented.digest));
    const rotated = await this.store.rotate(tx, presented.id, box, { scopes, audience }, [
      newToken('access', accessToken, accessTtlSeconds),
      newToken('refresh', { id: uuid(), text: pair.refreshToken }, 1),
    ]);
    if (rotated.length === 0) return this.replay(tx, presented);
    const { family_id: familyId, subject: subjectId, client_id: clientId } = presented;
    tx.afterCommit(() => this.events.emit('tokens.refreshed', { familyId, subjectId, clientId }));
    return toIssued(presented, pair, rotated);
  }

  private async replay(tx: Transaction, presented: PresentedRefreshToken): Promise<IssuedTokens | null> {
    const { id, family_id: familyId, subject: subjectId, client_id: clientId, digest } = presented;
    const consumed = await this.store.readConsumed(tx, id);
    if (!consumed || consumed.seconds_ago === null) throw refusedRefresh('revoked');
    const text = consumed.successor && this.secrets.open(consumed.successor, successorContext(digest));
    const inWindow = consumed.seconds_ago <= REPLAY_WINDOW_SECONDS && !consumed.successor_consumed;
    if (inWindow && text)
      return toIssued(presented, JSON.parse(text) as Pair, await this.store.readChildren(tx, familyId, id));
    await this.revoker.revoke(tx, { familyId }, 'refresh token reuse');
    tx.afterCommit(() => this.events.emit('tokens.reuse-detected', { familyId, subjectId, clientId }));
    return null;
  }
}

/** The same error whatever is wrong with a refresh token; the reason is for the log. */
export function refusedRefresh(
  reason: 'malformed' | 'unknown' | 'wrong_client' | 'revoked' | 'expired' | 'reused',
): AuthError {
  return AuthError.invalidGrant(`refresh token: ${reason}`);
}

function toFamily(grant: TokenGrant): NewFamily {
  return {
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
  };
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
