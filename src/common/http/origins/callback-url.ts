import { AuthError } from '../../errors/auth-error.js';
import { originOfAddress } from '../../options/trusted-origins.js';
import type { OriginTrust } from './trusted-origins.js';

const CONTROL_OR_BACKSLASH = /[\x00-\x20\x7F\\]/;
/** An encoded slash or backslash in the path: some servers and browsers decode it before they decide which host the address names. */
const ENCODED_SEPARATOR = /%2f|%5c/i;
/** Codes and texts of better-auth's wire format. */
const DESCRIPTIONS = {
  INVALID_CALLBACK_URL: 'Invalid callbackURL',
  INVALID_REDIRECT_URL: 'Invalid redirectURL',
  INVALID_ERROR_CALLBACK_URL: 'Invalid errorCallbackURL',
  INVALID_NEW_USER_CALLBACK_URL: 'Invalid newUserCallbackURL',
} as const;

export type CallbackFault = keyof typeof DESCRIPTIONS;

/**
 * Checks where a user may be sent: a root-relative path, or an address on a trusted origin or of a trusted app (T069).
 * @returns the address, with non-ASCII characters percent-encoded: it goes into a header (T015)
 * @throws AuthError 403 with `code`
 */
export async function requireCallbackUrl(
  text: string,
  trust: OriginTrust,
  code: CallbackFault = 'INVALID_CALLBACK_URL',
): Promise<string> {
  if (await isTrusted(text, trust)) return text.replaceAll(/[^\x21-\x7E]+/g, encodeURIComponent);
  throw AuthError.forbidden(code, DESCRIPTIONS[code]);
}

/** Tells a callback address of a failure: beside what its query has, and before its fragment. */
export function withError(callbackUrl: string, code: string): string {
  const [address = '', fragment] = callbackUrl.split('#', 2);
  const separator = address.includes('?') ? '&' : '?';
  return `${address}${separator}error=${encodeURIComponent(code)}${fragment === undefined ? '' : `#${fragment}`}`;
}

async function isTrusted(text: string, trust: OriginTrust): Promise<boolean> {
  if (CONTROL_OR_BACKSLASH.test(text)) return false;
  if (text.startsWith('/')) return !text.startsWith('//') && !ENCODED_SEPARATOR.test(text.split(/[?#]/, 1)[0]!);
  // An address that URL cannot parse is refused: we could not add an error to it.
  const origin = URL.canParse(text) ? originOfAddress(text) : null;
  return origin !== null && (await trust.trusts(origin));
}
