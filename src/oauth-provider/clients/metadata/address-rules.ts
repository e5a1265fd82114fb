import { addressKind } from '../../../common/outbound/address-kind.js';
import { isIP } from 'node:net';

/** RFC 3986: the characters of a URI, except `*`: some reader of the address might take it for a pattern. */
const URI_CHARACTERS = /^(?!.*\*)[A-Za-z0-9\-._~:/?[\]@!$&'()+,;=%]+$/;
const BAD_ESCAPE = /%(?![0-9A-Fa-f]{2})/;
/** The authority as written: parsers disagree about several `@`. */
const AUTHORITY = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?]*)/;
const WEB = /^https?:$/;
/** Host and port of a web address. The port has no leading zero, and is not empty after its colon. */
const WEB_PARTS = /^https?:\/\/(\[[^\]/?]*\]|[^:/?[\]]+)(?::([1-9]\d{0,4}))?(\/[^?]*)?(?:\?.*)?$/;
/** RFC 3986 5.2.4: parsers remove these segments before they use the address. */
const DOT_SEGMENT = /\/(?:\.|%2e){1,2}(?:\/|$)/i;
/** RFC 8252 7.3, in these spellings only: another one may lead to another machine. */
const LOOPBACK = /^(?:127\.0\.0\.1|\[::1\]|localhost)$/;
/** Names of this machine and of its network (RFC 6761, 6762, 8375), and names without a dot, which a DNS search list completes. */
const INNER_NAME = /^(?:[^.]*|(?:.*\.)?(?:localhost|local|internal|home\.arpa))\.?$/;
const MAX_LENGTH = 2_048;

/** Whether it is http on a loopback host, for applications that listen there (RFC 8252 7.3). */
export function isLoopbackRedirect(uri: string): boolean {
  return uri.startsWith('http://') && LOOPBACK.test(WEB_PARTS.exec(uri)?.[1] ?? '');
}

/**
 * Why an address is refused; null when all parsers read it alike (F09): browsers, for one, resolve `https:/a` against the page they are on.
 * Fragments are refused too.
 */
export function addressFault(uri: string): string | null {
  if (uri.length > MAX_LENGTH) return `it is longer than ${MAX_LENGTH} characters`;
  if (uri.includes('#')) return 'it has a fragment';
  if (uri.includes('*')) return 'it has a wildcard';
  if (!URI_CHARACTERS.test(uri) || BAD_ESCAPE.test(uri)) return 'it has characters that an address cannot have';
  if (!URL.canParse(uri)) return 'it is no absolute address';
  const url = new URL(uri);
  if (url.username !== '' || url.password !== '' || AUTHORITY.exec(uri)?.[1]?.includes('@')) return 'it has user data';
  return WEB.test(url.protocol) ? spellingFault(uri, url) : null;
}

/** Why we do not show an address as a link; null when we do. */
export function webAddressFault(uri: string): string | null {
  const fault = addressFault(uri);
  return fault ?? (WEB.test(new URL(uri).protocol) ? null : 'it is no https address');
}

/** Why we do not send browsers to an address; null when we do. */
export function secureAddressFault(uri: string): string | null {
  const fault = webAddressFault(uri);
  if (fault !== null) return fault;
  return uri.startsWith('https:') || isLoopbackRedirect(uri) ? null : 'plain http is for loopback addresses only';
}

/**
 * Why we do not call an address; null when we do. Refuses at registration what GuardedFetch would never reach; what a name resolves to is
 * checked at the call.
 */
export function calledAddressFault(uri: string, allowPrivateNetwork: boolean): string | null {
  const fault = secureAddressFault(uri);
  if (fault !== null) return fault;
  const host = new URL(uri).hostname.replace(/^\[(.*)\]$/, '$1');
  const kind = isIP(host) === 0 ? (INNER_NAME.test(host) ? 'private' : 'public') : addressKind(host);
  if (kind === 'public' || (kind !== 'forbidden' && allowPrivateNetwork)) return null;
  return 'its host is not public, and this server does not call it';
}

function spellingFault(uri: string, url: URL): string | null {
  const parts = WEB_PARTS.exec(uri);
  if (!parts) return 'it is not written as http(s)://host[:port]/path';
  const [, host = '', , path = ''] = parts;
  if (host.toLowerCase() !== url.hostname) return 'its host can be read in two ways';
  return DOT_SEGMENT.test(path) ? 'its path can be read in two ways' : null;
}
