import { AuthError } from '../../common/errors/auth-error.js';

/** Of the authorization endpoint alone: they tell of a user, or of an address for the browser (RFC 9126 2.3). */
const OF_THE_BROWSER: ReadonlySet<string> = new Set([
  'invalid_redirect',
  'login_required',
  'consent_required',
  'interaction_required',
  'account_selection_required',
]);

/** What is wrong with a request, as its client is told at once. @throws always */
export function forPushing(error: unknown): never {
  if (error instanceof AuthError && OF_THE_BROWSER.has(error.error))
    throw AuthError.invalidRequest(error.description, error.detail);
  throw error;
}
