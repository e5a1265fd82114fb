import type { Transaction } from '../database/transaction.js';
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
