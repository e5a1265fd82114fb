import type { OutgoingHttpHeader, ServerResponse } from 'node:http';

/** The CORS decision for one request. */
export interface CorsDecision {
  /** The `Origin` of the request; null when there is none. */
  readonly asker: string | null;
  /** Value of `Access-Control-Allow-Origin`; null when the origin is not allowed. */
  allowed: string | null;
  /** The host trusts this origin with the session cookie. */
  isTrusted: boolean;
  readonly isPreflight: boolean;
  readonly methods: string;
}

const ALLOW_ORIGIN = 'Access-Control-Allow-Origin';
const ALLOW_CREDENTIALS = 'Access-Control-Allow-Credentials';
const EXPOSE = 'Access-Control-Expose-Headers';
const OF_PREFLIGHT = [
  'Access-Control-Allow-Methods',
  'Access-Control-Allow-Headers',
  'Access-Control-Max-Age',
] as const;
/** By which a script tells a bad token from a missing one (RFC 6750 3), and what its next proof needs (RFC 9449 8). */
const EXPOSED = ['WWW-Authenticate', 'DPoP-Nonce'];
const ALLOWED_HEADERS = 'Authorization, Content-Type, DPoP, MCP-Protocol-Version';
/** How long a browser may cache a preflight: an hour. */
const MAX_AGE_SECONDS = '3600';

/** Replaces the host's CORS headers, unless they allow credentials to an origin that the host trusts. */
export function writeCors(response: ServerResponse, decision: CorsDecision): void {
  if (keepsCredentials(response, decision)) return addTo(response, EXPOSE, ...EXPOSED);
  for (const name of [ALLOW_ORIGIN, ALLOW_CREDENTIALS, ...OF_PREFLIGHT]) response.removeHeader(name);
  if (decision.allowed !== '*') addTo(response, 'Vary', 'Origin');
  if (decision.allowed === null) return;
  response.setHeader(ALLOW_ORIGIN, decision.allowed);
  if (!decision.isPreflight) return addTo(response, EXPOSE, ...EXPOSED);
  const [methods, headers, maxAge] = OF_PREFLIGHT;
  response.setHeader(methods, decision.methods);
  // `*` does not cover Authorization (Fetch 3.3.6).
  response.setHeader(headers, decision.allowed === '*' ? `*, ${ALLOWED_HEADERS}` : ALLOWED_HEADERS);
  response.setHeader(maxAge, MAX_AGE_SECONDS);
}

/** Browsers refuse `*` to clients that send cookies with every call (better-auth's). */
function keepsCredentials(response: ServerResponse, { isTrusted, asker }: CorsDecision): boolean {
  return (
    isTrusted && response.getHeader(ALLOW_ORIGIN) === asker && String(response.getHeader(ALLOW_CREDENTIALS)) === 'true'
  );
}

function addTo(response: ServerResponse, name: string, ...entries: readonly string[]): void {
  const before = String(response.getHeader(name) ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const isThere = (entry: string) => before.some((one) => one === '*' || one.toLowerCase() === entry.toLowerCase());
  const added = entries.filter((entry) => !isThere(entry));
  if (added.length > 0) response.setHeader(name, [...before, ...added].join(', '));
}

type WriteHead = (status: number, ...rest: unknown[]) => ServerResponse;

/** Runs `apply` after all headers are set on the response and before they are sent. */
export function beforeHeaders(response: ServerResponse, apply: () => void): void {
  const writeHead = response.writeHead.bind(response) as WriteHead;
  const patched: WriteHead = (status, ...rest) => {
    // Fastify passes its headers here instead of setting them.
    const given = rest.at(-1);
    if (typeof given === 'object' && given !== null && !Array.isArray(given)) {
      rest.pop();
      for (const [name, value] of Object.entries(given as Record<string, OutgoingHttpHeader | undefined>))
        if (value !== undefined) response.setHeader(name, value);
    }
    apply();
    return writeHead(status, ...rest);
  };
  response.writeHead = patched as ServerResponse['writeHead'];
}
