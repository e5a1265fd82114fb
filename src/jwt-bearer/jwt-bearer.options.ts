/** Tokens for assertions of others (RFC 7523). */
export interface JwtBearerOptions {
  /** Issuers whose assertions are taken. Default: none. */
  readonly issuers?: readonly object[];
}
