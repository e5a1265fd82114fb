/** The port as it is counted: other spellings of it are other addresses. */
const LOOPBACK = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?::([1-9]\d{0,4}))?((?:\/[^?#]*)?(?:\?[^#]*)?)$/;
const LOCALHOST = 'http://localhost';
/** What a browser does not take for an address of the page it is on. */
const WHOLE = /^(?!https?:)|^https?:\/\/[^/]/i;
/** What an answer says (RFC 6749 4.1.2, RFC 9207): each must be in it once. */
const ANSWER_PARAMETERS = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri'];
/** RFC 3986 2: what is not in it cannot stand in a header either. */
const NO_URI_CHARACTER = /[^\x21-\x7E]/;

/** Whether parameters can be added to it, so that whoever reads them finds each of them once (T057), and no fragment hides them (RFC 6749 3.1.2). */
export function canBeAnsweredAt(redirectUri: string): boolean {
  if (
    !WHOLE.test(redirectUri) ||
    redirectUri.includes('#') ||
    NO_URI_CHARACTER.test(redirectUri) ||
    !URL.canParse(redirectUri)
  )
    return false;
  const { searchParams } = new URL(redirectUri);
  return !ANSWER_PARAMETERS.some((name) => searchParams.has(name));
}

/**
 * Whether a redirect address is one of those registered: character by character (RFC 9700 2.1). The one exception is the port of a
 * loopback address, which an application on somebody's machine cannot know before (RFC 8252 7.3); of `localhost`, a name that resolves to
 * whatever somebody says (RFC 8252 8.3), for native applications only (RFC 9700 4.1.3).
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
