/** A body with headers and cookies; returned by a controller method when a plain body is not enough. */
export class HttpReply<T = unknown> {
  readonly headers: Record<string, string> = {};
  /** Names of headers that scripts of other origins may read; added to those that the host's CORS exposes. */
  readonly exposed: string[] = [];
  /** Complete `Set-Cookie` lines. */
  readonly cookies: string[] = [];
  /** Replaces the route's own status. */
  status: number | undefined;

  /** The next page is told by its address which language is asked for; the request alone does not say (RFC 9101 6.3). */
  tellsLanguage = false;

  constructor(readonly body: T) {}

  withStatus(status: number): this {
    this.status = status;
    return this;
  }

  header(name: string, value: string): this {
    this.headers[name] = value;
    return this;
  }

  /** A header that scripts of trusted origins may read (CORS). */
  expose(name: string, value: string): this {
    this.exposed.push(name);
    return this.header(name, value);
  }

  cookie(...lines: string[]): this {
    this.cookies.push(...lines);
    return this;
  }
}

/** Redirects a browser, with the route's own status. `no-referrer`: the address that it leaves may hold a code or an ID token. */
export function redirectTo(url: string): HttpReply {
  return new HttpReply('').header('Location', url).header('Referrer-Policy', 'no-referrer');
}

/** After a form: the browser asks for the address with GET, and a reload sends nothing twice. @param url checked by the caller */
export function seeOther(url: string): HttpReply {
  return new HttpReply('').withStatus(303).header('Location', url).header('Cache-Control', 'no-store');
}

/** For a HEAD of a route whose GET changes something: the route exists, and nothing was done (RFC 9110 9.2.1). */
export function nothingForHead(): HttpReply<string> {
  return new HttpReply('').withStatus(200).header('Cache-Control', 'no-store');
}
