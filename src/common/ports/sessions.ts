import type { Transaction } from '../database/transaction.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';
import type { Caller, HeaderBag } from './caller.js';
import type { HostUser, NewHostUser } from './user-directory.js';

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
  readonly additions: Readonly<Record<string, unknown>>;
}

/** How a new session reaches the browser: complete `Set-Cookie` lines, and headers that scripts of other origins may read. */
export interface SessionCarrier {
  readonly cookies: readonly string[];
  readonly exposed: Readonly<Record<string, string>>;
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
  /** How the user proved who they are (RFC 8176); empty: unknown. */
  readonly methods: readonly string[];
}

export interface SignInPageOptions {
  /** E-mail address that the page fills in (`login_hint` of OIDC Core 3.1.2.1). */
  readonly loginHint?: string;
  /** Shows the page for new users (`prompt=create`). No effect when sign-up is off. */
  readonly signUp?: boolean;
}

/** Port: sessions, filled by the accounts capability. */
export interface Sessions {
  /** Session and user behind a request's cookie or bearer credential; null without a valid one, never an error. */
  current(headers: RequestHeaders): Promise<CurrentSession | null>;
  find(sessionId: string): Promise<CurrentSession | null>;
  /** Whether the session is still alive; cheaper than `find`. */
  isAlive(sessionId: string): Promise<boolean>;
  /**
   * Locks a session, so that it cannot end before this transaction commits.
   * @param options `withUser`: locks its user too, and first
   * @returns null when the session or its user has ended
   */
  hold(tx: Transaction, sessionId: string, options?: HoldOptions): Promise<SignIn | null>;
  /**
   * Asks the host whether this person may become a user. Call it before creating a user.
   * @throws AuthError the host's veto
   */
  admit(user: Omit<NewHostUser, 'password'>): Promise<void>;
  /**
   * Starts a session for a user who has just proven who they are, or renews the one they have, with the host's checks and scopes.
   * @throws AuthError 403 `EMAIL_NOT_VERIFIED`, the host's veto, or 401 when the user was disabled or renewed since `epoch` was read
   */
  start(user: HostUser, start: Omit<SessionStart, 'subjectId'>): Promise<StartedSession>;
  /** How to hand the session to the browser. @param headers of the browser, as given to `start` */
  carry(started: StartedSession, headers: RequestHeaders): SessionCarrier;
  /**
   * Where the browser goes with the new session: the callback address, with a one-time token added if the options ask for one.
   * @param callbackUrl already checked; a root-relative one is returned unchanged
   */
  sendBack(started: StartedSession, callbackUrl: string): Promise<string>;
  /** Ends one session of this user and all tokens made from it; no effect when it has ended. @param reason for events */
  end(session: { readonly subjectId: string; readonly sessionId: string }, reason: string): Promise<void>;
  /**
   * Signs a browser out: ends every live session in its cookies, of whichever user.
   * @returns complete `Set-Cookie` lines that remove the cookies
   */
  leave(headers: RequestHeaders): Promise<readonly string[]>;
  /**
   * The sign-in page, root-relative.
   * @param continueTo where the browser goes after the sign-in: root-relative, or on a trusted origin; the page checks it again
   */
  signInUrl(continueTo: string, options?: SignInPageOptions): string;
  /** @throws AuthError 403 `SESSION_NOT_FRESH` when the user proved who they are too long ago */
  requireFresh(principal: AuthPrincipal): Promise<void>;
}
