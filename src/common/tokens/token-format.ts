import { crc32 } from 'node:zlib';
import { base62Length, encodeBase62, randomBase62 } from '../crypto.js';

/** Prefixes by kind, so that a secret of one kind is refused in place of another before any query (T041). */
export const TOKEN_PREFIX = { session: 'nas', access: 'naa', refresh: 'nar' } as const;

const CHECKSUM_LENGTH = 6;
const DEFAULT_ENTROPY_BYTES = 32;
const BASE62_TEXT = /^[0-9A-Za-z]+$/;

function checksum(text: string): string {
  return encodeBase62(crc32(text), CHECKSUM_LENGTH);
}

/**
 * Makes a secret: `prefix_` + base62 of random bytes + 6 base62 characters with the CRC32 of all that precedes them.
 * @param entropyBytes default 32
 * @param source of the bytes; default the system's generator
 */
export function mintToken(
  prefix: string,
  entropyBytes = DEFAULT_ENTROPY_BYTES,
  source?: (bytes: number) => Buffer,
): string {
  const body = `${prefix}_${randomBase62(base62Length(entropyBytes), source)}`;
  return body + checksum(body);
}

/**
 * Whether a text has exactly the shape of a secret with this prefix, checksum included.
 * Refuses garbage without a query (T020); does not tell whether the secret is known.
 */
export function isWellFormedToken(text: string, prefix: string, entropyBytes = DEFAULT_ENTROPY_BYTES): boolean {
  const bodyLength = prefix.length + 1 + base62Length(entropyBytes);
  if (text.length !== bodyLength + CHECKSUM_LENGTH || !text.startsWith(`${prefix}_`)) return false;
  return (
    BASE62_TEXT.test(text.slice(prefix.length + 1)) && checksum(text.slice(0, bodyLength)) === text.slice(bodyLength)
  );
}

/** better-auth's OAuth tokens have neither prefix nor checksum. */
const LEGACY_OAUTH_TOKEN = /^[A-Za-z]{32}$/;

/**
 * Whether a text has the shape of a refresh token.
 * @param legacyCredentials the core option: whether those of better-auth's OAuth provider count
 */
export function isRefreshToken(text: string, legacyCredentials: boolean): boolean {
  return isWellFormedToken(text, TOKEN_PREFIX.refresh) || (legacyCredentials && LEGACY_OAUTH_TOKEN.test(text));
}
