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
  /** What the access token may, where that is less than what refreshing may ask for (RFC 8707 2.2). Default: all. */
  readonly access?: TokenReach;
  readonly authenticatedAt?: Date | null;
  /** What the caller wants to find again with the family. */
  readonly context?: Readonly<Record<string, unknown>> | null;
  /** Made by the caller, who has put it into what they sign. Default: an opaque one, made here. */
  readonly accessToken?: MintedToken;
  readonly accessTtlSeconds: number;
  /** Absolute lifetime of the family from now. Null: no refresh token, the family ends with the access token. */
  readonly refreshTtlSeconds: number | null;
}

/** What a token is good for, and where. */
export interface TokenReach {
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
}

/** A token before it is valid: its text, and the id its row will have. */
export interface MintedToken {
  readonly id: string;
  readonly text: string;
}

export interface IssuedTokens {
  readonly familyId: string;
  readonly subjectId: string;
  readonly clientId: string | null;
  readonly sessionId: string | null;
  /** Of this access token. */
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
  readonly authenticatedAt: Date | null;
  readonly context: Readonly<Record<string, unknown>> | null;
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
  /** Fewer audiences, likewise (RFC 8707 2.2). */
  readonly audience?: readonly string[];
  /** Whether a family that has none may be refreshed for this audience with these scopes. Default: never. */
  readonly mayReach?: (reach: TokenReach) => boolean;
  /** Fits what was asked, and may be had, to where it is for; never to more. */
  readonly fit?: (reach: TokenReach) => TokenReach;
  /** A function of the audience where that decides. */
  readonly accessTtlSeconds: number | ((audience: readonly string[]) => number);
  /**
   * Makes the access token out of what the family says. Default: an opaque one. Called inside the transaction: it must not need the
   * database (T118).
   */
  readonly mintAccessToken?: (grant: RefreshedGrant, ttlSeconds: number) => Promise<MintedToken>;
}

/** What a refreshed access token will say. */
export interface RefreshedGrant {
  readonly subjectId: string;
  readonly sessionId: string | null;
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
  readonly authenticatedAt: Date | null;
}

/** `reason` is private: strangers get one answer for all of them. */
export type RefreshRefusal =
  'malformed' | 'unknown' | 'expired' | 'revoked' | 'reused' | 'wrong_client' | 'scope' | 'audience';
export type RefreshOutcome =
  { ok: true; replayed: boolean; tokens: IssuedTokens } | { ok: false; reason: RefreshRefusal };
