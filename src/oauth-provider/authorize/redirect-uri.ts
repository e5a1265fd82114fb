import type { RegisteredClient } from '../clients/metadata/registered-client.js';

/** The port without leading zeros: another spelling is another address. */
const LOOPBACK = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?::([1-9]\d{0,4}))?((?:\/[^?#]*)?(?:\?[^#]*)?)$/;
const LOCALHOST = 'http://localhost';
/** An absolute address: a browser would resolve `https:x` against the current page. */
const WHOLE = /^(?!https?:)|^https?:\/\/[^/]/i;
/** Parameters of an authorization response (RFC 6749 4.1.2, RFC 9207, JARM 2.3): each must occur once. */
const RESPONSE_PARAMETERS = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri', 'response'];
/** Characters outside RFC 3986 2, which a header cannot hold either. */
const NO_URI_CHARACTER = /[^\x21-\x7E]/;

/** Whether a response can be added to it: every parameter then occurs once (T057), and no fragment hides them (RFC 6749 3.1.2). */
export function canBeAnsweredAt(redirectUri: string): boolean {
  if (
    !WHOLE.test(redirectUri) ||
    redirectUri.includes('#') ||
    NO_URI_CHARACTER.test(redirectUri) ||
    !URL.canParse(redirectUri)
  )
    return false;
  const { searchParams } = new URL(redirectUri);
  return !RESPONSE_PARAMETERS.some((name) => searchParams.has(name));
}

/**
 * Whether a redirect address is registered, compared character by character (RFC 9700 2.1). The one exception is the port of a loopback
 * address, which an application on a user's machine cannot know in advance (RFC 8252 7.3). For `localhost`, a name that may resolve to
 * another machine (RFC 8252 8.3), the exception is for native applications only (RFC 9700 4.1.3).
 */
export function matchesRedirectUri(
  given: string,
  registered: readonly string[],
  application: 'web' | 'native' = 'web',
): boolean {
  if (registered.includes(given)) return true;
  const loopback = LOOPBACK.exec(given);
  if (!loopback || !isPort(loopback[2]) || (loopback[1] === LOCALHOST && application === 'web')) return false;
  return registered.some((one) => {
    const known = LOOPBACK.exec(one);
    return known !== null && known[1] === loopback[1] && known[3] === loopback[3];
  });
}

function isPort(text: string | undefined): boolean {
  return text === undefined || Number(text) <= 65_535;
}

/** Whether the address is one of this client's. */
export function isRegistered(redirectUri: string, { metadata }: RegisteredClient): boolean {
  return matchesRedirectUri(redirectUri, metadata.redirect_uris, metadata.application_type);
}
