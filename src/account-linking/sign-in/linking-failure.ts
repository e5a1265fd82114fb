/** Why a sign-in or a link failed: the `error` of the redirect. Codes of better-auth 1.7. */
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

/** Ends a provider redirect. The code goes to the browser, the detail to the log. */
export class LinkingFailure extends Error {
  override readonly name = 'LinkingFailure';

  constructor(
    readonly code: LinkingFailureCode,
    readonly detail: string,
    /** The provider's own words, for the user. */
    readonly description: string | null = null,
    /** Whether the provider sent something invalid or unreadable. */
    readonly isFault = false,
  ) {
    super(`${code}: ${detail}`);
  }
}

/** better-auth 1.6 has other codes, used on its callback route. */
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
