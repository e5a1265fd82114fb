import type { HeaderBag } from '../../ports/caller.js';
import type { RequestHeaders } from '../../ports/sessions.js';

export type { HeaderBag };

export function toHeaderBag(headers: RequestHeaders): HeaderBag {
  // Tested by method, not by instanceof: there is more than one Headers class (undici's, other realms).
  return typeof headers.forEach === 'function' ? Object.fromEntries(headers as Headers) : (headers as HeaderBag);
}

/** One header as text; the first value when a single-value header was sent several times. */
export function header(headers: HeaderBag, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/**
 * The values of a cookie (RFC 6265 5.4), in the order of the header. There may be several (4.2.2): of other paths, of a parent domain, set
 * by a sibling host. Nothing in a request says which is which.
 */
export function readCookies(headers: HeaderBag, name: string): string[] {
  const given = headers['cookie'];
  const line = Array.isArray(given) ? given.join('; ') : given;
  if (!line) return [];
  const values: string[] = [];
  for (const pair of line.split(';')) {
    const separator = pair.indexOf('=');
    if (separator <= 0 || pair.slice(0, separator).trim() !== name) continue;
    const value = decodeCookie(pair.slice(separator + 1).trim());
    if (value !== undefined) values.push(value);
  }
  return values;
}

function decodeCookie(text: string): string | undefined {
  const value = text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
