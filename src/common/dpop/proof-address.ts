/** Characters that need no percent-encoding (RFC 3986 2.3). */
const UNRESERVED = /%(?:2[DE]|3\d|[46][1-9A-F]|[57][\dA]|5F|7E)/gi;
const MAX_ADDRESS_LENGTH = 4_096;
/**
 * What RFC 3986 calls an http address, without a user. The parser alone would also take what browsers forgive: backslashes, line breaks,
 * spaces around it, one slash, wide letters.
 */
const SYNTAX = /^https?:\/\/[^/?#@\\]+(?:[/?#]|$)/i;
const PRINTABLE = /^[!-[\]-~]+$/;

/**
 * An address as `htu` is compared (RFC 9449 4.3, RFC 3986 6.2.2, 6.2.3): without query and fragment, scheme and host in lower case, no default
 * port, no dot segments, no needless percent-encoding, an empty path is `/`.
 * @returns null for what is no http address
 */
export function comparableAddress(text: string): string | null {
  if (text.length > MAX_ADDRESS_LENGTH || !SYNTAX.test(text) || !PRINTABLE.test(text) || !URL.canParse(text))
    return null;
  const url = new URL(text);
  const path = url.pathname
    .replace(UNRESERVED, (encoded) => String.fromCharCode(Number.parseInt(encoded.slice(1), 16)))
    .replace(/%[\da-f]{2}/g, (encoded) => encoded.toUpperCase());
  return `${url.origin}${path}`;
}
