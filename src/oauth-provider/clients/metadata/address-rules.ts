import { addressKind } from '../../../common/outbound/address-kind.js';
import { isIP } from 'node:net';

/** RFC 3986: the characters of a URI. A wildcard is refused although `*` is one: somewhere it would be taken for a pattern. */
const URI_CHARACTERS = /^(?!.*\*)[A-Za-z0-9\-._~:/?[\]@!$&'()+,;=%]+$/;
const BAD_ESCAPE = /%(?![0-9A-Fa-f]{2})/;
/** What stands before the path, as it is written: parsers disagree about several `@`. */
const AUTHORITY = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?]*)/;
const WEB = /^https?:$/;
/** Host and port of a web address. A port as anybody counts: no zero before it, and not left out behind its colon. */
const WEB_PARTS = /^https?:\/\/(\[[^\]/?]*\]|[^:/?[\]]+)(?::([1-9]\d{0,4}))?(\/[^?]*)?(?:\?.*)?$/;
/** RFC 3986 5.2.4: they are taken away before the address is used. */
const DOT_SEGMENT = /\/(?:\.|%2e){1,2}(?:\/|$)/i;
/** RFC 8252 7.3, as written: other spellings are names and numbers that somebody else may hold. */
const LOOPBACK = /^(?:127\.0\.0\.1|\[::1\]|localhost)$/;
/** Names of this machine and of its network (RFC 6761, 6762, 8375), and names without a dot, which only a search list makes whole. */
const INNER_NAME = /^(?:[^.]*|(?:.*\.)?(?:localhost|local|internal|home\.arpa))\.?$/;
const MAX_LENGTH = 2_048;

/** Whether it is http on this machine, for applications that listen there (RFC 8252 7.3). */
export function isLoopbackRedirect(uri: string): boolean {
  return uri.startsWith('http://') && LOOPBACK.test(WEB_PARTS.exec(uri)?.[1] ?? '');
}

/**
 * Why a text is no address that all parsers read alike; null when it is one (F09): a browser makes `https:/a` an address of the page it is on.
 * Without a fragment.
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

/** Why an address is none that we show; null when it is one. */
export function webAddressFault(uri: string): string | null {
  const fault = addressFault(uri);
  return fault ?? (WEB.test(new URL(uri).protocol) ? null : 'it is no https address');
}

/** Why an address is none that browsers are sent to on our behalf; null when it is one. */
export function secureAddressFault(uri: string): string | null {
  const fault = webAddressFault(uri);
  if (fault !== null) return fault;
  return uri.startsWith('https:') || isLoopbackRedirect(uri) ? null : 'plain http is for loopback addresses only';
}

/**
 * Why an address is none that we call; null when it is one. What GuardedFetch would never reach is not registered either; what a name
 * resolves to is seen when it is called.
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
