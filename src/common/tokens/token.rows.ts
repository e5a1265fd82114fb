import type { ActClaim } from '../principal/actor.js';
import type { AuthorizationDetail } from '../principal/authorization-detail.js';
import type { Confirmation } from '../principal/confirmation.js';

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
  readonly authorizationDetails: readonly AuthorizationDetail[];
  /** Of its refresh tokens. */
  readonly confirmation: Confirmation | null;
  /** Of its refresh tokens; null: they end with the family only. */
  readonly idleSeconds: number | null;
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

/** A token as it was inserted; all null: none was. */
export type InsertedRow = { readonly [Member in keyof StoredToken]: StoredToken[Member] | null } & {
  readonly holder_lives: boolean;
  readonly client_lives: boolean;
};

/** The same for a token that joins a family. */
export type JoinedRow = { readonly [Member in keyof StoredToken]: StoredToken[Member] | null } & {
  readonly family_lives: boolean;
};

/** What an insertion of tokens has written, or what was missing. */
export interface Insertion {
  readonly familyId: string | null;
  readonly tokens: readonly StoredToken[];
  /** `holder`: user or session have ended; `spend`: there was nothing to spend. Null: the tokens were written. */
  readonly missing: 'holder' | 'family' | 'client' | 'spend' | null;
}

/** A live access token, joined with its family if it has one. */
export interface AccessTokenRow {
  id: string;
  scopes: string[];
  audience: string[];
  expires_at: Date;
  remaining_ms: number;
  /** Null: a client's own token. */
  family_id: string | null;
  subject: string;
  subject_kind: 'user' | 'client';
  client_id: string | null;
  session_id: string | null;
  authenticated_at: Date | null;
  context: Record<string, unknown> | null;
  confirmation: Confirmation | null;
  actor: ActClaim | null;
  authorization_details: AuthorizationDetail[] | null;
}

/** A refresh token with its family. */
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
  /** Of its family. */
  authorization_details: AuthorizationDetail[] | null;
  family_remaining_seconds: number;
  /** What its holder must prove. */
  confirmation: Confirmation | null;
  expired: boolean;
  family_ended: boolean;
  /** It was rotated or revoked. */
  spent: boolean;
  /** It is not rotated yet, but its family has reached the limit of rotations per minute. */
  rotated_too_often: boolean;
}

/** A refresh token that was good when it was read, or was spent before; `TokenIssuer.rotate` decides. */
export interface PresentedRefreshToken extends RefreshTokenRow {
  /** SHA-256 of its text; part of the context in which its successors are sealed. */
  readonly digest: string;
}

/** An access or refresh token that was issued to a client, in any state. */
export interface ClientTokenRow {
  id: string;
  kind: 'access' | 'refresh';
  scopes: string[];
  audience: string[];
  created_at: Date;
  expires_at: Date;
  /** Null: a client's own token. */
  family_id: string | null;
  subject: string;
  client_id: string;
  session_id: string | null;
  authenticated_at: Date | null;
  context: Record<string, unknown> | null;
  confirmation: Confirmation | null;
  actor: ActClaim | null;
  authorization_details: AuthorizationDetail[] | null;
  /** It is another client's family that it ends with. */
  joined: boolean;
  live: boolean;
}

/** The rotation of a refresh token that was already consumed. */
export interface ConsumedTokenRow {
  successor: Buffer | null;
  seconds_ago: number;
  /** The successor was itself rotated or revoked. */
  successor_consumed: boolean;
}

/** Selects the families to revoke. One member each, except for all that one user has granted to one client. */
export type FamilySelector =
  | { subject: string; grantedTo: string }
  | { familyId: string }
  | { sessionId: string }
  | { sessionIds: readonly string[] }
  /** Tokens that were issued to the session itself, not to a client. */
  | { ownTokensOf: string }
  | { subject: string }
  | { clientId: string }
  | { sourceId: string }
  | { sourceIds: readonly string[] };
