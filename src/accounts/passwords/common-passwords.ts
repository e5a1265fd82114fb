import { hash } from 'node:crypto';
import { COMMON_PASSWORD_HEADS } from './common-passwords.data.js';

const HEAD_BYTES = 4;
let heads: Buffer | undefined;

/** Whether a password is one of the 10,000 most common of at least eight characters. @param password NFKC, in lower case */
export function isCommonPassword(password: string): boolean {
  heads ??= Buffer.from(COMMON_PASSWORD_HEADS, 'base64');
  const head = hash('sha256', password, 'buffer').readUInt32BE(0);
  let [low, high] = [0, heads.length / HEAD_BYTES];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = heads.readUInt32BE(middle * HEAD_BYTES);
    if (found === head) return true;
    if (found < head) low = middle + 1;
    else high = middle;
  }
  return false;
}
