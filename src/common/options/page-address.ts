import { namesOrigin, type OriginRules } from './trusted-origins.js';

/** Printable ASCII without the backslash: what goes into a header as it is, and what all browsers read alike. */
const PLAIN = /^[\x21-\x5B\x5D-\x7E]+$/;

export interface PageAddressRules {
  /** Origins it may be on, besides being a path of this server; null: any. */
  readonly origins: OriginRules | null;
  /** Whether parameters are added to it, which a fragment would swallow. */
  readonly takesQuery: boolean;
}

/**
 * The address of a page of the host's: a path of this server, or an http(s) address. Browsers are sent there, so a wrong one would be told by
 * a user who stands in front of an error.
 * @throws Error with option, fault and remedy; stops the boot
 */
export function requirePageAddress(option: string, given: unknown, { origins, takesQuery }: PageAddressRules): string {
  const url = typeof given === 'string' && PLAIN.test(given) ? toUrl(given) : null;
  if (!url)
    throw new Error(
      `${option}: ${JSON.stringify(given)} is no address of a page. Give a path such as '/page', or an http(s) address; percent-encode what is not ASCII.`,
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
  // `/.//host` is a path until somebody leaves the dot out.
  if (isPath && (url.origin !== SOMEWHERE || url.pathname.startsWith('//'))) return null;
  return url.username === '' && url.password === '' ? url : null;
}
