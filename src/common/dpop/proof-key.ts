import { createPublicKey, KeyObject, verify, constants, type VerifyKeyObjectInput } from 'node:crypto';
import { promisify } from 'node:util';
import { calculateJwkThumbprint, type JWK } from 'jose';

/** A key by which proofs are signed. */
export interface ProofKey {
  readonly algorithm: string;
  readonly key: KeyObject;
  /** RFC 7638, SHA-256 in base64url. */
  readonly thumbprint: string;
}

/** Members of a JWK that nobody may know (RFC 7518 6.2.2, 6.3.2, 6.4.1). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
/** What an algorithm needs of a key. */
const KEY_OF: Readonly<Record<string, { readonly kty: string; readonly crv?: string }>> = {
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
  ES512: { kty: 'EC', crv: 'P-521' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
  Ed25519: { kty: 'OKP', crv: 'Ed25519' },
  PS256: { kty: 'RSA' },
  RS256: { kty: 'RSA' },
};
const MIN_RSA_BITS = 2_048;
/** The longer it is, the longer a verification takes, and anybody may send one. */
const MAX_RSA_BITS = 4_096;
const MAX_RSA_EXPONENT = 65_537n;

const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } as const;

type VerifyInPool = (
  digest: string | null,
  data: Buffer,
  key: KeyObject | VerifyKeyObjectInput,
  signature: Buffer,
) => Promise<boolean>;
/** In another thread: on P-256 it takes five times as long as to sign, and would hold up every other request. */
const verifyInPool = promisify(verify) as VerifyInPool;

/**
 * The public key in the header of a proof (RFC 9449 4.2).
 * @throws Error when it is not a public key of the algorithm, or a weak one
 */
export async function readProofKey(algorithm: string, jwk: unknown): Promise<ProofKey> {
  if (typeof jwk !== 'object' || jwk === null || Array.isArray(jwk)) throw new Error('jwk is no object');
  const given = jwk as JWK;
  const held = PRIVATE_MEMBERS.find((name) => Object.hasOwn(given, name));
  if (held !== undefined) throw new Error(`jwk has the private member ${held}`);
  const { kty, crv } = KEY_OF[algorithm] ?? {};
  if (kty === undefined || given.kty !== kty || (crv !== undefined && given.crv !== crv))
    throw new Error(`jwk is no key of ${algorithm}`);
  const { x, y, n, e } = given;
  const key = createPublicKey({ key: { kty, crv, x, y, n, e } as never, format: 'jwk' });
  if (kty === 'RSA') requireStrong(key);
  // Of the key as Node has read it: a text that only spells its members in another way is the same key.
  return { algorithm, key, thumbprint: await calculateJwkThumbprint(key.export({ format: 'jwk' }) as JWK) };
}

function requireStrong({ asymmetricKeyDetails: { modulusLength = 0, publicExponent = 0n } = {} }: KeyObject): void {
  if (modulusLength < MIN_RSA_BITS || modulusLength > MAX_RSA_BITS)
    throw new Error(`an RSA key has ${MIN_RSA_BITS} to ${MAX_RSA_BITS} bits`);
  if (publicExponent < 3n || publicExponent > MAX_RSA_EXPONENT) throw new Error('its exponent is not a usual one');
}

/** @param signature as a JWS has it (RFC 7518 3.3 to 3.5, RFC 8037 3.1) */
export async function isSignedBy({ algorithm, key }: ProofKey, data: Buffer, signature: Buffer): Promise<boolean> {
  switch (algorithm) {
    case 'ES256':
      return signature.length === 64 && verifyInPool('sha256', data, key, toDer(signature));
    case 'ES384':
      return signature.length === 96 && verifyInPool('sha384', data, key, toDer(signature));
    case 'ES512':
      return signature.length === 132 && verifyInPool('sha512', data, key, toDer(signature));
    case 'PS256':
      return verifyInPool('sha256', data, { key, ...PSS }, signature);
    case 'RS256':
      return verifyInPool('sha256', data, key, signature);
    default:
      return signature.length === 64 && verifyInPool(null, data, key, signature);
  }
}

/** The two numbers, side by side, as a SEQUENCE of two INTEGERs: with a key that comes with options Node takes longer than this. */
function toDer(signature: Buffer): Buffer {
  const half = signature.length / 2;
  const numbers = Buffer.concat([toInteger(signature.subarray(0, half)), toInteger(signature.subarray(half))]);
  const length = numbers.length < 0x80 ? [numbers.length] : [0x81, numbers.length];
  return Buffer.concat([Buffer.from([0x30, ...length]), numbers]);
}

function toInteger(bytes: Buffer): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const number = bytes.subarray(start);
  // A first bit that is set would make it negative.
  const isHigh = number[0]! >= 0x80;
  return Buffer.concat([Buffer.from(isHigh ? [0x02, number.length + 1, 0] : [0x02, number.length]), number]);
}
