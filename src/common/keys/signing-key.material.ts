import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { createPrivateKey, createPublicKey, randomBytes, type KeyObject } from 'node:crypto';
import {
  isSigningAlgorithm,
  isSymmetric,
  KEY_SHAPE,
  MIN_RSA_BITS,
  MIN_SYMMETRIC_BYTES,
  type SigningAlgorithm,
} from './signing-algorithm.js';

/** A key outside the database: the private half, which is stored encrypted, and the public half. */
export interface SigningKeyMaterial {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  /** Null: the key only verifies. */
  readonly privateJwk: JWK | null;
  /** Null: the key is symmetric and has no public half. */
  readonly publicJwk: JWK | null;
}

/** A key from another system, e.g. from the one that this server replaces. */
export interface SigningKeyImport {
  /** PEM text (PKCS #8, SEC 1, PKCS #1 or SPKI) or a JWK. A private key can sign; a public key only verifies. */
  readonly key: string | JWK;
  /** Needed when the key allows several: an RSA key works for RS256 and PS256. Default: the JWK's `alg`, else by key type. */
  readonly algorithm?: SigningAlgorithm;
  /** The `kid` in token headers. Default: the JWK's `kid`, else the thumbprint (RFC 7638). */
  readonly kid?: string;
}

/** The only members of a JWK that may be published (RFC 7517 9.3, RFC 7518 6, T050). */
const PUBLIC_MEMBERS = ['kty', 'crv', 'x', 'y', 'n', 'e'] as const;
const DEFAULT_BY_KEY: Readonly<Record<string, SigningAlgorithm>> = {
  'EC P-256': 'ES256',
  'EC P-384': 'ES384',
  'EC P-521': 'ES512',
  'OKP Ed25519': 'EdDSA',
  RSA: 'RS256',
  oct: 'HS256',
};
const KID = /^[A-Za-z0-9._~:-]{1,128}$/;

/** Makes a key. Its `kid` is the thumbprint of its public half, so that two keys never share one (T051). */
export async function generateKey(algorithm: SigningAlgorithm): Promise<SigningKeyMaterial> {
  if (isSymmetric(algorithm)) {
    const k = randomBytes(MIN_SYMMETRIC_BYTES).toString('base64url');
    return { kid: randomBytes(32).toString('base64url'), algorithm, privateJwk: { kty: 'oct', k }, publicJwk: null };
  }
  const pair = await generateKeyPair(algorithm, { extractable: true, modulusLength: MIN_RSA_BITS });
  const privateJwk = await exportJWK(pair.privateKey);
  const publicJwk = publicHalf(privateJwk);
  return { kid: await calculateJwkThumbprint(publicJwk), algorithm, privateJwk, publicJwk };
}

/** @throws Error naming what is wrong with the key and what to give instead */
export async function readKey(given: SigningKeyImport): Promise<SigningKeyMaterial> {
  const jwk = typeof given.key === 'string' ? jwkOfPem(given.key) : given.key;
  const algorithm = algorithmOf(jwk, given.algorithm);
  checkStrength(jwk, algorithm);
  const symmetric = isSymmetric(algorithm);
  const publicJwk = symmetric ? null : publicHalf(jwk);
  const kid = given.kid ?? jwk.kid ?? (publicJwk ? await calculateJwkThumbprint(publicJwk) : undefined);
  if (kid === undefined || !KID.test(kid)) {
    throw new Error(
      'key import: a kid has 1 to 128 letters, digits or . _ ~ : -, and a symmetric key must be given one.',
    );
  }
  const hasPrivate = symmetric || jwk.d !== undefined;
  const { kty, crv, x, y, n, e, d, p, q, dp, dq, qi, k } = jwk;
  const members = Object.entries({ kty, crv, x, y, n, e, d, p, q, dp, dq, qi, k });
  const clean = Object.fromEntries(members.filter(([, value]) => value !== undefined)) as JWK;
  return { kid, algorithm, privateJwk: hasPrivate ? clean : null, publicJwk };
}

function publicHalf(jwk: JWK): JWK {
  const members = PUBLIC_MEMBERS.flatMap((name) => (jwk[name] === undefined ? [] : [[name, jwk[name]] as const]));
  return Object.fromEntries(members) as unknown as JWK;
}

function jwkOfPem(pem: string): JWK {
  let key: KeyObject;
  try {
    key = pem.includes('PRIVATE KEY') ? createPrivateKey(pem) : createPublicKey(pem);
  } catch {
    throw new Error(
      'key import: the PEM text cannot be read. Give an unencrypted PKCS #8, SEC 1, PKCS #1 or SPKI key.',
    );
  }
  return key.export({ format: 'jwk' }) as JWK;
}

function algorithmOf(jwk: JWK, asked: SigningAlgorithm | undefined): SigningAlgorithm {
  const ofKey = DEFAULT_BY_KEY[`${jwk.kty} ${jwk.crv}`] ?? DEFAULT_BY_KEY[String(jwk.kty)];
  const algorithm = asked ?? jwk.alg ?? ofKey;
  const shape = isSigningAlgorithm(algorithm) ? KEY_SHAPE[algorithm] : undefined;
  if (!shape || shape.kty !== jwk.kty || shape.crv !== jwk.crv) {
    throw new Error(
      `key import: a ${jwk.kty} key${jwk.crv ? ` on ${jwk.crv}` : ''} cannot be used for ${algorithm}. Give the algorithm of the key.`,
    );
  }
  return algorithm as SigningAlgorithm;
}

function checkStrength(jwk: JWK, algorithm: SigningAlgorithm): void {
  const bytesOf = (value: string | undefined) => Buffer.from(value ?? '', 'base64url').length;
  if (jwk.kty === 'RSA' && bytesOf(jwk.n) * 8 < MIN_RSA_BITS)
    throw new Error(`key import: an RSA key needs at least ${MIN_RSA_BITS} bits (RFC 7518 3.3). Make a new key.`);
  if (isSymmetric(algorithm) && bytesOf(jwk.k) < MIN_SYMMETRIC_BYTES)
    throw new Error(`key import: a key for HS256 needs at least ${MIN_SYMMETRIC_BYTES} bytes (RFC 7518 3.2).`);
}
