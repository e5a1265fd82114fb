import type { Transaction } from './database/transaction.js';
import type { Grant } from './grants/grant.js';
import type { Authenticator } from './guards/authenticator.js';
import type { PortFillings } from './ports/port.js';
import type { CurrentSession, SessionView, SignIn } from './ports/sessions.js';
import type { SignInMethods } from './ports/sign-in-methods.js';
import type { SignInPageContent } from './ports/sign-in-page.js';
import type { AuthPrincipal } from './principal/auth-principal.js';
import type { SubjectEnd } from './subjects/subject.store.js';
import type { SweepTask } from './sweeper/sweeper.js';
import type { BearerTokenReader } from './tokens/bearer-token-reader.js';

/**
 * What a capability gives to the others: one literal in the constructor of its module. Where several have a hook, it is called in the order
 * in which they were added; nothing security-relevant may depend on that order.
 */
export interface Extension {
  /** The capability's, as in the options. Unique. */
  readonly name: string;
  /** Ports that it fills. */
  readonly ports?: PortFillings;
  /** Ways to prove identity on a request; one of each scheme. */
  readonly authenticators?: readonly Authenticator[];
  /** Kinds of tokens under the bearer scheme; one of each credential type. */
  readonly bearerReaders?: readonly BearerTokenReader[];
  /** Ways to get tokens at the token endpoint; one of each `grant_type`. */
  readonly grants?: readonly Grant[];
  /** Rows that go when they are of no use any more. */
  readonly sweeps?: readonly SweepTask[];
  /** The ways of one kind by which users sign in. */
  readonly signInMethods?: SignInMethods;
  /**
   * Adds members to the authorization server's metadata (RFC 8414 2). Asked once, when the application has started.
   * @param urlOf the absolute address of a route of ours, relative to the prefix
   */
  metadata?(urlOf: (route: string, method?: string) => string): Readonly<Record<string, unknown>>;
  /**
   * Puts something on the sign-in page. Texts, not HTML: the page escapes them.
   * @param continueTo the root-relative address at which the browser will continue
   * @returns null when it has nothing to say to this page
   */
  signInPage?(continueTo: string): Promise<SignInPageContent | null>;
  /** Adds members to what a sign-in answers, in the transaction that starts the session. */
  onSignIn?(tx: Transaction, signIn: SignIn): Promise<Record<string, unknown>>;
  /** A session view for a principal without a session of its own, such as an API key; null when it is not this capability's. */
  sessionOf?(principal: AuthPrincipal): Promise<CurrentSession | null>;
  /**
   * Adds headers, or members of the session, to every session that `GET /get-session` answers.
   * @param principal who asked: what is added must not exceed what they may do
   */
  onGetSession?(
    current: CurrentSession,
    principal: AuthPrincipal,
  ): Promise<{ readonly headers?: Readonly<Record<string, string>>; readonly session?: Partial<SessionView> }>;
  /** Ends what it keeps for these sessions of one user besides tokens, in the transaction that ends them. */
  onSessionEnd?(
    tx: Transaction,
    ended: { readonly subjectId: string; readonly sessionIds: readonly string[] },
  ): Promise<void>;
  /** Ends (or, when the subject is forgotten, deletes) what it keeps for this subject besides tokens, in the same transaction. */
  onSubjectEnd?(tx: Transaction, subjectId: string, end: SubjectEnd): Promise<void>;
}
