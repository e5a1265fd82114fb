import { TEST_ISSUER } from './app.js';

interface Cookie {
  readonly value: string;
  /** Attribute names in lower case; flags are true. */
  readonly attributes: Readonly<Record<string, string | true>>;
}

/** What a browser adds to fetch: a cookie jar, the Origin of the page, and the cookies of the last reply. */
export class Browser {
  readonly cookies = new Map<string, Cookie>();
  /** Complete `Set-Cookie` lines of the last reply. */
  lastCookies: string[] = [];
  lastRequest: { url: string; method: string; headers: Headers; body: string | null } | undefined;
  lastResponse: Response | undefined;

  constructor(private readonly origin = TEST_ISSUER) {}

  /** For `fetchOptions.customFetchImpl`. */
  readonly fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    // A GET navigation has no Origin, and a form may be on a page of another site.
    const isNavigation = (init.method ?? 'GET') === 'GET' && headers.get('accept')?.startsWith('text/html');
    if (!isNavigation && !headers.has('origin')) headers.set('origin', this.origin);
    if (this.cookies.size > 0) headers.set('cookie', this.cookieHeader());
    const url = input instanceof Request ? input.url : String(input);
    this.lastRequest = {
      url,
      method: init.method ?? 'GET',
      headers,
      body: typeof init.body === 'string' ? init.body : null,
    };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    this.lastCookies = response.headers.getSetCookie();
    for (const line of this.lastCookies) this.keep(line);
    this.lastResponse = response.clone();
    return response;
  };

  cookieHeader(): string {
    return [...this.cookies].map(([name, { value }]) => `${name}=${value}`).join('; ');
  }

  private keep(line: string): void {
    const [pair = '', ...rest] = line.split(';').map((part) => part.trim());
    const separator = pair.indexOf('=');
    const attributes: Record<string, string | true> = {};
    for (const part of rest) {
      const [key = '', value] = part.split('=');
      attributes[key.toLowerCase()] = value ?? true;
    }
    const name = pair.slice(0, separator);
    if (attributes['max-age'] === '0') this.cookies.delete(name);
    else this.cookies.set(name, { value: pair.slice(separator + 1), attributes });
  }
}
