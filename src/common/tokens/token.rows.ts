export interface NewFamily {
  readonly subject: string;
  readonly subjectKind: 'user' | 'client';
  readonly clientId: string | null;
  readonly sessionId: string | null;
  readonly source: string;
  readonly sourceId: string | null;
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
  readonly authenticatedAt: Date | null;
  readonly context: Readonly<Record<string, unknown>> | null;
  readonly lifetimeSeconds: number;
}

export interface NewToken {
  readonly id: string;
  readonly kind: 'access' | 'refresh';
  readonly hash: Buffer;
  readonly lifetimeSeconds: number;
}

export interface StoredToken {
  id: string;
  kind: 'access' | 'refresh';
  expires_at: Date;
  remaining_seconds: number;
}

/** A live access token with what its family says. */
export interface AccessTokenRow {
  id: string;
  scopes: string[];
  audience: string[];
  expires_at: Date;
  remaining_ms: number;
  family_id: string;
  subject: string;
  subject_kind: 'user' | 'client';
  client_id: string | null;
  session_id: string | null;
  authenticated_at: Date | null;
  context: Record<string, unknown> | null;
}

/** A refresh token under the lock of its family. */
export interface RefreshTokenRow {
  id: string;
  family_id: string;
  subject: string;
  client_id: string | null;
  session_id: string | null;
  scopes: string[];
  audience: string[];
  authenticated_at: Date | null;
  context: Record<string, unknown> | null;
  family_remaining_seconds: number;
  expired: boolean;
  family_ended: boolean;
  /** It was not rotated yet, and others of its family were too often within a minute. */
  rotated_too_often: boolean;
}

/** One that may be rotated. */
export interface PresentedRefreshToken extends RefreshTokenRow {
  /** SHA-256 of its text: what its successors are sealed for. */
  readonly digest: string;
}

/** A token that a client was given, access or refresh, in whatever state. */
export interface ClientTokenRow {
  id: string;
  kind: 'access' | 'refresh';
  scopes: string[];
  audience: string[];
  created_at: Date;
  expires_at: Date;
  family_id: string;
  subject: string;
  client_id: string;
  session_id: string | null;
  live: boolean;
  /** The family has a refresh token, and so a life of its own. */
  refreshable: boolean;
}

/** What a refresh token became, when it was found already consumed. */
export interface ConsumedTokenRow {
  successor: Buffer | null;
  seconds_ago: number;
  /** The successor was itself rotated: the one presented is a grandparent. */
  successor_consumed: boolean;
}

/** What a revocation is about. Exactly one member, but for what one user has granted one client. */
export type FamilySelector =
  | { subject: string; grantedTo: string }
  | { familyId: string }
  | { sessionId: string }
  | { sessionIds: readonly string[] }
  /** What a session was given for itself, not for a client. */
  | { ownTokensOf: string }
  | { subject: string }
  | { clientId: string }
  | { sourceId: string };
