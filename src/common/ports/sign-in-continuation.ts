/** A session that has just been started. */
export interface StartedSignIn {
  readonly sessionId: string;
  readonly subjectId: string;
  readonly authenticatedAt: Date;
  /** How they proved who they are (RFC 8176). */
  readonly methods: readonly string[];
}

/** Port: takes an authorization request up again that waited for a sign-in. Filled by the oauth-provider capability. */
export interface SignInContinuation {
  /**
   * @param oauthQuery what the sign-in page was called with and has sent along (`oauth_query`)
   * @param session the one that has just been started; null: tell only where a browser goes once it has one
   * @returns where the browser goes now
   * @throws AuthError 400 `INVALID_SIGNATURE` when it is not ours, was changed or has expired
   */
  resume(oauthQuery: string, session: StartedSignIn | null): Promise<string>;
}
