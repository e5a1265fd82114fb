import { hash } from 'node:crypto';
import { html, type Html } from '../../html.js';
import { PAGE_STYLE } from './page.style.js';
import { HttpReply } from '../request/reply.js';

/** One of our pages: a plain document without script. */
export interface PageModel {
  /** Of the window, and the heading. */
  readonly title: string;
  readonly body: Html;
  /**
   * Addresses to which a form of the page may end up besides this server: Chromium blocks the redirect after a form was sent, and
   * every further one of the chain, when its origin is not named. `anywhere`: for a page whose one form is ours and is sent to a client,
   * whose redirects nobody can name.
   */
  readonly formActions?: readonly string[] | 'anywhere';
  /** Addresses that the page shows in frames (front-channel logout). */
  readonly frameSources?: readonly string[];
  /** Hashes of scripts in it (`'sha256-…'`). Default none; all but one of our pages have none. */
  readonly scriptSources?: readonly string[];
  /** Default 200. */
  readonly status?: number;
  /** Where the browser goes on by itself; checked by the caller. No form policy applies to it. */
  readonly continueTo?: string;
}

// prettier-ignore
const STYLE_ELEMENT = html`<style>${PAGE_STYLE}</style>`;
const STYLE_SOURCE = `'sha256-${hash('sha256', PAGE_STYLE, 'base64')}'`;
/** What the grammar of CSP takes for a host: no IPv6, and nothing that ends a directive. */
const HOST_SOURCE = /^https?:\/\/[a-z0-9.-]+(?::\d+)?$/;
const SCHEME_SOURCE = /^[a-z][a-z0-9+.-]*:$/;

/** The whole document, with headers that let it run no script and stand in no frame (T067). They win over those of the host. */
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
 * Sources for addresses: the origin, or the scheme alone where CSP has no words for the origin (an app's own scheme, an IPv6 host, a host
 * with a semicolon in it).
 * @throws Error for what is no absolute address; a fault of the caller
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
