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
   * @param principal who asked: what is added must not exceed what they may do
   */
  onGetSession?(
    current: CurrentSession,
    principal: AuthPrincipal,
  ): Promise<{ readonly headers?: Readonly<Record<string, string>>; readonly session?: Partial<SessionView> }>;
}

/** What a capability keeps for sessions besides tokens, and what others must hear of their end: authorization codes, logout notices. */
export interface SessionHoldings {
  /** Runs in the transaction that ends these sessions of one user. */
  end(tx: Transaction, ended: { readonly subjectId: string; readonly sessionIds: readonly string[] }): Promise<void>;
}

/** A session that has just been started. */
export interface StartedSignIn {
  readonly sessionId: string;
  readonly subjectId: string;
  readonly authenticatedAt: Date;
  /** How the user proved who they are (RFC 8176). */
  readonly methods: readonly string[];
}

/** Adds members to the authorization server's metadata (RFC 8414 2): the device capability its endpoint. */
export interface MetadataContributor {
  /**
   * Asked once, when the application has started.
   * @param urlOf the absolute address of a route of ours, relative to the prefix
   */
  metadata(urlOf: (route: string, method?: string) => string): Readonly<Record<string, unknown>>;
}

/** Takes an authorization request up again that waited for a sign-in. */
export interface SignInContinuation {
  /**
   * @param oauthQuery what the sign-in page was called with and has sent along (`oauth_query`)
   * @param session the one that has just been started; null: tell only where a browser goes once it has one
   * @returns where the browser goes now
   * @throws AuthError 400 `INVALID_SIGNATURE` when it is not ours, was changed or has expired
   */
  resume(oauthQuery: string, session: StartedSignIn | null): Promise<string>;
}

/** What a capability puts on the sign-in page. Texts, not HTML: the page escapes them. */
export interface SignInPagePart {
  /**
   * @param continueTo the root-relative address at which the browser will continue
   * @returns null when it has nothing to say to this page
   */
  partOf(continueTo: string): Promise<SignInPageContent | null>;
}

export interface SignInPageContent {
  /** Who asks: the client that sent the user here. */
  readonly client?: {
    readonly name: string;
    readonly logoUri: string | null;
    readonly policyUri: string | null;
    readonly tosUri: string | null;
  };
  readonly emailHint?: string;
  /** Other ways to sign in. */
  readonly links?: readonly { readonly text: string; readonly href: string }[];
  /** Ways that begin with a form: a button each, sent by POST to an address of ours. */
  readonly buttons?: readonly SignInPageButton[];
  /** Addresses at which the browser may end up when it has signed in: the redirect address of the client. Chromium must know them. */
  readonly formActions?: readonly string[];
}

export interface SignInPageButton {
  readonly text: string;
  /** Root-relative. */
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}
