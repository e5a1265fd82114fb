import { hash } from 'node:crypto';
import { openXChaCha20Poly1305 } from './xchacha20.js';

const NONCE_BYTES = 24;
/** Hexadecimal; where the old server has several secrets, with the number of the one that was used before it. */
const SEALED = /^(?:\$ba\$\d+\$)?((?:[0-9a-f]{2})+)$/i;

/**
 * Opens what better-auth has encrypted under its secret. The number of a secret says nothing here, and is not needed: only the right one opens it.
 * @returns null when none of these secrets does, or a host has stored it in a way of its own
 */
export function openOfSource(stored: string, secrets: readonly string[]): string | null {
  const digits = SEALED.exec(stored)?.[1];
  if (digits === undefined) return null;
  const bytes = Buffer.from(digits, 'hex');
  const [nonce, sealed] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES)];
  for (const secret of secrets) {
    const opened = openXChaCha20Poly1305({ key: hash('sha256', secret, 'buffer'), nonce, sealed });
    if (opened) return opened.toString('utf8');
  }
  return null;
}
