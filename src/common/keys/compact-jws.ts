import { constants, createHmac, sign, type KeyObject, type SignKeyObjectInput } from 'node:crypto';
import { promisify } from 'node:util';
import type { SigningAlgorithm } from './signing-algorithm.js';

type SignInPool = (digest: string, data: Buffer, key: KeyObject | SignKeyObjectInput) => Promise<Buffer>;
const signInPool = promisify(sign) as SignInPool;

/** RFC 7518 3.5: the salt is as long as the hash. */
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } as const;

type Signature = (key: KeyObject, input: Buffer) => Buffer | Promise<Buffer>;

/**
 * On P-256 and Ed25519 a signature takes 20 microseconds, less than handing it to another thread and back. The others take ten to fifty
 * times as long, and would hold up every other request.
 */
const SIGNATURES: Readonly<Record<SigningAlgorithm, Signature>> = {
  ES256: (key, input) => besideEachOther(sign('sha256', input, key), 32),
  ES384: (key, input) => signInPool('sha384', input, key).then((der) => besideEachOther(der, 48)),
  ES512: (key, input) => signInPool('sha512', input, key).then((der) => besideEachOther(der, 66)),
  EdDSA: (key, input) => sign(null, input, key),
  Ed25519: (key, input) => sign(null, input, key),
  RS256: (key, input) => signInPool('sha256', input, key),
  PS256: (key, input) => signInPool('sha256', input, { key, ...PSS }),
  HS256: (key, input) => createHmac('sha256', key).update(input).digest(),
};

/** Signs header and payload as a compact JWS (RFC 7515 3.1, 5.1). */
export async function compactJws(
  header: { readonly alg: SigningAlgorithm } & Readonly<Record<string, unknown>>,
  payload: Readonly<Record<string, unknown>>,
  key: KeyObject,
): Promise<string> {
  const input = `${encode(header)}.${encode(payload)}`;
  const signature = await SIGNATURES[header.alg](key, Buffer.from(input));
  return `${input}.${signature.toString('base64url')}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/**
 * RFC 7518 3.4: R and S side by side, each as long as the curve. Node would do it with the option `dsaEncoding`, but Node 24 copies a key
 * that comes with options, which takes longer than to sign.
 * @param der a SEQUENCE of two INTEGERs, which begin with a zero byte where their first bit is set, and have no other leading zeros
 */
function besideEachOther(der: Buffer, length: number): Buffer {
  const joined = Buffer.alloc(2 * length);
  // A length of 128 or more takes two bytes (P-521).
  let at = der[1]! < 0x80 ? 2 : 3;
  for (const end of [length, 2 * length]) {
    const next = at + 2 + der[at + 1]!;
    const from = Math.max(at + 2, next - length);
    der.copy(joined, end - (next - from), from, next);
    at = next;
  }
  return joined;
}
