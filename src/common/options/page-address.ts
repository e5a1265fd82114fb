import { namesOrigin, type OriginRules } from './trusted-origins.js';

/** Printable ASCII without the backslash: goes into a header unchanged, and every browser reads it the same way. */
const PLAIN = /^[\x21-\x5B\x5D-\x7E]+$/;

export interface PageAddressRules {
  /** Allowed origins of a full address; null: any. A path of this server is always allowed. */
  readonly origins: OriginRules | null;
  /** Whether parameters are added to it. Then it must not have a fragment, in which they would end up. */
  readonly takesQuery: boolean;
}

/**
 * Checks the address of a page of the host: a path of this server, or an http(s) address. Checked at boot, because otherwise a user whose
 * browser is sent there would be the first to see the fault.
 * @throws Error with option, fault and remedy; stops the boot
 */
export function requirePageAddress(option: string, given: unknown, { origins, takesQuery }: PageAddressRules): string {
  const url = typeof given === 'string' && PLAIN.test(given) ? toUrl(given) : null;
  if (!url)
    throw new Error(
      `${option}: ${JSON.stringify(given)} is not the address of a page. Give a path such as '/page', or an http(s) address; percent-encode what is not ASCII.`,
    );
  const address = given as string;
  if (takesQuery && address.includes('#'))
    throw new Error(
      `${option}: ${JSON.stringify(given)} has a fragment, and parameters are added at its end. Give a page without one.`,
    );
  if (origins && !address.startsWith('/') && !namesOrigin(origins, url.origin))
    throw new Error(
      `${option}: ${JSON.stringify(given)} is on an origin that is not trusted. Add ${url.origin} to trustedOrigins.`,
    );
  return address;
}

const SOMEWHERE = 'http://localhost';

function toUrl(address: string): URL | null {
  const isPath = address.startsWith('/');
  if (!isPath && !/^https?:\/\/[^/]/i.test(address)) return null;
  if (!URL.canParse(address, SOMEWHERE)) return null;
  const url = new URL(address, SOMEWHERE);
  // `/.//host` is a path, but becomes `//host`, another host, once a parser removes the dot.
  if (isPath && (url.origin !== SOMEWHERE || url.pathname.startsWith('//'))) return null;
  return url.username === '' && url.password === '' ? url : null;
}
