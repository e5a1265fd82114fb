import type { Transaction } from '../database/transaction.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';
import type { Caller, HeaderBag } from './caller.js';
import type { HostUser } from './user-directory.js';

/** A session as the routes show it. Holds no secret: `token` is a handle that `/revoke-session` takes and that authenticates nothing. */
export interface SessionView {
  readonly id: string;
  readonly token: string;
  readonly userId: string;
  readonly expiresAt: Date;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  /** Added by extensions, e.g. `apiKey`. */
  readonly [member: string]: unknown;
}

export interface CurrentSession {
  readonly session: SessionView;
  readonly user: HostUser;
}

/** Request headers: Node's object, or a Fetch `Headers`. */
export type RequestHeaders = HeaderBag | Headers;

export interface SessionStart {
  readonly subjectId: string;
  /** What `SubjectStore.epoch` said before the proof of identity. */
  readonly epoch: number;
  /** False: the cookie goes with the browser and the session lasts a day. */
  readonly rememberMe: boolean;
  /** How the user proved who they are, as RFC 8176 names it (`pwd`). Default: nothing is known of it. */
  readonly methods?: readonly string[];
  /** Of the live sessions in the cookies that come along, one of the same user is renewed, and the others end (T031). */
  readonly caller: Caller;
  /** Whether the answer has a body, and so can carry what extensions add; a redirect has none, and they are not asked. */
  readonly answersWithBody: boolean;
  /** Spends what the session is given for, in the transaction that starts it. Throws where that is gone; then none starts. */
  readonly spend?: (tx: Transaction) => Promise<void>;
}

/** What a sign-in gives: the session, its secret, and what extensions add (bearer: access and refresh token). */
export interface StartedSession {
  readonly session: SessionView;
  /** The secret; shown once. */
  readonly token: string;
  readonly remember: boolean;
  readonly additions: Readonly<Record<string, unknown>>;
}

export interface HoldOptions {
  readonly withUser?: boolean;
}

/** A session as a source of tokens. */
export interface SignIn {
  readonly subjectId: string;
  readonly sessionId: string;
  readonly scopes: readonly string[];
  readonly authenticatedAt: Date;
  /** How the user proved who they are (RFC 8176); empty: nothing is known of it. */
  readonly methods: readonly string[];
}

/** Port: sessions, filled by the accounts capability. */
export interface Sessions {
  /** Session and user behind a request's cookie or bearer credential; null when there is none, never an error for a bad one. */
  current(headers: RequestHeaders): Promise<CurrentSession | null>;
  find(sessionId: string): Promise<CurrentSession | null>;
  /** Whether the session has not ended; cheaper than `find`. */
  isAlive(sessionId: string): Promise<boolean>;
  /**
   * Keeps a session from ending until this transaction has given it something.
   * @param options `withUser`: and its user, who is locked first
   * @returns null when it has ended, or its user has
   */
  hold(tx: Transaction, sessionId: string, options?: HoldOptions): Promise<SignIn | null>;
  /** @throws AuthError 403 `SESSION_NOT_FRESH` when the user proved who they are too long ago */
  requireFresh(principal: AuthPrincipal): Promise<void>;
}
