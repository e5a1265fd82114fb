import type { StatementPart } from '../database/statement-part.js';
import type { Transaction } from '../database/transaction.js';
import type { Confirmation } from '../principal/confirmation.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';
import type { Caller, HeaderBag } from './caller.js';
import type { HostUser } from './user-directory.js';

/** A session as the routes show it. Contains no secret: `token` is a handle for `/revoke-session`, which authenticates nothing. */
export interface SessionView {
  readonly id: string;
  readonly token: string;
  readonly userId: string;
  readonly expiresAt: Date;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  /** The administrator who acts as this user, by their id. Absent: the user in person. */
  readonly impersonatedBy?: string;
  /** Added by extensions, e.g. `apiKey`. */
  readonly [member: string]: unknown;
}

export interface CurrentSession {
  readonly session: SessionView;
  readonly user: HostUser;
}

/** Request headers: Node's object or a Fetch `Headers`. */
export type RequestHeaders = HeaderBag | Headers;

export interface SessionStart {
  readonly subjectId: string;
  /** Result of `SubjectStore.epoch` before the proof of identity. */
  readonly epoch: number;
  /** False: the browser drops the cookie when it closes, and the session lasts a day. */
  readonly rememberMe: boolean;
  /** How the user proved who they are, in the values of RFC 8176 (`pwd`). Default: unknown. */
  readonly methods?: readonly string[];
  /** When. Default: now. Earlier where an older sign-in counts on: such a session is not fresh (RFC 9470 5). */
  readonly authenticatedAt?: Date;
  /** Of the live sessions in the caller's cookies, one of the same user is renewed, and the others end (T031). */
  readonly caller: Caller;
  /** Whether the reply has a body for the members that extensions add. A redirect has none; then they are not asked. */
  readonly answersWithBody: boolean;
  /** Spends what the session is started for, such as a code, in the same transaction. Throws when it was already spent; then no session starts. */
  readonly spend?: (tx: Transaction) => Promise<void>;
}

/** Result of a sign-in: the session, its secret, and what extensions add (bearer: access and refresh token). */
export interface StartedSession {
  readonly session: SessionView;
  /** The secret; shown once. */
  readonly token: string;
  readonly remember: boolean;
  /** As a source of tokens. */
  readonly signIn: SessionSignIn;
  readonly additions: Readonly<Record<string, unknown>>;
}

/** A session as a source of tokens. */
export interface SessionSignIn {
  readonly subjectId: string;
  readonly sessionId: string;
  readonly scopes: readonly string[];
  readonly authenticatedAt: Date;
  /** How the user proved who they are (RFC 8176); empty: unknown. */
  readonly methods: readonly string[];
  /** How strong that is, in the host's words (OIDC Core 2); null: unknown. */
  readonly acr: string | null;
  readonly roles: readonly string[];
  /** The administrator who acts as this user, by their id; null: the user in person. */
  readonly actor: string | null;
  /** Seconds after which it ends, however it is used; null: it is extended. */
  readonly remainingSeconds: number | null;
  /** It outlives the browser. */
  readonly remember: boolean;
  /** What its holder must prove with each use; null: nothing. */
  readonly confirmation: Confirmation | null;
}

/** Port: sessions, filled by the accounts capability. */
export interface Sessions {
  /** Session and user behind a request's cookie or bearer credential; null without a valid one, never an error. */
  current(headers: RequestHeaders): Promise<CurrentSession | null>;
  find(sessionId: string): Promise<CurrentSession | null>;
  /** Whether the session is still alive; cheaper than `find`. */
  isAlive(sessionId: string): Promise<boolean>;
  /** Locks a session, so that it cannot end before this transaction commits. @returns null when it has ended */
  hold(tx: Transaction, sessionId: string): Promise<SessionSignIn | null>;
  /** Locks the user and then the session, inside another statement. Holds while both live and the session is this user's. */
  holding(sessionId: string, subjectId: string): StatementPart;
  /** Notes that the user has proved who they are once more, by these methods too. @returns false when the session has ended */
  authenticate(tx: Transaction, sessionId: string, methods: readonly string[]): Promise<boolean>;
  /** @throws AuthError 403 `SESSION_NOT_FRESH` when the user proved who they are too long ago */
  requireFresh(principal: AuthPrincipal): Promise<void>;
}
