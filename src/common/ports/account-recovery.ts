/** Somebody has come into an account by a link or a code that was sent to its address. */
export interface AccountRecovery {
  /** Nobody had shown until now that the address is theirs: whoever made the account may be a stranger, and so whatever it has may be theirs. */
  readonly isFirstProof: boolean;
  /** The host wants API keys deleted whenever a password is reset. */
  readonly endsApiKeys: boolean;
}
