import type { Transaction } from './database/transaction.js';
import type { Grant, TokenExchanger } from './grants/grant.js';
import type { AreaPage } from './http/areas/area-sections.js';
import type { Authenticator } from './guards/authenticator.js';
import type { MailComposer } from './mail/mail-composer.js';
import type { CredentialChanged } from './ports/credential-change.js';
import type { PortFillings } from './ports/port.js';
import type { SessionBinding } from './ports/sender-proof.js';
import type { FactorOffer, SecondFactor } from './ports/second-factor.js';
import type { StepUpWish } from './ports/step-up-wish.js';
import type { CurrentSession, SessionStart, SessionView, SessionSignIn } from './ports/sessions.js';
import type { SignInMethods } from './ports/sign-in-methods.js';
import type { SignInPageContent } from './ports/sign-in-page.js';
import type { SubjectTokenReader } from './ports/subject-token.js';
import type { HostUser } from './ports/user-directory.js';
import type { AuthPrincipal } from './principal/auth-principal.js';
import type { SubjectEnd } from './subjects/subject.store.js';
import type { SweepTask } from './sweeper/sweeper.js';
import type { BearerTokenReader } from './tokens/bearer-token-reader.js';

/**
 * What a capability gives to the others: one literal in the constructor of its module (accounts has a second in `onModuleInit`). When several
 * have the same hook, they are called in the order in which they were added; nothing security-relevant may depend on that order.
 */
export interface Extension {
  /** Name of the capability, as in the options. Unique. */
  readonly name: string;
  /** Ports that this capability fills. */
  readonly ports?: PortFillings;
  /** Ways to prove identity on a request; one for each scheme. */
  readonly authenticators?: readonly Authenticator[];
  /** Readers of tokens under the bearer scheme; one for each credential type. */
  readonly bearerReaders?: readonly BearerTokenReader[];
  /** Ways to get tokens at the token endpoint; one for each `grant_type`. */
  readonly grants?: readonly Grant[];
  /** Readers of tokens that may be exchanged (RFC 8693); one for each type. */
  readonly subjectTokens?: readonly SubjectTokenReader[];
  /** What else token exchange gives than access tokens (RFC 8693); one for each type. */
  readonly tokenExchangers?: readonly TokenExchanger[];
  /** Writers of messages; one for each kind. */
  readonly mails?: readonly MailComposer[];
  /** Whether sessions are bound to a key of the app that signs in. Default: `off`. */
  readonly sessionBinding?: SessionBinding;
  /** Rows to delete once they are no longer needed. */
  readonly sweeps?: readonly SweepTask[];
  /** Pages of the account or of the administration, for the navigation there. */
  readonly pages?: readonly AreaPage[];
  /** Lists and removes the users' sign-in methods of one kind. */
  readonly signInMethods?: SignInMethods;
  /**
   * Adds members to the authorization server's metadata (RFC 8414 2). Asked once, when the application has started.
   * @param urlOf the absolute address of a route of ours, relative to the prefix
   */
  metadata?(urlOf: (route: string, method?: string) => string): Readonly<Record<string, unknown>>;
  /**
   * Adds content to the sign-in page. Texts, not HTML: the page escapes them.
   * @param continueTo the root-relative address to which the browser goes after the sign-in
   * @returns null when it has nothing to add
   */
  signInPage?(continueTo: string): Promise<SignInPageContent | null>;
  /**
   * Asks for another factor before a session starts.
   * @param start how the user has proven who they are, and from where
   * @returns null: none is due
   */
  secondFactor?(user: HostUser, start: Omit<SessionStart, 'subjectId'>): Promise<SecondFactor | null>;
  /** A second factor of this user that is not a code, for whoever asks for one. @returns null: they have none of this kind */
  factorOf?(subjectId: string): Promise<FactorOffer | null>;
  /** What this capability can add to how a user has signed in (RFC 8176): by it, stronger sign-ins than by password can be asked for. */
  readonly raises?: readonly string[];
  /**
   * Where somebody who is signed in proves who they are once more, more strongly (RFC 9470). Absent: on the sign-in page.
   * @returns null: this user has no such factor
   */
  stepUpUrl?(wish: StepUpWish): Promise<string | null>;
  /** Adds members to the reply of a sign-in, in the transaction that starts the session. */
  onSignIn?(tx: Transaction, signIn: SessionSignIn): Promise<Record<string, unknown>>;
  /** A session view for a principal without a session, such as an API key; null when the principal is not this capability's. */
  sessionOf?(principal: AuthPrincipal): Promise<CurrentSession | null>;
  /**
   * Adds headers, or members of the session and of its user, to every session that `GET /get-session` returns.
   * @param principal the caller: what is added must not exceed their rights
   */
  onGetSession?(
    current: CurrentSession,
    principal: AuthPrincipal,
  ): Promise<{
    readonly headers?: Readonly<Record<string, string>>;
    readonly session?: Partial<SessionView>;
    readonly user?: Partial<HostUser>;
  }>;
  /** Ends what this capability keeps under a credential of a user that is another now, in the transaction of the change. */
  onCredentialChange?(tx: Transaction, subjectId: string, changed: CredentialChanged): Promise<void>;
  /** Ends what this capability keeps for these sessions of one user besides tokens, in the transaction that ends them. */
  onSessionEnd?(
    tx: Transaction,
    ended: { readonly subjectId: string; readonly sessionIds: readonly string[] },
  ): Promise<void>;
  /** Ends (or, when the subject is forgotten, deletes) what this capability keeps for it besides tokens, in the same transaction. */
  onSubjectEnd?(tx: Transaction, subjectId: string, end: SubjectEnd): Promise<void>;
}
