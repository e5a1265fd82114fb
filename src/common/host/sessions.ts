import type { Transaction } from '../database/transaction.js';
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
  /** Added by get-session contributors, e.g. `apiKey`. */
  readonly [member: string]: unknown;
}

export interface CurrentSession {
  readonly session: SessionView;
  readonly user: HostUser;
}

/** Request headers: Node's object, or a Fetch `Headers`. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>> | Headers;

export interface SessionStart {
  readonly subjectId: string;
  /** What `SubjectStore.epoch` said before the proof of identity. */
  readonly epoch: number;
  /** False: the cookie goes with the browser and the session lasts a day. */
  readonly rememberMe: boolean;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

export interface StartedSession {
  readonly session: SessionView;
  /** The secret; shown once. */
  readonly token: string;
}

/** A session as a source of tokens. */
export interface SignIn {
  readonly subjectId: string;
  readonly sessionId: string;
  readonly scopes: readonly string[];
  readonly authenticatedAt: Date;
}

/** Port: sessions, filled by the accounts capability. */
export interface Sessions {
  /** Session and user behind a request's cookie or bearer credential; null when there is none, never an error for a bad one. */
  current(headers: RequestHeaders): Promise<CurrentSession | null>;
  find(sessionId: string): Promise<CurrentSession | null>;
  /** Whether the session has not ended; cheaper than `find`. */
  isAlive(sessionId: string): Promise<boolean>;
  /** Keeps a session from ending until this transaction has given it something. @returns null when it has ended */
  hold(tx: Transaction, sessionId: string): Promise<SignIn | null>;
}
