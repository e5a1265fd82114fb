import { crc32 } from 'node:zlib';
import { base62Length, encodeBase62, randomBase62 } from '../crypto.js';

/** Typed prefixes: a secret of one kind is refused in another's place before any look-up (T041). */
export const TOKEN_PREFIX = { session: 'nas', access: 'naa', refresh: 'nar' } as const;

const CHECKSUM_LENGTH = 6;
const DEFAULT_ENTROPY_BYTES = 32;
const BASE62_TEXT = /^[0-9A-Za-z]+$/;

function checksum(text: string): string {
  return encodeBase62(crc32(text), CHECKSUM_LENGTH);
}

/**
 * Makes a secret: `prefix_` + base62 of random bytes + 6 characters of base62 CRC32 over all that stands before.
 * @param entropyBytes default 32
 */
export function mintToken(prefix: string, entropyBytes = DEFAULT_ENTROPY_BYTES): string {
  const body = `${prefix}_${randomBase62(base62Length(entropyBytes))}`;
  return body + checksum(body);
}

/**
 * Whether a text has exactly the shape of a secret with this prefix, checksum included.
 * Garbage is refused here, without a query (T020); it says nothing about whether the secret is known.
 */
export function isWellFormedToken(text: string, prefix: string, entropyBytes = DEFAULT_ENTROPY_BYTES): boolean {
  const bodyLength = prefix.length + 1 + base62Length(entropyBytes);
  if (text.length !== bodyLength + CHECKSUM_LENGTH || !text.startsWith(`${prefix}_`)) return false;
  return (
    BASE62_TEXT.test(text.slice(prefix.length + 1)) && checksum(text.slice(0, bodyLength)) === text.slice(bodyLength)
  );
}
