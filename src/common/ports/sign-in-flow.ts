import type { SignInOutcome } from './second-factor.js';
import type { SessionStart, StartedSession } from './sessions.js';
import type { HostUser, NewHostUser } from './user-directory.js';

export interface SignInPageOptions {
  /** E-mail address that the page fills in (`login_hint` of OIDC Core 3.1.2.1). */
  readonly loginHint?: string;
  /** Languages that the page is asked to be in, with spaces (`ui_locales`, likewise). Default: the browser's. */
  readonly uiLocales?: string;
  /** Strengths of sign-in of which one is needed, the most wanted first (`acr_values` of OIDC Core 3.1.2.1). Default: any. */
  readonly acr?: readonly string[];
  /** The page for new users (`prompt=create`). Without effect where sign-up is off. */
  readonly signUp?: boolean;
}

/** Port: the steps that every way to sign in shares, filled by the accounts capability. */
export interface SignInFlow {
  /**
   * The page where a browser without a session gets one, root-relative.
   * @param continueTo where it goes with the session: root-relative, or an address on a trusted origin; checked again by the page
   */
  signInUrl(continueTo: string, options?: SignInPageOptions): string;
  /** Asks the host whether this person may become a user; to be called before one is created. @throws AuthError the host's veto */
  requireMaySignUp(user: Omit<NewHostUser, 'password'>): Promise<void>;
  /**
   * Starts a session for a user whose identity has just been proven, or renews the one they have, with the host's checks and scopes; or says
   * that a second factor is due. Every way to sign in comes here, so that none passes by it.
   * @throws AuthError 403 `EMAIL_NOT_VERIFIED`, the host's veto, or 401 when the user was disabled or renewed since `epoch` was read
   */
  start(user: HostUser, start: Omit<SessionStart, 'subjectId'>): Promise<SignInOutcome>;
  /** As `start`, for one whose proof counts in full: no second factor is due. */
  complete(user: HostUser, start: Omit<SessionStart, 'subjectId'>): Promise<StartedSession>;
  /**
   * Where the browser goes with the new session: the callback address, with a one-time token in it where the options want one; or to the page
   * that asks for the second factor.
   * @param callbackUrl checked; without effect on root-relative ones
   */
  sendBack(outcome: SignInOutcome, callbackUrl: string): Promise<string>;
}
