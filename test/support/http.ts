/** The parts of a reply that tests look at. */
export interface Answer<Body = any> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
  readonly text: string;
  /** Origin the request went to. */
  readonly origin: string;
}

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  /** An object is sent as JSON, text and bytes as they are. */
  readonly body?: unknown;
  readonly bearer?: string;
}

/** One HTTP request. POST when there is a body, else GET. Redirects are not followed. */
export async function send<Body = any>(url: string, options: RequestOptions = {}): Promise<Answer<Body>> {
  const isRaw =
    typeof options.body === 'string' || options.body instanceof Uint8Array || options.body instanceof URLSearchParams;
  const headers: Record<string, string> = {
    ...(options.body !== undefined && !isRaw && { 'content-type': 'application/json' }),
    ...options.headers,
  };
  if (options.bearer !== undefined) headers['authorization'] = `Bearer ${options.bearer}`;
  const response = await fetch(url, {
    method: options.method ?? (options.body === undefined ? 'GET' : 'POST'),
    headers,
    redirect: 'manual',
    ...(options.body !== undefined && { body: (isRaw ? options.body : JSON.stringify(options.body)) as string }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parse(text), origin: new URL(url).origin };
}

function parse(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The first part of `Set-Cookie` lines, to be sent back as `Cookie`. */
export function cookiesOf(answer: Answer): string {
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0]!)
    .filter((pair) => !pair.endsWith('='))
    .join('; ');
}
