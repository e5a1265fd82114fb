import type { RequestHeaders } from '../host/sessions.js';

/** Lower-cased request headers as Node gives them. */
export type HeaderBag = Readonly<Record<string, string | string[] | undefined>>;

export function toHeaderBag(headers: RequestHeaders): HeaderBag {
  // By its method, not by instanceof: there is more than one Headers class (undici's, other realms).
  return typeof headers.forEach === 'function' ? Object.fromEntries(headers as Headers) : (headers as HeaderBag);
}

/** One header as text; a header sent several times that may not be is the first one. */
export function header(headers: HeaderBag, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** RFC 6265 5.4: pairs of the `Cookie` header. The first of two cookies with one name counts. */
export function readCookie(headers: HeaderBag, name: string): string | undefined {
  const line = header(headers, 'cookie');
  if (!line) return undefined;
  for (const pair of line.split(';')) {
    const separator = pair.indexOf('=');
    if (separator > 0 && pair.slice(0, separator).trim() === name)
      return decodeCookie(pair.slice(separator + 1).trim());
  }
  return undefined;
}

function decodeCookie(text: string): string | undefined {
  const value = text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
