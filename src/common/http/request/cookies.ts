import type { CookieNamePrefix, CookieSettings } from '../../options/cookie-options.js';
import type { CoreSettings } from '../../options/core-options.js';
import type { SecretBox } from '../../secrets/secret-box.js';
import { readCookies, type HeaderBag } from './headers.js';

/** Chromium and RFC 6265bis cap a cookie's life at 400 days; a longer one is a promise browsers do not keep (T032). */
const MAX_AGE_LIMIT_SECONDS = 34_560_000;
/** As many cookies as a browser keeps for one host at least (RFC 6265 6.1): more values of one name are nobody's. */
const MAX_VALUES = 50;

/** Where a cookie stands in a browser: with its path, what tells two of one name apart (RFC 6265 5.3). */
interface Place {
  readonly namePrefix: CookieNamePrefix;
  readonly domain: string | null;
  readonly partitioned: boolean;
}

export interface WriteOptions {
  /** A cookie that must come back with a navigation from another site, whatever `cookies.sameSite` says of the session. */
  readonly returnsFromOtherSites?: boolean;
}

/** Cookies in better-auth's format: `<value>.<base64 HMAC>`, percent-encoded, so that existing sessions survive a move here. */
export class AuthCookies {
  private readonly settings: CookieSettings;
  private readonly current: Place;
  /** Every place in which this installation can have put a cookie that it still can name; the current one first. */
  private readonly places: readonly Place[];

  constructor(
    settings: Pick<CoreSettings, 'cookies'>,
    private readonly secrets: SecretBox,
  ) {
    this.settings = settings.cookies;
    const { namePrefix, domain, partitioned } = this.settings;
    this.current = { namePrefix, domain, partitioned };
    this.places = [this.current, ...placesOf(this.settings).filter((place) => !isSame(place, this.current))];
  }

  /** @param name last part, e.g. `session_token` */
  nameOf(name: string): string {
    return this.nameUnder(this.current.namePrefix, name);
  }

  /**
   * The values of a signed cookie that bear our signature, 50 at most: under the name that is hardest to forge of those that have one. What
   * a sibling host has set under a weaker name does not count beside it.
   */
  values(headers: HeaderBag, name: string): string[] {
    for (const prefix of this.settings.readPrefixes) {
      const values = this.valuesUnder(prefix, headers, name);
      if (values.length > 0) return values;
    }
    return [];
  }

  /** Those under every name that is read: what a browser has of ours, for what ends it. */
  allValues(headers: HeaderBag, name: string): string[] {
    return [...new Set(this.settings.readPrefixes.flatMap((prefix) => this.valuesUnder(prefix, headers, name)))].slice(
      0,
      MAX_VALUES,
    );
  }

  /** Whether the request brings a cookie of this name, good or not, under any of the names it may have had. */
  isPresent(headers: HeaderBag, name: string): boolean {
    return this.places.some(({ namePrefix }) => readCookies(headers, this.nameUnder(namePrefix, name)).length > 0);
  }

  sign(value: string): string {
    return `${value}.${this.secrets.sign(value)}`;
  }

  unsign(text: string): string | undefined {
    const separator = text.lastIndexOf('.');
    if (separator <= 0) return undefined;
    const value = text.slice(0, separator);
    return this.secrets.verify(value, text.slice(separator + 1)) ? value : undefined;
  }

  /** @param maxAgeSeconds null: goes with the browser */
  write(name: string, value: string, maxAgeSeconds: number | null, options?: WriteOptions): string {
    return this.line(this.current, name, encodeURIComponent(this.sign(value)), maxAgeSeconds, options);
  }

  /**
   * The same in place of what the browser has brought under this name from other places: there it would be sent beside the new one.
   * @returns complete `Set-Cookie` lines, the new one last: jars of programs know a cookie by its name alone
   */
  replace(headers: HeaderBag, name: string, value: string, maxAgeSeconds: number | null): string[] {
    const older = this.places
      .slice(1)
      .filter(({ namePrefix }) => readCookies(headers, this.nameUnder(namePrefix, name)).length > 0);
    return [...older.map((place) => this.line(place, name, '', 0)), this.write(name, value, maxAgeSeconds)];
  }

  /** Complete `Set-Cookie` lines that take a cookie out of the browser, wherever this installation may have put it. */
  clear(name: string): string[] {
    return this.places.map((place) => this.line(place, name, '', 0));
  }

  private nameUnder(prefix: CookieNamePrefix, name: string): string {
    return `${prefix}${this.settings.prefix}.${name}`;
  }

  private valuesUnder(prefix: CookieNamePrefix, headers: HeaderBag, name: string): string[] {
    const texts = readCookies(headers, this.nameUnder(prefix, name));
    const values = texts.flatMap((text) => this.unsign(text) ?? []);
    return [...new Set(values)].slice(0, MAX_VALUES);
  }

  private line(
    { namePrefix, domain, partitioned }: Place,
    name: string,
    value: string,
    maxAgeSeconds: number | null,
    { returnsFromOtherSites = false }: WriteOptions = {},
  ): string {
    const { secure, sameSite } = this.settings;
    const attributes = [`${this.nameUnder(namePrefix, name)}=${value}`];
    if (maxAgeSeconds !== null) attributes.push(`Max-Age=${Math.min(maxAgeSeconds, MAX_AGE_LIMIT_SECONDS)}`);
    if (domain !== null) attributes.push(`Domain=${domain}`);
    attributes.push('Path=/', 'HttpOnly');
    if (secure) attributes.push('Secure');
    attributes.push(`SameSite=${returnsFromOtherSites && sameSite === 'Strict' ? 'Lax' : sameSite}`);
    if (partitioned) attributes.push('Partitioned');
    return attributes.join('; ');
  }
}

/** A name of any prefix, for the host alone or for the domain, in a jar of its own or not, as far as browsers take the combination. */
function placesOf({ secure, domain, partitioned }: CookieSettings): Place[] {
  const prefixes: CookieNamePrefix[] = secure ? ['__Host-', '__Secure-', ''] : [''];
  const domains = domain === null ? [null] : [domain, null];
  return prefixes.flatMap((namePrefix) =>
    domains
      .filter((one) => one === null || namePrefix !== '__Host-')
      .flatMap((one) =>
        (partitioned ? [true, false] : [false]).map((own) => ({ namePrefix, domain: one, partitioned: own })),
      ),
  );
}

function isSame(one: Place, other: Place): boolean {
  return one.namePrefix === other.namePrefix && one.domain === other.domain && one.partitioned === other.partitioned;
}
