import { AuthError } from '../errors/auth-error.js';

const CONTROL_OR_BACKSLASH = /[\x00-\x20\x7F\\]/;
/** Encoded slash or backslash in the path: some servers and browsers decode them before they decide whose address it is. */
const ENCODED_SEPARATOR = /%2f|%5c/i;

/**
 * Checks where a user may be sent: a root-relative path, or an address on a trusted origin (T069). Parsed once.
 * @returns the address, what is not ASCII percent-encoded: it goes into a header (T015)
 * @throws AuthError 400 with `code`
 */
export function requireCallbackUrl(text: string, trusted: ReadonlySet<string>, code = 'INVALID_CALLBACK_URL'): string {
  if (isTrusted(text, trusted)) return text.replaceAll(/[^\x21-\x7E]+/g, encodeURIComponent);
  throw AuthError.badRequest(code, 'The callback URL is not trusted');
}

function isTrusted(text: string, trusted: ReadonlySet<string>): boolean {
  if (CONTROL_OR_BACKSLASH.test(text)) return false;
  if (text.startsWith('/')) return !text.startsWith('//') && !ENCODED_SEPARATOR.test(text.split(/[?#]/, 1)[0]!);
  if (!/^https?:\/\/[^/]/i.test(text)) return false;
  try {
    const url = new URL(text);
    return trusted.has(url.origin) && url.username === '' && url.password === '';
  } catch {
    return false;
  }
}
