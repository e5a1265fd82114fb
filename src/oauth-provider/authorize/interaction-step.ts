import type { AuthorizationParameters, BrowserUser } from '../codes/authorization-parameters.js';

export interface InteractionFacts {
  readonly parameters: AuthorizationParameters;
  readonly user: BrowserUser | null;
  /** When the request began to wait; null: it has just come. */
  readonly waitingSince: Date | null;
  /** The session picked on the page of accounts. */
  readonly selectedSessionId: string | null;
  readonly consents: boolean;
  /** Nobody is asked, unless the client asks for it. */
  readonly skipsConsent: boolean;
  readonly now: Date;
}

export type InteractionStep =
  | 'sign_in'
  | 'sign_up'
  | 'select_account'
  | 'consent'
  | 'code'
  /** Nobody may be asked, and somebody would have to be (OIDC Core 3.1.2.6). */
  | 'login_required'
  | 'consent_required';

/** What has to happen next, in the order of OIDC Core 3.1.2.3 and 3.1.2.4: who is it, which of their accounts, do they agree. */
export function nextStep(facts: InteractionFacts): InteractionStep {
  const { parameters, user } = facts;
  const prompts = new Set(parameters.prompts);
  const who = identification(facts);
  if (prompts.has('none')) {
    if (who !== null) return 'login_required';
    return facts.consents || facts.skipsConsent ? 'code' : 'consent_required';
  }
  if (who !== null) return who;
  const isFresh = signedInSince(facts);
  if (prompts.has('select_account') && !isFresh && facts.selectedSessionId !== user!.sessionId) return 'select_account';
  const isAsked = prompts.has('consent') || !(facts.consents || facts.skipsConsent);
  return isAsked ? 'consent' : 'code';
}

/** What is missing until it is known who they are; null: nothing. */
function identification(facts: InteractionFacts): 'sign_in' | 'sign_up' | 'login_required' | null {
  const { parameters, user } = facts;
  const prompts = new Set(parameters.prompts);
  const step = prompts.has('create') ? 'sign_up' : 'sign_in';
  if (!user) return step;
  const isFresh = signedInSince(facts);
  if ((prompts.has('login') || prompts.has('create') || isTooOld(facts)) && !isFresh) return step;
  if (parameters.hintedSubject === null || parameters.hintedSubject === user.subject) return null;
  // They were asked, and somebody else came: asking again would go round in circles.
  return isFresh ? 'login_required' : 'sign_in';
}

/** A sign-in that this request has waited for answers whatever it asked of a sign-in. */
function signedInSince({ user, waitingSince }: InteractionFacts): boolean {
  return user !== null && waitingSince !== null && user.authenticatedAt > waitingSince;
}

function isTooOld({ parameters, user, now }: InteractionFacts): boolean {
  if (parameters.maxAgeSeconds === null || !user) return false;
  return now.getTime() - user.authenticatedAt.getTime() > parameters.maxAgeSeconds * 1000;
}
