import { header, type HeaderBag } from './headers.js';
import type { BodyKind } from './request-body.js';

/**
 * Whether a script or a program sent this, and not a browser that goes somewhere: it reads JSON where a person sees a page or is sent on.
 * Browsers always ask for HTML when they navigate. Without that it is a script by its Fetch Metadata, or says that it wants JSON.
 */
export function wantsJson(headers: HeaderBag): boolean {
  const accept = header(headers, 'accept') ?? '';
  if (accept.includes('text/html')) return false;
  const mode = header(headers, 'sec-fetch-mode');
  return accept.includes('application/json') || (mode !== undefined && mode !== 'navigate');
}

/**
 * Whether a person's browser sent a form of some page: it is answered by a redirect, and errors by a page. A program that sends a form reads
 * JSON.
 */
export function isBrowserForm(bodyKind: BodyKind | undefined, headers: HeaderBag): boolean {
  if (bodyKind !== 'form' || wantsJson(headers)) return false;
  return header(headers, 'sec-fetch-mode') === 'navigate' || (header(headers, 'accept') ?? '').includes('text/html');
}
