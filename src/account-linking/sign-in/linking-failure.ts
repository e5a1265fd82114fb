/** Why a sign-in or a link did not come about: the `error` of the redirect. Codes of the 1.7 wire. */
export type LinkingFailureCode =
  | 'state_not_found'
  | 'state_mismatch'
  | 'no_code'
  | 'oauth_provider_not_found'
  | 'issuer_mismatch'
  | 'invalid_code'
  | 'provider_unavailable'
  | 'unable_to_get_user_info'
  | 'unable_to_link_account'
  | 'email_does_not_match'
  | 'account_already_linked_to_different_user'
  | 'account_limit_reached'
  | 'email_not_found'
  | 'email_not_verified'
  | 'account_not_linked'
  | 'signup_disabled'
  | 'unable_to_create_user'
  | 'unable_to_create_session'
  | (string & {});

/** Ends a trip. The code goes to the browser, the detail to the log. */
export class LinkingFailure extends Error {
  override readonly name = 'LinkingFailure';

  constructor(
    readonly code: LinkingFailureCode,
    readonly detail: string,
    /** The provider's own words, for the user. */
    readonly description: string | null = null,
    /** Whether the provider's answer did not hold or could not be read. */
    readonly isFault = false,
  ) {
    super(`${code}: ${detail}`);
  }
}

/** The same on the callback of the 1.6 generation. */
const CODES_1_6: Readonly<Record<string, string>> = {
  no_code: 'oAuth_code_missing',
  invalid_code: 'oauth_code_verification_failed',
  unable_to_get_user_info: 'user_info_is_missing',
  email_not_found: 'email_is_missing',
  email_does_not_match: "email_doesn't_match",
};

export function codeOnRoute(code: string, route: string): string {
  return route === 'oauth2/callback' ? (CODES_1_6[code] ?? code) : code;
}
