import type { Transaction } from '../database/transaction.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';
import type { CurrentSession, SessionView, SignIn } from './sessions.js';

/** Adds to what a sign-in answers, in the transaction that starts the session: bearer adds its tokens. */
export interface SignInContributor {
  onSignIn(tx: Transaction, signIn: SignIn): Promise<Record<string, unknown>>;
}

/** Adds to `GET /get-session`: members of the session, response headers, or the session of a credential that has none. */
export interface SessionContributor {
  /** A session view for a principal without a session of its own, such as an API key; null when it is not this contributor's. */
  sessionOf?(principal: AuthPrincipal): Promise<CurrentSession | null>;
  /**
   * Called with every session that is answered over HTTP.
   * @param principal who asked: what is added must not exceed what he may do
   */
  onGetSession?(
    current: CurrentSession,
    principal: AuthPrincipal,
  ): Promise<{ readonly headers?: Readonly<Record<string, string>>; readonly session?: Partial<SessionView> }>;
}
