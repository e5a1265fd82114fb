import type { SessionSignIn } from './sessions.js';

/** Port: resumes an authorization request that waited for a sign-in. Filled by the oauth-provider capability. */
export interface SignInContinuation {
  /**
   * @param oauthQuery the query of the sign-in page, as the page sent it back (`oauth_query`)
   * @param session the session that has just started; null: only return where the browser will go once it has one
   * @returns where the browser goes next
   * @throws AuthError 400 `INVALID_SIGNATURE` when the query is not ours, was changed or has expired
   */
  resume(oauthQuery: string, session: SessionSignIn | null): Promise<string>;
}
