import { isIP } from 'node:net';
import { flag, given, text } from './option.js';
import type { OptionsOf, SettingsOf } from './read-options.js';

/** The cookies of this server. */
export interface CookieOptions {
  /** First part of every cookie name. Default `better-auth`, so that sessions survive a move. */
  readonly prefix?: string;
  /**
   * Uses the `__Host-` prefix, which no sibling host can write, instead of `__Secure-`. Needs an https issuer and no `domain`.
   * True: cookies under the `__Secure-` name are not read. False: `__Secure-`. Default: true where possible, and cookies under the
   * `__Secure-` name are read as well, so that the change of name signs nobody out.
   */
  readonly hostPrefix?: boolean;
  /**
   * Sends the cookies to all hosts below this one, e.g. `example.com` for an issuer at `auth.example.com`. All these hosts can then read
   * and replace them. Must be the issuer's host or a parent of it. Default: none, only the issuer's host gets the cookies.
   */
  readonly domain?: string;
  /**
   * Whether browsers send the cookies with requests from other sites: `lax`: on links only; `strict`: never; `none`: always, which needs an https
   * issuer. Default `lax`.
   */
  readonly sameSite?: 'lax' | 'strict' | 'none';
  /** Keeps separate cookies for each site that embeds this server (CHIPS). Needs `sameSite: 'none'`. Default false. */
  readonly partitioned?: boolean;
}

/** Prefix of a cookie's name, by which the browser guarantees how the cookie was set (RFC 6265bis 4.1.3). */
export type CookieNamePrefix = '' | '__Secure-' | '__Host-';

export interface CookieSettings {
  readonly prefix: string;
  /** Prefix under which cookies are written. */
  readonly namePrefix: CookieNamePrefix;
  /** Prefixes under which they are read; the one that is harder to forge comes first. */
  readonly readPrefixes: readonly CookieNamePrefix[];
  readonly secure: boolean;
  readonly domain: string | null;
  readonly sameSite: 'Lax' | 'Strict' | 'None';
  readonly partitioned: boolean;
}

const PREFIX = /^[A-Za-z0-9._-]{1,64}$/;
const SAME_SITE = { lax: 'Lax', strict: 'Strict', none: 'None' } as const;
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/;
/** Registries below a country code, such as `co.uk`: browsers refuse cookies for a registry. */
const REGISTRY = /^(ac|co|com|edu|go|gob|gov|gv|ltd|me|mil|ne|net|nom|or|org|plc|sch)\.[a-z]{2}$/;

export const COOKIE_OPTIONS = {
  prefix: text({
    fallback: 'better-auth',
    fits: (prefix) => PREFIX.test(prefix),
    otherwise: 'cannot be part of a cookie name. Use letters, digits, dot, dash, underscore.',
  }),
  hostPrefix: flag(),
  domain: given('text'),
  sameSite: given<keyof typeof SAME_SITE>('text', 'lax'),
  partitioned: flag(false),
} satisfies OptionsOf<CookieOptions>;

/** @throws Error whose message names the option, the fault and the remedy */
export function resolveCookies(options: SettingsOf<typeof COOKIE_OPTIONS>, issuer: URL): CookieSettings {
  const { prefix, hostPrefix, partitioned } = options;
  const secure = issuer.protocol === 'https:';
  const domain = options.domain === null ? null : resolveDomain(options.domain, issuer.hostname);
  const sameSite = resolveSameSite(options.sameSite, secure);
  if (partitioned && sameSite !== 'None')
    throw new Error(
      "cookies.partitioned: browsers take it with SameSite=None only. Set cookies.sameSite: 'none', or leave it out.",
    );
  const prefixes = resolvePrefixes(hostPrefix, secure, domain);
  return Object.freeze({ prefix, ...prefixes, secure, domain, sameSite, partitioned });
}

function resolvePrefixes(
  hostPrefix: boolean | null,
  secure: boolean,
  domain: string | null,
): Pick<CookieSettings, 'namePrefix' | 'readPrefixes'> {
  if (hostPrefix && !secure)
    throw new Error(
      'cookies.hostPrefix: browsers take __Host- cookies over https only. Use an https issuer or leave it out.',
    );
  if (hostPrefix && domain !== null)
    throw new Error(
      'cookies.hostPrefix: a __Host- cookie has no domain. Leave out cookies.domain or cookies.hostPrefix.',
    );
  if (!secure) return { namePrefix: '', readPrefixes: [''] };
  if (hostPrefix) return { namePrefix: '__Host-', readPrefixes: ['__Host-'] };
  const namePrefix = hostPrefix === null && domain === null ? '__Host-' : '__Secure-';
  return { namePrefix, readPrefixes: ['__Host-', '__Secure-'] };
}

/** RFC 6265 5.3: browsers accept the host's own domain or a parent of it that is not a registry. A leading dot is ignored (5.2.3). */
function resolveDomain(name: string, host: string): string {
  const fault = (what: string, remedy: string) =>
    new Error(`cookies.domain: ${JSON.stringify(name)} ${what}. ${remedy}`);
  const example = 'Give a host name such as example.com, or leave it out.';
  const domain = name.toLowerCase().replace(/^\./, '');
  if (isIP(host) !== 0) throw fault('is for an issuer with a name, not with an address', 'Leave it out.');
  if (isIP(domain) !== 0 || !HOST_NAME.test(domain)) throw fault('is not a host name of two labels or more', example);
  if (REGISTRY.test(domain)) throw fault('is a registry, whose cookies browsers refuse', example);
  if (host !== domain && !host.endsWith(`.${domain}`))
    throw fault(`is neither the host of the issuer (${host}) nor above it`, 'Give one of them, or leave it out.');
  return domain;
}

function resolveSameSite(name: keyof typeof SAME_SITE, secure: boolean): CookieSettings['sameSite'] {
  if (!Object.hasOwn(SAME_SITE, name))
    throw new Error(`cookies.sameSite: ${JSON.stringify(name)} is unknown. Give 'lax', 'strict' or 'none'.`);
  if (name === 'none' && !secure)
    throw new Error(
      "cookies.sameSite: browsers take SameSite=None with Secure only, which needs an https issuer. Use one, or 'lax'.",
    );
  return SAME_SITE[name];
}
