import type { HeaderBag } from './caller.js';
import type { SignInOutcome } from './second-factor.js';

/** How a new session travels: complete `Set-Cookie` lines, and headers that scripts of other origins read. */
export interface SessionCarrier {
  readonly cookies: readonly string[];
  readonly exposed: Readonly<Record<string, string>>;
}

/** Port: how sessions get into a browser and out of it, filled by the accounts capability. */
export interface SessionTransport {
  /** What gives the session to the browser, or what binds the wait for a second factor to it. @param headers of the browser */
  carry(outcome: SignInOutcome, headers: HeaderBag): SessionCarrier;
  /**
   * Signs a browser out: ends every live session in its cookies, of all users.
   * @returns complete `Set-Cookie` lines that take them out of the browser
   */
  leave(headers: HeaderBag): Promise<readonly string[]>;
}
