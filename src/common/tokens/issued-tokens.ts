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

/** What the access token of a rotation is to be; the refresh token and the family stay what they are (RFC 6749 6, T083). */
export interface RotatedAccess extends TokenReach {
  /** Default: an opaque one, made here. */
  readonly accessToken?: MintedToken;
  /** The row's is cut at the end of the family. */
  readonly accessTtlSeconds: number;
}
