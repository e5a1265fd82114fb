/** Exchange of tokens (RFC 8693). */
export interface TokenExchangeOptions {
  /** What each client may exchange, by its id. Default: none. */
  readonly clients?: Readonly<Record<string, object>>;
}
