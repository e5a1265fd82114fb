/** What of a user's credentials has become another. */
export type CredentialChange = 'password' | 'email' | 'factor';
