import { digestToBytes, sha256 } from '../crypto.js';
import { AuthError } from '../errors/auth-error.js';
import { newId } from '../new-id.js';
import type { AuthorizationDetail } from '../principal/authorization-detail.js';
import type { Confirmation } from '../principal/confirmation.js';
import type { IssuedTokens, MintedToken, TokenGrant } from './issued-tokens.js';
import { mintToken, TOKEN_PREFIX } from './token-format.js';
import type { NewFamily, NewToken, RefreshTokenRow, StoredToken } from './token.rows.js';

export function mintAccessToken(): MintedToken {
  return { id: newId(), text: mintToken(TOKEN_PREFIX.access) };
}

/** The tokens that a refresh has given, as they are sealed for a repeat. */
export interface Pair {
  accessToken: string;
  refreshToken: string;
  scopes: readonly string[];
  audience?: readonly string[];
  authorizationDetails?: readonly AuthorizationDetail[];
  /** Of the access token. */
  confirmation?: Confirmation | null;
}

export function requireLive(row: RefreshTokenRow | null, clientId: string | null): RefreshTokenRow {
  if (!row) throw refusedRefresh('unknown');
  if (row.client_id !== clientId) throw refusedRefresh('wrong_client');
  if (row.family_ended) throw refusedRefresh('revoked');
  if (row.expired) throw refusedRefresh('expired');
  return row;
}

/** The same error whatever is wrong with a refresh token; the reason is for the log. */
export function refusedRefresh(
  reason: 'malformed' | 'unknown' | 'wrong_client' | 'revoked' | 'expired' | 'reused' | 'other_key',
): AuthError {
  return AuthError.invalidGrant(`refresh token: ${reason}`);
}

export function toFamily(grant: TokenGrant): NewFamily {
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
    authorizationDetails: grant.authorizationDetails ?? [],
    lifetimeSeconds: grant.refreshTtlSeconds ?? grant.accessTtlSeconds,
    confirmation: grant.confirmation?.bindsRefresh ? grant.confirmation.access : null,
    idleSeconds: grant.refreshIdleSeconds ?? null,
  };
}

export function newToken(kind: NewToken['kind'], { id, text }: MintedToken, lifetimeSeconds: number): NewToken {
  return { id, kind, hash: digestToBytes(sha256(text)), lifetimeSeconds };
}

export function toIssued(row: RefreshTokenRow, pair: Pair, rows: readonly StoredToken[]): IssuedTokens {
  return {
    familyId: row.family_id,
    subjectId: row.subject,
    clientId: row.client_id,
    sessionId: row.session_id,
    scopes: pair.scopes,
    audience: pair.audience ?? row.audience,
    authorizationDetails: pair.authorizationDetails ?? [],
    authenticatedAt: row.authenticated_at,
    context: row.context,
    confirmation: pair.confirmation ?? null,
    accessToken: pair.accessToken,
    ...accessExpiry(rows),
    refreshToken: pair.refreshToken,
    refreshTokenExpiresAt: expiryOf(rows, 'refresh'),
  };
}

export function accessExpiry(
  rows: readonly StoredToken[],
): Pick<IssuedTokens, 'accessTokenExpiresAt' | 'accessTokenRemainingSeconds'> {
  const row = rows.find(({ kind }) => kind === 'access')!;
  return { accessTokenExpiresAt: row.expires_at, accessTokenRemainingSeconds: row.remaining_seconds };
}

export function expiryOf(rows: readonly StoredToken[], kind: StoredToken['kind']): Date | null {
  return rows.find((row) => row.kind === kind)?.expires_at ?? null;
}

export function successorContext(digest: string): string {
  return `refresh-successor:${digest}`;
}
