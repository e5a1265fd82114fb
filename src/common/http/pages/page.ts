import { hash } from 'node:crypto';
import { html, type Html } from '../../html.js';
import { PAGE_STYLE } from './page.style.js';
import { HttpReply } from '../request/reply.js';

/** One of our pages: a plain document without script. */
export interface PageModel {
  /** Title of the window, and the heading. */
  readonly title: string;
  readonly body: Html;
  /**
   * Addresses, besides this server, to which a form of the page may lead: Chromium blocks the redirect after a form, and every further
   * redirect, when its origin is not named. `anywhere`: for a page whose only form is ours and leads to a client, whose redirects nobody
   * can list.
   */
  readonly formActions?: readonly string[] | 'anywhere';
  /** Addresses that the page shows in frames (front-channel logout). */
  readonly frameSources?: readonly string[];
  /** Hashes of its scripts (`'sha256-…'`). Default none; all but one of our pages have none. */
  readonly scriptSources?: readonly string[];
  /** Default 200. */
  readonly status?: number;
  /** Where the page sends the browser by itself; checked by the caller. No form policy applies to it. */
  readonly continueTo?: string;
}

// prettier-ignore
const STYLE_ELEMENT = html`<style>${PAGE_STYLE}</style>`;
const STYLE_SOURCE = `'sha256-${hash('sha256', PAGE_STYLE, 'base64')}'`;
/** What CSP's grammar accepts as a host: no IPv6, and nothing that ends a directive. */
const HOST_SOURCE = /^https?:\/\/[a-z0-9.-]+(?::\d+)?$/;
const SCHEME_SOURCE = /^[a-z][a-z0-9+.-]*:$/;

/** The whole document, with headers that forbid scripts and framing (T067). They replace the host's headers of the same names. */
export function page(model: PageModel): HttpReply<string> {
  return new HttpReply(String(documentOf(model)))
    .withStatus(model.status ?? 200)
    .header('Content-Type', 'text/html; charset=utf-8')
    .header('Content-Security-Policy', policyOf(model))
    .header('X-Frame-Options', 'DENY')
    .header('X-Content-Type-Options', 'nosniff')
    .header('Referrer-Policy', 'same-origin')
    .header('Cache-Control', 'no-store');
}

function documentOf({ title, body, continueTo }: PageModel): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        ${continueTo !== undefined && html`<meta http-equiv="refresh" content="0;url=${continueTo}" />`}
        <title>${title}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html> `;
}

function policyOf({ formActions = [], frameSources = [], scriptSources = [] }: PageModel): string {
  const directives = [
    "default-src 'none'",
    `style-src ${STYLE_SOURCE}`,
    'img-src https: data:',
    ...(formActions === 'anywhere' ? [] : [["form-action 'self'", ...sourcesOf(formActions)].join(' ')]),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  if (scriptSources.length > 0) directives.push(['script-src', ...scriptSources].join(' '));
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
