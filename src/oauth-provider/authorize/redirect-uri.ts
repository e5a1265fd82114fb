/** Loopback by number: names resolve to whatever somebody says (RFC 8252 8.3). */
const LOOPBACK = /^(http:\/\/(?:127(?:\.\d{1,3}){3}|\[::1\]))(?::(\d{1,5}))?((?:\/[^?#]*)?(?:\?[^#]*)?)$/;

/**
 * Whether a redirect address is one of those registered: character by character (RFC 9700 2.1). The one exception is the port of a
 * loopback address, which an application on somebody's machine cannot know before (RFC 8252 7.3).
 */
export function matchesRedirectUri(given: string, registered: readonly string[]): boolean {
  if (registered.includes(given)) return true;
  const loopback = LOOPBACK.exec(given);
  if (!loopback || !isPort(loopback[2])) return false;
  return registered.some((one) => {
    const known = LOOPBACK.exec(one);
    return known !== null && known[1] === loopback[1] && known[3] === loopback[3];
  });
}

function isPort(text: string | undefined): boolean {
  return text === undefined || (Number(text) > 0 && Number(text) <= 65_535);
}
