/** Lower-cased request headers as Node gives them. */
export type HeaderBag = Readonly<Record<string, string | string[] | undefined>>;

/** Who sends a request, as far as it and the proxies that are trusted tell. */
export interface Caller {
  /** With the cookies of a browser. */
  readonly headers: HeaderBag;
  /** IP address; null when it cannot be known. */
  readonly address: string | null;
  /** Cut to what a row takes; null: none was sent. */
  readonly userAgent: string | null;
}
