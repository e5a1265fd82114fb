import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * Decides whether an origin is trusted for this request (Node's own, on either adapter). Only `true` trusts it; an error, a rejection or
 * no result after 5 seconds does not. Called once for each origin of a request, and only for origins that no text of the list matches.
 */
export type OriginCheck = (origin: string, request: IncomingMessage) => boolean | Promise<boolean>;

/** The option `trustedOrigins`, parsed. */
export interface OriginRules {
  /** Serialised http(s) origins, as browsers send them; the issuer's first. */
  readonly exact: ReadonlySet<string>;
  /** `https://*.example.com`. */
  readonly wildcards: readonly OriginWildcard[];
  /** `myapp://`, `chrome-extension://id`. */
  readonly schemes: readonly OwnScheme[];
  readonly checks: readonly OriginCheck[];
}

interface OriginWildcard {
  readonly protocol: string;
  /** With its leading dot, in ASCII. */
  readonly suffix: string;
  /** Empty: the default port of the scheme. */
  readonly port: string;
}

interface OwnScheme {
  readonly scheme: string;
  /** The text after the two slashes; null: any. */
  readonly authority: string | null;
}

/** An address of an app, `myapp://callback?x=1` or `myapp:/callback`, split where the parsers of all platforms split it. */
const OWN_ADDRESS = /^([a-z][a-z0-9+.-]*):\/(?:\/([^/?#]*))?/i;
const OWN_ENTRY = /^([a-z][a-z0-9+.-]*):\/(?:\/([^/?#*@\\\s]*))?\/?$/i;
/** An origin as people write it: the host may have non-ASCII letters and capitals, and the default port may be given. */
const PLAIN_ORIGIN = /^https?:\/\/[^/?#@\\*%\s]+\/?$/i;
/** One label of a host name, as URL writes it. */
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/;
/** Registries of names, such as `.co.uk`, below which anyone can get a name. Top-level domains are refused by their one label. */
const SHARED_ENDING = /^\.(?:ac|co|com|edu|gov|ne|net|or|org)\.[a-z]{2}$/;
/** Schemes that browsers or phones handle themselves. */
const NO_APP = new Set(
  'about android-app blob content data file filesystem ftp http https intent jar javascript mailto sms tel vbscript view-source ws wss'.split(
    ' ',
  ),
);
/** All extensions of a browser share one scheme: without an id every extension would be trusted. */
const NEEDS_AUTHORITY = /-extension$/;

/**
 * @param issuerOrigin always trusted
 * @throws Error with option, fault and remedy; stops the boot
 */
export function resolveTrustedOrigins(given: unknown, issuerOrigin: string): OriginRules {
  const entries: readonly unknown[] = Array.isArray(given) ? given : [given ?? []].flat();
  if (typeof given === 'string')
    throw new Error(`trustedOrigins: ${JSON.stringify(given)} is not a list. Give an array, or a function.`);
  const texts = entries.filter((entry) => typeof entry !== 'function');
  const plain = texts.filter((text) => !isOwn(text) && !String(text).includes('*'));
  return Object.freeze({
    exact: new Set([issuerOrigin, ...plain.map((text) => resolveOrigin('trustedOrigins', text))]),
    wildcards: texts.filter((text) => !isOwn(text) && String(text).includes('*')).map(resolveWildcard),
    schemes: texts.filter(isOwn).map(resolveScheme),
    checks: entries.filter((entry): entry is OriginCheck => typeof entry === 'function'),
  });
}

/** Converts an origin as people write it (`https://bücher.example:443`) to the form that browsers send. @throws Error naming the option */
export function resolveOrigin(option: string, origin: unknown): string {
  const isPlain = typeof origin === 'string' && PLAIN_ORIGIN.test(origin) && URL.canParse(origin);
  const url = isPlain ? new URL(origin) : null;
  // An IP address that URL would rewrite, such as `2130706433`, is refused: there are too many ways to write one.
  if (!url || (isIP(url.hostname) !== 0 && !String(origin).includes(url.hostname))) {
    throw new Error(
      `${option}: ${JSON.stringify(origin)} is not an origin. Give scheme://host[:port], without path or wildcard.`,
    );
  }
  return url.origin;
}

/** Whether a text of the list matches this origin. @param origin as a browser sends it in `Origin` */
export function namesOrigin({ exact, wildcards, schemes }: OriginRules, origin: string): boolean {
  if (exact.has(origin)) return true;
  if (!isWeb(origin)) return namesOwnAddress(schemes, origin);
  if (wildcards.length === 0 || !URL.canParse(origin)) return false;
  const url = new URL(origin);
  // Exactly the origin: a user part or a question mark could make a foreign host end in the suffix.
  return url.origin === origin && wildcards.some((wildcard) => matches(wildcard, url));
}

/**
 * The origin that must be trusted before a browser may be sent to this address: for a web address its origin, for an app's address the
 * part before its path.
 * @returns null when the address can never be trusted
 */
export function originOfAddress(address: string): string | null {
  if (!isWeb(address)) {
    const parts = OWN_ADDRESS.exec(address);
    if (!parts || NO_APP.has(parts[1]!.toLowerCase()) || parts[2]?.includes('@')) return null;
    return `${parts[1]!.toLowerCase()}://${(parts[2] ?? '').toLowerCase()}`;
  }
  if (!/^https?:\/\/[^/]/i.test(address) || !URL.canParse(address)) return null;
  const url = new URL(address);
  return url.username === '' && url.password === '' ? url.origin : null;
}

function isWeb(text: string): boolean {
  return /^https?:/i.test(text);
}

function isOwn(entry: unknown): boolean {
  return typeof entry === 'string' && /^[a-z][a-z0-9+.-]*:\//i.test(entry) && !isWeb(entry);
}

function namesOwnAddress(schemes: readonly OwnScheme[], text: string): boolean {
  const parts = OWN_ADDRESS.exec(text);
  if (!parts || parts[2]?.includes('@')) return false;
  const [scheme, authority] = [parts[1]!.toLowerCase(), (parts[2] ?? '').toLowerCase()];
  return schemes.some((own) => own.scheme === scheme && (own.authority ?? authority) === authority);
}

function matches({ protocol, suffix, port }: OriginWildcard, url: URL): boolean {
  if (url.protocol !== protocol || url.port !== port || !url.hostname.endsWith(suffix)) return false;
  return LABEL.test(url.hostname.slice(0, -suffix.length));
}

function resolveWildcard(entry: unknown): OriginWildcard {
  const text = String(entry);
  const parts = /^(https?):\/\/\*(\.[^*/?#@\\\s]+)\/?$/i.exec(text);
  const url = parts && URL.canParse(`${parts[1]}://w${parts[2]}`) ? new URL(`${parts[1]}://w${parts[2]}`) : null;
  const suffix = url?.hostname.slice(1) ?? '';
  const labels = suffix.split('.').slice(1);
  const isNamed = labels.every((label) => LABEL.test(label)) && /[a-z]/.test(labels.at(-1) ?? '');
  if (!url || !isNamed)
    throw new Error(
      `trustedOrigins: ${JSON.stringify(entry)} is not a pattern. Give scheme://*.domain[:port], e.g. https://*.example.com; the star stands for exactly one label.`,
    );
  const isLocal = suffix === '.localhost';
  if ((labels.length < 2 && !isLocal) || SHARED_ENDING.test(suffix))
    throw new Error(
      `trustedOrigins: anybody can have a name that fits ${JSON.stringify(entry)}. Give a domain of your own, e.g. https://*.example.com.`,
    );
  return { protocol: url.protocol, suffix, port: url.port };
}

function resolveScheme(entry: unknown): OwnScheme {
  const parts = OWN_ENTRY.exec(String(entry));
  if (!parts)
    throw new Error(
      `trustedOrigins: ${JSON.stringify(entry)} is not the scheme of an app. Give scheme:// or scheme://host, without path, port pattern or wildcard.`,
    );
  const [scheme, authority] = [parts[1]!.toLowerCase(), parts[2]?.toLowerCase() ?? ''];
  if (NO_APP.has(scheme))
    throw new Error(
      `trustedOrigins: ${scheme}: belongs to browsers or the system, not to an app. Give your app's own scheme.`,
    );
  if (NEEDS_AUTHORITY.test(scheme) && authority === '')
    throw new Error(
      `trustedOrigins: ${JSON.stringify(entry)} names every extension. Give the id of yours, ${scheme}://<id>.`,
    );
  return { scheme, authority: authority === '' ? null : authority };
}
