import { createHmac, hash, randomBytes, randomInt, timingSafeEqual, type KeyObject } from 'node:crypto';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Base62 characters that carry at least `bytes` bytes of entropy (5.954 bits each): 43 for 32 bytes. */
export function base62Length(bytes: number): number {
  return Math.ceil((bytes * 8) / Math.log2(62));
}

/**
 * Uniform random base62 text. Bytes of 248 and above are discarded, so that no character is likelier than another.
 * @param source of the bytes; each call gives others
 */
export function randomBase62(length: number, source: (bytes: number) => Buffer = randomBytes): string {
  let text = '';
  while (text.length < length) {
    for (const byte of source(length + 16)) {
      if (byte < 248 && text.length < length) text += BASE62[byte % 62];
    }
  }
  return text;
}

/** Uniform random text of these characters, for codes that people read and type. */
export function randomText(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]!).join('');
}

/** Random bytes as base64url. */
export function randomBase64url(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

export function encodeBase62(value: number, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest = Math.floor(rest / 62)) text = BASE62[rest % 62] + text;
  return text;
}

/** SHA-256 as base64url: key of caches and log lines. Secrets of 256 random bits need no slow hash (ASVS 6.5.2). */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}

/** The same digest as it is stored in a `bytea` column. */
export function digestToBytes(digest: string): Buffer {
  return Buffer.from(digest, 'base64url');
}

export function hmacSha256(key: string | KeyObject, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** Compares two texts in constant time. Both are hashed first, so that their lengths do not leak either. */
export function constantTimeEqual(left: string, right: string): boolean {
  return timingSafeEqual(hash('sha256', left, 'buffer'), hash('sha256', right, 'buffer'));
}
