/** Visible ASCII without the backslash, which parsers of addresses take for a slash (RFC 3986 2). */
const TEXT = /^[\x21-\x5B\x5D-\x7E]+$/;
const PARTS = /^[a-z][a-z0-9+.-]*:\/\/([^/?]+)(.*)$/i;

/**
 * A resource identifier in the one spelling that it is compared by (RFC 8707 2, RFC 3986 6.2): clients write scheme and host in upper case, name
 * the default port, and add a slash to an address without a path. Any other path, and the query, is exact.
 * @returns null for what is not an absolute address without fragment and credentials
 */
export function foldResource(text: string): string | null {
  // The parser drops an empty fragment, and mends what is no address.
  if (!TEXT.test(text) || text.includes('#') || !URL.canParse(text)) return null;
  const { origin, protocol, host, href } = new URL(text);
  // Of a scheme that the web does not know, nothing is known to be equal.
  if (origin === 'null') return href;
  const [, authority, written] = PARTS.exec(text) ?? [];
  if (authority === undefined || written === undefined || authority.includes('@')) return null;
  return `${protocol}//${host}${written.startsWith('/') ? '' : '/'}${written}`;
}

/** The spellings of a resource in tokens: an address without a path and one with `/` are one resource. */
export function spellingsOf(resource: string): readonly string[] {
  const { origin, href } = new URL(resource);
  if (origin === 'null' || foldResource(resource) !== `${origin}/`) return [resource];
  return [...new Set([resource, origin, href])];
}
