import { isSigningAlgorithm, isSymmetric, type SigningAlgorithm } from '../common/keys/signing-algorithm.js';

const MIN_PAIRWISE_SECRET = 32;

/** @throws Error with option and remedy; stops the boot */
export function requireAlgorithm(name: string, value: unknown): SigningAlgorithm {
  if (isSigningAlgorithm(value) && !isSymmetric(value)) return value;
  throw new Error(
    `oauthProvider.${name}: ${JSON.stringify(value)} is no algorithm with a public key. Give e.g. RS256, ES256 or EdDSA.`,
  );
}

/** @throws Error with option and remedy; stops the boot */
export function requirePairwiseSecret(secret: string | undefined): string | null {
  if (secret === undefined) return null;
  if (secret.length >= MIN_PAIRWISE_SECRET) return secret;
  throw new Error(
    `oauthProvider.pairwiseSecret: ${secret.length} characters are too few. Give ${MIN_PAIRWISE_SECRET} or more.`,
  );
}
