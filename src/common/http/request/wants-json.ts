import { header, type HeaderBag } from './headers.js';
import type { BodyKind } from './request-body.js';

/**
 * Whether a script or a program sent this, and not a navigating browser: it gets JSON where a person gets a page or a redirect. Browsers
 * always ask for HTML when they navigate. Without that it is a script by its Fetch Metadata, or it asks for JSON.
 */
export function wantsJson(headers: HeaderBag): boolean {
  const accept = header(headers, 'accept') ?? '';
  if (accept.includes('text/html')) return false;
  const mode = header(headers, 'sec-fetch-mode');
  return accept.includes('application/json') || (mode !== undefined && mode !== 'navigate');
}

/** Whether somebody is to read the answer: browsers ask for HTML when they navigate, and programs by default do not. */
export function wantsPage(headers: HeaderBag): boolean {
  return (header(headers, 'accept') ?? '').includes('text/html');
}

/**
 * Whether a person's browser sent a form from some page: it gets a redirect, and errors as a page. A program that sends a form gets JSON.
 */
export function isBrowserForm(bodyKind: BodyKind | undefined, headers: HeaderBag): boolean {
  if (bodyKind !== 'form' || wantsJson(headers)) return false;
  return header(headers, 'sec-fetch-mode') === 'navigate' || (header(headers, 'accept') ?? '').includes('text/html');
}
