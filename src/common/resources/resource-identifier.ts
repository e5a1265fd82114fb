/**
 * A resource identifier in the one spelling that it is compared by (RFC 8707 2, RFC 3986 6.2): clients write scheme and host in upper case, name
 * the default port, and add a slash to an address without a path. Any other path, and the query, is exact.
 * @returns null for what is not an absolute address without a fragment
 */
export function foldResource(text: string): string | null {
  // The parser drops an empty fragment.
  if (text.includes('#') || !URL.canParse(text)) return null;
  const { origin, protocol, host, pathname, search, href } = new URL(text);
  // Of a scheme that the web does not know, nothing is known to be equal.
  if (origin === 'null') return href;
  const written = /^[^:]+:\/\/[^/?]*([^?]*)/.exec(text)?.[1] ?? pathname;
  return `${protocol}//${host}${written === '' ? '/' : written}${search}`;
}
