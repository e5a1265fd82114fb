import { header, type HeaderBag } from './headers.js';

/**
 * Whether a script or a program sent this, and not a browser that goes somewhere: it reads JSON where a person sees a page or is sent on.
 * A browser says what it does (Fetch Metadata); without that the `Accept` header tells.
 */
export function wantsJson(headers: HeaderBag): boolean {
  const mode = header(headers, 'sec-fetch-mode');
  if (mode !== undefined) return mode !== 'navigate';
  const accept = header(headers, 'accept') ?? '';
  return accept.includes('application/json') && !accept.includes('text/html');
}
