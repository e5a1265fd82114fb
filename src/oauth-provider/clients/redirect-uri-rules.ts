import { isLoopbackHost } from '../../common/loopback-host.js';

/** RFC 3986: the characters of a URI. A wildcard is refused although `*` is one: somewhere it would be taken for a pattern. */
const URI_CHARACTERS = /^(?!.*\*)[A-Za-z0-9\-._~:/?[\]@!$&'()+,;=%]+$/;
const BAD_ESCAPE = /%(?![0-9A-Fa-f]{2})/;
/** What stands before the path, as it is written: parsers disagree about several `@`. */
const AUTHORITY = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?]*)/;
/** Parameters of the answer (RFC 6749 4.1.2, RFC 9207, OIDC Session): each must be in it once (T057). */
const ANSWER_PARAMETERS = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri', 'session_state'];
const MAX_LENGTH = 2_048;

export type ApplicationType = 'web' | 'native';

/**
 * Why an address is none to send users back to; null when it is one (RFC 6749 3.1.2, RFC 8252 7, RFC 9700 2.1, T057, T094).
 * - Web: https, also on loopback hosts; plain http on loopback hosts, for development. The implicit grant, for which OpenID Connect
 *   forbids them to web applications, does not exist here.
 * - Native: the same, and schemes of the application's own, named after a domain (RFC 8252 7.1).
 */
export function redirectUriFault(uri: string, application: ApplicationType): string | null {
  const fault = addressFault(uri);
  if (fault !== null) return fault;
  const url = new URL(uri);
  const repeated = ANSWER_PARAMETERS.find((name) => url.searchParams.has(name));
  if (repeated !== undefined) return `it carries the parameter ${repeated}, which is one of the answer`;
  return schemeFault(url, application);
}

/** Why an address is none that we show or call; null when it is one. @param secure https only, but for loopback hosts */
export function webAddressFault(uri: string, secure: boolean, fragment = false): string | null {
  const fault = addressFault(fragment ? uri.split('#', 1)[0]! : uri);
  if (fault !== null) return fault;
  const url = new URL(uri);
  if (url.protocol === 'https:') return null;
  if (url.protocol !== 'http:') return 'it is no https address';
  return secure && !isLoopbackHost(url.hostname) ? 'plain http is for loopback addresses only' : null;
}

function addressFault(uri: string): string | null {
  if (uri.length > MAX_LENGTH) return `it is longer than ${MAX_LENGTH} characters`;
  if (uri.includes('#')) return 'it has a fragment';
  if (uri.includes('*')) return 'it has a wildcard';
  if (!URI_CHARACTERS.test(uri) || BAD_ESCAPE.test(uri)) return 'it has characters that an address cannot have';
  if (!URL.canParse(uri)) return 'it is no absolute address';
  const url = new URL(uri);
  if (url.username !== '' || url.password !== '' || AUTHORITY.exec(uri)?.[1]?.includes('@')) return 'it has user data';
  return null;
}

function schemeFault(url: URL, application: ApplicationType): string | null {
  if (url.protocol === 'https:') return null;
  if (url.protocol === 'http:')
    return isLoopbackHost(url.hostname) ? null : 'plain http is for loopback addresses only';
  if (application === 'web') return 'a web application is sent back to by https';
  // RFC 8252 7.1: the scheme is a domain name of the application's, the other way round. javascript, data, file and the like are none.
  return /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:$/.test(url.protocol)
    ? null
    : 'a scheme of its own is named after a domain, e.g. com.example.app';
}
