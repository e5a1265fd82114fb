import { header, type HeaderBag } from './headers.js';

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
