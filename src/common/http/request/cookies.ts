import type { CookieNamePrefix, CookieSettings } from '../../options/cookie-options.js';
import type { CoreSettings } from '../../options/core-options.js';
import type { SecretBox } from '../../secrets/secret-box.js';
import { readCookies, type HeaderBag } from './headers.js';

/** Chromium and RFC 6265bis cap a cookie's life at 400 days; browsers do not keep a longer one (T032). */
const MAX_AGE_LIMIT_SECONDS = 34_560_000;
/** A browser keeps at least this many cookies for one host (RFC 6265 6.1); more values of one name are not from a browser. */
const MAX_VALUES = 50;

/** Where a browser stores a cookie: with the path, this tells two cookies of one name apart (RFC 6265 5.3). */
interface Place {
  readonly namePrefix: CookieNamePrefix;
  readonly domain: string | null;
  readonly partitioned: boolean;
}

export interface WriteOptions {
  /** The cookie must come back with a navigation from another site, whatever `cookies.sameSite` is. */
  readonly returnsFromOtherSites?: boolean;
}

/** Cookies in better-auth's format: `<value>.<base64 HMAC>`, percent-encoded, so that existing sessions survive a move here. */
export class AuthCookies {
  private readonly settings: CookieSettings;
  private readonly current: Place;
  /** Every place where this installation can have set a cookie, as far as it can still name it; the current place first. */
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
   * The values of a signed cookie that carry our signature, 50 at most. Only those under the name that is hardest to forge count, so that
   * what a sibling host has set under a weaker name is ignored.
   */
  values(headers: HeaderBag, name: string): string[] {
    for (const prefix of this.settings.readPrefixes) {
      const values = this.valuesUnder(prefix, headers, name);
      if (values.length > 0) return values;
    }
    return [];
  }

  /** The values under every name that we read: all that a browser has of ours, for code that ends them. */
  allValues(headers: HeaderBag, name: string): string[] {
    return [...new Set(this.settings.readPrefixes.flatMap((prefix) => this.valuesUnder(prefix, headers, name)))].slice(
      0,
      MAX_VALUES,
    );
  }

  /** Whether the request has a cookie of this name, valid or not, under any of the names that it may have had. */
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

  /** @param maxAgeSeconds null: until the browser is closed */
  write(name: string, value: string, maxAgeSeconds: number | null, options?: WriteOptions): string {
    return this.line(this.current, name, encodeURIComponent(this.sign(value)), maxAgeSeconds, options);
  }

  /**
   * The same, and clears what the browser has under this name in other places: it would be sent beside the new one.
   * @returns complete `Set-Cookie` lines, the new one last: cookie jars of programs tell cookies apart by name only
   */
  replace(headers: HeaderBag, name: string, value: string, maxAgeSeconds: number | null): string[] {
    const older = this.places
      .slice(1)
      .filter(({ namePrefix }) => readCookies(headers, this.nameUnder(namePrefix, name)).length > 0);
    return [...older.map((place) => this.line(place, name, '', 0)), this.write(name, value, maxAgeSeconds)];
  }

  /** Complete `Set-Cookie` lines that delete a cookie wherever this installation may have set it. */
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

/** Every combination of name prefix, domain and partition that browsers accept. */
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
