import type { AuthorizationParameters, BrowserUser } from '../codes/authorization-parameters.js';

export interface InteractionFacts {
  readonly parameters: AuthorizationParameters;
  readonly user: BrowserUser | null;
  /** Whether their sign-in is as strong as the request wants it. */
  readonly isStrongEnough: boolean;
  /** When the request began to wait; null: it has just arrived. */
  readonly waitingSince: Date | null;
  /** The session picked on the account page. */
  readonly selectedSessionId: string | null;
  readonly consents: boolean;
  /** No consent is asked for, unless the client wants it (`prompt=consent`). */
  readonly skipsConsent: boolean;
  readonly now: Date;
}

export type InteractionStep =
  | 'sign_in'
  | 'sign_up'
  | 'select_account'
  /** A stronger sign-in (RFC 9470 5). */
  | 'step_up'
  | 'consent'
  | 'code'
  /** `prompt=none`, but the user would have to be asked (OIDC Core 3.1.2.6). */
  | 'login_required'
  | 'consent_required';

/** What must happen next, in the order of OIDC Core 3.1.2.3 and 3.1.2.4: sign-in, choice of account, what is missing of its strength, consent. */
export function nextStep(facts: InteractionFacts): InteractionStep {
  const { parameters, user } = facts;
  const prompts = new Set(parameters.prompts);
  const who = identification(facts);
  if (prompts.has('none')) {
    if (who !== null || !facts.isStrongEnough) return 'login_required';
    return facts.consents || facts.skipsConsent ? 'code' : 'consent_required';
  }
  if (who !== null) return who;
  const isFresh = signedInSince(facts);
  if (prompts.has('select_account') && !isFresh && facts.selectedSessionId !== user!.sessionId) return 'select_account';
  if (!facts.isStrongEnough) return 'step_up';
  const isAsked = prompts.has('consent') || !(facts.consents || facts.skipsConsent);
  return isAsked ? 'consent' : 'code';
}

/** The step that is missing to know the user; null: none. */
function identification(facts: InteractionFacts): 'sign_in' | 'sign_up' | 'login_required' | null {
  const { parameters, user } = facts;
  const prompts = new Set(parameters.prompts);
  const step = prompts.has('create') ? 'sign_up' : 'sign_in';
  if (!user) return step;
  const isFresh = signedInSince(facts);
  if ((prompts.has('login') || prompts.has('create') || isTooOld(facts)) && !isFresh) return step;
  if (parameters.hintedSubject === null || parameters.hintedSubject === user.subject) return null;
  // The user was asked, and another one signed in: asking again could repeat forever.
  return isFresh ? 'login_required' : 'sign_in';
}

/** A sign-in that happened while this request waited meets every demand it made of a sign-in. */
function signedInSince({ user, waitingSince }: InteractionFacts): boolean {
  return user !== null && waitingSince !== null && user.authenticatedAt > waitingSince;
}

function isTooOld({ parameters, user, now }: InteractionFacts): boolean {
  if (parameters.maxAgeSeconds === null || !user) return false;
  // Whatever the clocks say: a sign-in for this request (OIDC Core 3.1.2.1).
  if (parameters.maxAgeSeconds === 0) return true;
  return now.getTime() - user.authenticatedAt.getTime() > parameters.maxAgeSeconds * 1000;
}
