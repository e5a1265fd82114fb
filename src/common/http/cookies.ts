import type { CoreSettings } from '../options/core-options.js';
import type { SecretBox } from '../secrets/secret-box.js';
import { readCookie, type HeaderBag } from './headers.js';

/** Chromium and RFC 6265bis cap a cookie's life at 400 days; a longer one is a promise browsers do not keep (T032). */
const MAX_AGE_LIMIT_SECONDS = 34_560_000;

/** Cookies in better-auth's format: `<value>.<base64 HMAC>`, percent-encoded, so that existing sessions survive a move here. */
export class AuthCookies {
  constructor(
    private readonly settings: CoreSettings,
    private readonly secrets: SecretBox,
  ) {}

  /** @param name last part, e.g. `session_token` */
  nameOf(name: string): string {
    return `${this.settings.cookies.securePrefix}${this.settings.cookies.prefix}.${name}`;
  }

  /** The value of a signed cookie; undefined when it is absent, unsigned or signed by somebody else. */
  read(headers: HeaderBag, name: string): string | undefined {
    const text = readCookie(headers, this.nameOf(name));
    return text === undefined ? undefined : this.unsign(text);
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
  write(name: string, value: string, maxAgeSeconds: number | null): string {
    return this.line(name, encodeURIComponent(this.sign(value)), maxAgeSeconds);
  }

  clear(name: string): string {
    return this.line(name, '', 0);
  }

  private line(name: string, value: string, maxAgeSeconds: number | null): string {
    const attributes = [`${this.nameOf(name)}=${value}`];
    if (maxAgeSeconds !== null) attributes.push(`Max-Age=${Math.min(maxAgeSeconds, MAX_AGE_LIMIT_SECONDS)}`);
    attributes.push('Path=/', 'HttpOnly');
    if (this.settings.cookies.securePrefix !== '') attributes.push('Secure');
    attributes.push('SameSite=Lax');
    return attributes.join('; ');
  }
}
