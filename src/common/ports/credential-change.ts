/**
 * What of a user's credentials has become another. `owner`: somebody has shown that the address is theirs, which whoever made the account never
 * has; what was set up before is not theirs, and ends.
 */
export type CredentialChange = 'password' | 'email' | 'factor' | 'owner';
