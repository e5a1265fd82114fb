import type { Transaction } from '../database/transaction.js';
import type { Text } from '../texts/text.js';
import type { HeaderBag } from './caller.js';
import type { StartedSession } from './sessions.js';

/** What a capability asks for before a session starts. */
export interface SecondFactor {
  /** Notes that this user has shown the first factor, in the transaction that spends it. @returns what the browser or the program is told */
  begin(tx: Transaction): Promise<SecondFactorDue>;
}

/** The first factor was right, and another one is due: there is no session yet. */
export interface SecondFactorDue {
  readonly isDue: true;
  /** Of the answer to programs. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Complete `Set-Cookie` lines that bind what follows to this browser. */
  readonly cookies: readonly string[];
  /** The page that asks for it, root-relative. @param continueTo where the browser goes with its session; checked */
  pageUrl(continueTo: string): string;
}

/** A second factor of one user that is not a code. */
export interface FactorOffer {
  /** As `twoFactorMethods` names it. */
  readonly method: string;
  /** Of the button that leads there. */
  readonly label: Text;
  /** The page where it is used, root-relative. @param continueTo where the browser goes after that; checked */
  pageUrl(continueTo: string): string;
}

/** A sign-in whose first factor was right. */
export interface WaitingSignIn {
  readonly subjectId: string;
  /** The user's epoch before the first factor. */
  readonly epoch: number;
  /** How they have come so far (RFC 8176). */
  readonly methods: readonly string[];
  readonly rememberMe: boolean;
  /** Complete `Set-Cookie` lines that take away what binds it to the browser. */
  readonly cleared: readonly string[];
  /** The page where they choose what to show, root-relative. @param continueTo where the browser goes with its session; checked */
  pageUrl(continueTo: string): string;
  /** Ends the wait, in the transaction that starts the session. @throws AuthError 401 when it is over */
  spend(tx: Transaction): Promise<void>;
}

/** Port: sign-ins that wait for a second factor, filled by the capability that makes them wait. */
export interface WaitingSignIns {
  /** That of this browser; null: none waits. */
  ofBrowser(headers: HeaderBag): Promise<WaitingSignIn | null>;
}

/** What comes of a first factor that was right. */
export type SignInOutcome = StartedSession | SecondFactorDue;

/**
 * Whether a second factor comes before the session.
 *
 * @example
 * const outcome = await app.get(SignIn).start(userId, { methods: ['saml'] });
 * const body = isDue(outcome) ? outcome.body : { token: outcome.token };
 */
export function isDue(outcome: SignInOutcome): outcome is SecondFactorDue {
  return 'isDue' in outcome;
}
