import { createDecipheriv } from 'node:crypto';

const TAG_BYTES = 16;
const DOUBLE_ROUNDS = 10;
/** `expand 32-byte k`, as every ChaCha begins (RFC 8439 2.3). */
const CONSTANTS = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const;
/** Columns, then diagonals (RFC 8439 2.3). */
const QUARTERS = [
  ...[0, 1, 2, 3].map((n) => [n, n + 4, n + 8, n + 12] as const),
  ...[0, 1, 2, 3].map((n) => [n, 4 + ((n + 1) % 4), 8 + ((n + 2) % 4), 12 + ((n + 3) % 4)] as const),
];

/**
 * A key for one nonce of 16 bytes (draft-irtf-cfrg-xchacha 2.2): ChaCha20 without the addition at its end. Node has ChaCha20-Poly1305 with
 * nonces of 12 bytes only.
 */
export function hchacha20(key: Buffer, nonce: Buffer): Buffer {
  const words = (bytes: Buffer) =>
    Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readUInt32LE(index * 4));
  const state = Uint32Array.from([...CONSTANTS, ...words(key), ...words(nonce)]);
  for (let round = 0; round < DOUBLE_ROUNDS; round++) for (const places of QUARTERS) quarterRound(state, places);
  const out = Buffer.alloc(32);
  for (const [index, word] of [...state.subarray(0, 4), ...state.subarray(12)].entries())
    out.writeUInt32LE(word, index * 4);
  return out;
}

/**
 * Opens AEAD_XChaCha20_Poly1305 (draft-irtf-cfrg-xchacha 2.3).
 * @param sealed ciphertext with the tag after it. @returns null when another key has sealed it, or it was changed
 */
export function openXChaCha20Poly1305(box: {
  readonly key: Buffer;
  /** 24 bytes. */
  readonly nonce: Buffer;
  readonly sealed: Buffer;
  readonly data?: Buffer;
}): Buffer | null {
  const { key, nonce, sealed, data } = box;
  if (sealed.length < TAG_BYTES) return null;
  const rest = Buffer.concat([Buffer.alloc(4), nonce.subarray(16)]);
  const options = { authTagLength: TAG_BYTES };
  const decipher = createDecipheriv('chacha20-poly1305', hchacha20(key, nonce.subarray(0, 16)), rest, options);
  if (data) decipher.setAAD(data, { plaintextLength: sealed.length - TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch {
    return null;
  }
}

/** RFC 8439 2.1. */
function quarterRound(state: Uint32Array, [a, b, c, d]: readonly [number, number, number, number]): void {
  const step = (to: number, by: number, mixed: number, bits: number) => {
    state[to]! += state[by]!;
    const word = state[mixed]! ^ state[to]!;
    state[mixed] = (word << bits) | (word >>> (32 - bits));
  };
  step(a, b, d, 16);
  step(c, d, b, 12);
  step(a, b, d, 8);
  step(c, d, b, 7);
}
