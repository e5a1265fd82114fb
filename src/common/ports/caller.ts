/** Request headers with lower-case names, as Node gives them. */
export type HeaderBag = Readonly<Record<string, string | string[] | undefined>>;

/** The sender of a request, as far as the request and trusted proxies tell. */
export interface Caller {
  /** Includes the cookies of a browser. */
  readonly headers: HeaderBag;
  /** IP address; null when it cannot be known. */
  readonly address: string | null;
  /** Shortened to the length of the column; null: none was sent. */
  readonly userAgent: string | null;
}

/** The host's code, a job or the command line: nobody sent a request. */
export const SERVER: Caller = { headers: {}, address: null, userAgent: null };
