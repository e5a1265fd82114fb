import type { AuthorizationParameters, Prompt } from '../codes/authorization-parameters.js';
import { nextStep, type InteractionFacts } from './interaction-step.js';

const NOON = new Date('2026-01-01T12:00:00Z');
const at = (seconds: number) => new Date(NOON.getTime() + seconds * 1000);
const user = (authenticatedAt: Date, subject = 'anna') => ({
  sessionId: 's1',
  subjectId: 'anna',
  subject,
  authenticatedAt,
  methods: [],
  acr: '0',
  roles: [],
});

function facts(prompts: Prompt[], change: Partial<InteractionFacts> = {}, parameters = {}): InteractionFacts {
  return {
    parameters: {
      prompts,
      maxAgeSeconds: null,
      hintedSubject: null,
      ...parameters,
    } as unknown as AuthorizationParameters,
    user: user(at(-100)),
    isStrongEnough: true,
    waitingSince: null,
    selectedSessionId: null,
    consents: true,
    skipsConsent: false,
    now: NOON,
    ...change,
  };
}

describe('OIDC Core 3.1.2.3 what has to happen next', () => {
  const fresh = { waitingSince: at(-50), user: user(at(-10)) };
  it.each<[string, InteractionFacts, string]>([
    ['nothing, when they are signed in and have agreed', facts([]), 'code'],
    ['sign in, without a session', facts([], { user: null }), 'sign_in'],
    ['sign up, when the client asks for it', facts(['create'], { user: null }), 'sign_up'],
    ['sign up, also of somebody who is signed in', facts(['create']), 'sign_up'],
    ['no second time', facts(['create'], fresh), 'code'],
    ['sign in again with prompt=login', facts(['login']), 'sign_in'],
    ['a sign-in from before the request does not do', facts(['login'], { waitingSince: at(-50) }), 'sign_in'],
    ['nor one of the same moment', facts(['login'], { waitingSince: at(-100) }), 'sign_in'],
    ['one since then does', facts(['login'], fresh), 'code'],
    ['max_age that has passed', facts([], {}, { maxAgeSeconds: 99 }), 'sign_in'],
    ['max_age that has not', facts([], {}, { maxAgeSeconds: 100 }), 'code'],
    ['max_age=0 is never met by a sign-in before', facts([], { user: user(NOON) }, { maxAgeSeconds: 0 }), 'sign_in'],
    ['max_age=0 is met by a sign-in for this request', facts([], fresh, { maxAgeSeconds: 0 }), 'code'],
    ['pick an account', facts(['select_account']), 'select_account'],
    ['picked', facts(['select_account'], { selectedSessionId: 's1' }), 'code'],
    ['picked, but another session now', facts(['select_account'], { selectedSessionId: 's0' }), 'select_account'],
    ['signed in for this request is picked', facts(['select_account'], fresh), 'code'],
    ['consent', facts([], { consents: false }), 'consent'],
    ['consent again', facts(['consent']), 'consent'],
    ['consent of a client that asks nobody', facts([], { consents: false, skipsConsent: true }), 'code'],
    ['unless it wants to', facts(['consent'], { skipsConsent: true }), 'consent'],
    ['another user than the hint says', facts([], {}, { hintedSubject: 'bert' }), 'sign_in'],
    ['and still another one', facts([], fresh, { hintedSubject: 'bert' }), 'login_required'],
    ['the user of the hint', facts([], {}, { hintedSubject: 'anna' }), 'code'],
    ['a stronger sign-in', facts([], { isStrongEnough: false }), 'step_up'],
    ['first a fresh one', facts(['login'], { isStrongEnough: false }), 'sign_in'],
    ['first the account', facts(['select_account'], { isStrongEnough: false }), 'select_account'],
    ['and only then consent', facts(['consent'], { ...fresh, isStrongEnough: false }), 'step_up'],
    ['none: too weak', facts(['none'], { isStrongEnough: false }), 'login_required'],
    ['none: nobody there', facts(['none'], { user: null }), 'login_required'],
    ['none: too long ago', facts(['none'], {}, { maxAgeSeconds: 1 }), 'login_required'],
    ['none: somebody else', facts(['none'], {}, { hintedSubject: 'bert' }), 'login_required'],
    ['none: no consent', facts(['none'], { consents: false }), 'consent_required'],
    ['none: a client that asks nobody', facts(['none'], { consents: false, skipsConsent: true }), 'code'],
    ['none: all well', facts(['none']), 'code'],
  ])('%s', (_name, given, step) => {
    expect(nextStep(given)).toBe(step);
  });
});
