/** Signature algorithms of our own tokens (RFC 7518 3.1, RFC 8037). `Ed25519` is the name that RFC 9864 gives to `EdDSA` on that curve. `HS256` is symmetric: nothing is published for it. */
export const SIGNING_ALGORITHMS = ['ES256', 'EdDSA', 'RS256', 'PS256', 'ES384', 'ES512', 'Ed25519', 'HS256'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

export const DEFAULT_SIGNING_ALGORITHM: SigningAlgorithm = 'ES256';
/** RFC 7518 3.3 requires 2048 bits or more. */
export const MIN_RSA_BITS = 2_048;
/** RFC 7518 3.2: a key for HS256 is at least as long as its hash. */
export const MIN_SYMMETRIC_BYTES = 32;

export function isSigningAlgorithm(value: unknown): value is SigningAlgorithm {
  return SIGNING_ALGORITHMS.includes(value as SigningAlgorithm);
}

export function isSymmetric(algorithm: SigningAlgorithm): boolean {
  return algorithm === 'HS256';
}

/** Key type and curve that an algorithm needs (RFC 7518 6.1). */
export const KEY_SHAPE: Readonly<Record<SigningAlgorithm, { readonly kty: string; readonly crv?: string }>> = {
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
  ES512: { kty: 'EC', crv: 'P-521' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
  Ed25519: { kty: 'OKP', crv: 'Ed25519' },
  RS256: { kty: 'RSA' },
  PS256: { kty: 'RSA' },
  HS256: { kty: 'oct' },
};
