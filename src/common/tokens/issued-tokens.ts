import type { ActClaim } from '../principal/actor.js';
import type { Confirmation } from '../principal/confirmation.js';
import type { StatementPart } from '../database/statement-part.js';

/** The tokens to issue for a sign-in, code, device approval or client. */
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
  /** Scopes and audience of the access token, when they are fewer than those of the family (RFC 8707 2.2). Default: all. */
  readonly access?: TokenReach;
  readonly authenticatedAt?: Date | null;
  /** What the holder must prove with each use; null, the default: nothing. */
  readonly confirmation?: TokenConfirmation | null;
  /**
   * The family that an access token joins instead of founding one: it ends with that family, whoever has got it (RFC 8693). Then there is no
   * refresh token. Default: a new family.
   */
  readonly familyId?: string | null;
  /** Who acts for the subject. Default: nobody. */
  readonly actor?: ActClaim | null;
  /** Data of the caller, stored with the family. */
  readonly context?: Readonly<Record<string, unknown>> | null;
  /** Made by the caller, when something it has signed already names the token (`jti`, `at_hash`). Default: a new opaque one. */
  readonly accessToken?: MintedToken;
  readonly accessTtlSeconds: number;
  /** Absolute lifetime of the family, from now. Null: no refresh token; the family ends with the access token. */
  readonly refreshTtlSeconds: number | null;
  /** How long a refresh token may stay unused (RFC 9700 4.14.2). Default: until its family ends. */
  readonly refreshIdleSeconds?: number | null;
}

/** What tokens are bound to. */
export interface TokenConfirmation {
  readonly access: Confirmation;
  /** The refresh tokens are bound as well: the client does not prove itself otherwise (RFC 9449 5, RFC 8705 4). */
  readonly bindsRefresh: boolean;
}

/** What must be true in the statement that writes tokens; if it is not, nothing is written. Default: the caller has seen to it. */
export interface IssueTerms {
  /** Locks whom the tokens are for until they are written, so that ending them also ends the tokens. */
  readonly holder?: StatementPart;
  /** Spends what the tokens are given for. */
  readonly spend?: StatementPart;
}

/** Whether nothing but the token itself and its client can end it, and nothing can prolong it. */
export function isOwnToken(grant: Omit<TokenGrant, 'accessToken'>): boolean {
  const { subjectKind, subjectId, clientId, sessionId, sourceId, context, refreshTtlSeconds } = grant;
  const hangsOn = [sessionId, sourceId, context, refreshTtlSeconds, grant.familyId, grant.actor];
  return subjectKind === 'client' && subjectId === clientId && hangsOn.every((one) => one == null);
}

/** What a token allows, and at which resources. */
export interface TokenReach {
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
}

/** A token that is not stored yet: its text, and the id of its future row. */
export interface MintedToken {
  readonly id: string;
  readonly text: string;
  /** Of a client's own JWT: when it expires. It gets no row (ADR 15). */
  readonly expiresAt?: Date;
}

export interface IssuedTokens {
  /** Null: a client's own token, which has no family. */
  readonly familyId: string | null;
  readonly subjectId: string;
  readonly clientId: string | null;
  readonly sessionId: string | null;
  /** Scopes of this access token, as `audience` is its audience. */
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
  readonly authenticatedAt: Date | null;
  readonly context: Readonly<Record<string, unknown>> | null;
  /** Of the access token. */
  readonly confirmation: Confirmation | null;
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Date;
  /** `expires_in`, by the database's clock. */
  readonly accessTokenRemainingSeconds: number;
  readonly refreshToken: string | null;
  readonly refreshTokenExpiresAt: Date | null;
}

/** The access token to make in a rotation; the scopes and audience of the family do not change (RFC 6749 6, T083). */
export interface RotatedAccess extends TokenReach {
  /** Makes the token, unless the refresh token was spent before. Default: a new opaque one. */
  readonly mint?: () => Promise<MintedToken>;
  /** The row expires with the family at the latest. */
  readonly accessTtlSeconds: number;
  /** What the holder of the access token must prove. Default: nothing. */
  readonly confirmation?: Confirmation | null;
  /** How long the refresh token that goes on may stay unused. Default: until its family ends. */
  readonly refreshIdleSeconds?: number | null;
}
