import type { PageModel } from './page.js';

/** What CSP's grammar accepts as a host: no IPv6, and nothing that ends a directive. */
const HOST_SOURCE = /^https?:\/\/[a-z0-9.-]+(?::\d+)?$/;
const SCHEME_SOURCE = /^[a-z][a-z0-9+.-]*:$/;

/** The Content-Security-Policy of a page: no scripts but those named by hash, no frames around it, one style sheet (T067). */
export function contentPolicy(
  { formActions = [], frameSources = [], script }: Partial<PageModel>,
  styleSource: string,
): string {
  const directives = [
    "default-src 'none'",
    `style-src ${styleSource}`,
    "img-src 'self' https: data:",
    ...(formActions === 'anywhere' ? [] : [["form-action 'self'", ...sourcesOf(formActions)].join(' ')]),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  if (script) directives.push(`script-src ${script.source}`);
  if (script?.asksServer) directives.push("connect-src 'self'");
  if (frameSources.length > 0) directives.push(['frame-src', ...sourcesOf(frameSources)].join(' '));
  return directives.join('; ');
}

/**
 * CSP sources for addresses: the origin, or only the scheme where CSP cannot express the origin (an app's own scheme, an IPv6 host, a host
 * with a semicolon in it).
 * @throws Error for a text that is not an absolute address; a fault of the caller
 */
function sourcesOf(addresses: readonly string[]): string[] {
  const sources = addresses.map((address) => {
    const { origin, protocol } = new URL(address);
    if (HOST_SOURCE.test(origin)) return origin;
    if (SCHEME_SOURCE.test(protocol)) return protocol;
    throw new Error(`A page cannot name ${JSON.stringify(protocol)} in its policy.`);
  });
  return [...new Set(sources)];
}
