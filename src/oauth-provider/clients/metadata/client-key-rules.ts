import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { MIN_RSA_BITS } from '../../../common/keys/signing-algorithm.js';
import { RSA_ALGORITHMS } from './client-algorithms.js';

type Key = Readonly<Record<string, unknown>>;

const KEY_AGREEMENT = ['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW'];

interface Kind {
  /** Members that such a key has (RFC 7518 6, RFC 8037 2). */
  readonly parts: readonly string[];
  readonly signing: readonly string[];
  readonly encryption: readonly string[];
}

/** By `kty`, and by `crv` where there is one. */
const KINDS: Readonly<Record<string, Kind>> = {
  RSA: {
    parts: ['n', 'e'],
    signing: RSA_ALGORITHMS,
    encryption: ['RSA-OAEP', 'RSA-OAEP-256', 'RSA-OAEP-384', 'RSA-OAEP-512', 'RSA1_5'],
  },
  'EC P-256': { parts: ['x', 'y'], signing: ['ES256'], encryption: KEY_AGREEMENT },
  'EC P-384': { parts: ['x', 'y'], signing: ['ES384'], encryption: KEY_AGREEMENT },
  'EC P-521': { parts: ['x', 'y'], signing: ['ES512'], encryption: KEY_AGREEMENT },
  'OKP Ed25519': { parts: ['x'], signing: ['EdDSA', 'Ed25519'], encryption: [] },
  'OKP X25519': { parts: ['x'], signing: [], encryption: KEY_AGREEMENT },
};
const PRIVATE_PARTS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const MAX_KEYS = 20;
const MAX_PART_LENGTH = 1_400;
/** Keeps a verification cheap. */
const MAX_RSA_BITS = 8_192;

/**
 * Why a client may not register a key set; null when it may (RFC 7517 5): public keys only, each of which can be imported, fits its
 * declared use, and can be told from the others.
 */
export function keySetFault(keySet: Key): string | null {
  const keys = keySet['keys'];
  if (!Array.isArray(keys) || keys.length === 0) return 'it holds no keys';
  if (keys.length > MAX_KEYS) return `it holds more than ${MAX_KEYS} keys`;
  for (const key of keys as unknown[]) {
    const fault = keyFault(key);
    if (fault !== null) return fault;
  }
  return ambiguity(keys as Key[]);
}

/** Whether one of the keys can verify this algorithm; without one, whether any can verify at all. */
export function canVerify(keySet: { readonly keys: readonly object[] }, algorithm?: string): boolean {
  return (keySet.keys as readonly Key[]).some((key) => {
    const algorithms = signingAlgorithms(key);
    return algorithm === undefined ? algorithms.length > 0 : algorithms.includes(algorithm);
  });
}

function keyFault(key: unknown): string | null {
  if (typeof key !== 'object' || key === null || Array.isArray(key)) return 'a key is no object';
  const parts = key as Key;
  const kind = kindOf(parts);
  if (!kind) return 'a key is of no type or curve that is offered';
  if (PRIVATE_PARTS.some((name) => Object.hasOwn(parts, name))) return 'a key is a private or a secret one';
  if (!kind.parts.every((name) => isPart(parts[name]))) return 'a key is incomplete, too large, or no base64url';
  return purposeFault(parts, kind) ?? importFault(parts);
}

function kindOf({ kty, crv }: Key): Kind | null {
  if (typeof kty !== 'string') return null;
  const name = kty === 'RSA' ? kty : `${kty} ${typeof crv === 'string' ? crv : ''}`;
  return Object.hasOwn(KINDS, name) ? KINDS[name]! : null;
}

function isPart(value: unknown): boolean {
  return typeof value === 'string' && value.length <= MAX_PART_LENGTH && /^[\w-]+$/.test(value);
}

/** RFC 7517 4.2 to 4.5. */
function purposeFault({ use, alg, kid, key_ops: operations }: Key, { signing, encryption }: Kind): string | null {
  if (kid !== undefined && (typeof kid !== 'string' || kid === '')) return 'the kid of a key is no text';
  if (use !== undefined && use !== 'sig' && use !== 'enc') return 'the use of a key is neither sig nor enc';
  if (
    alg !== undefined &&
    ![...(use === 'enc' ? [] : signing), ...(use === 'sig' ? [] : encryption)].includes(String(alg))
  )
    return 'the alg of a key does not fit the key';
  if (use === 'sig' && signing.length === 0) return 'a key that cannot sign says that it does';
  if (operations === undefined) return null;
  const isForVerifying = use === 'enc' || (Array.isArray(operations) && operations.includes('verify'));
  return isForVerifying ? null : 'the key_ops of a key are without verify';
}

function importFault(key: Key): string | null {
  let imported: KeyObject;
  try {
    imported = createPublicKey({ key: key as JsonWebKey, format: 'jwk' });
  } catch {
    return 'a key cannot be imported';
  }
  const { modulusLength, publicExponent } = imported.asymmetricKeyDetails ?? {};
  if (modulusLength === undefined) return null;
  if (modulusLength < MIN_RSA_BITS || modulusLength > MAX_RSA_BITS)
    return `an RSA key has ${MIN_RSA_BITS} to ${MAX_RSA_BITS} bits (RFC 7518 3.3)`;
  return publicExponent !== undefined && publicExponent >= 3n && publicExponent % 2n === 1n
    ? null
    : 'the exponent of an RSA key is none';
}

/** Keys are told apart by `kid`, or without one by what they verify: nothing else says which key has signed. */
function ambiguity(keys: readonly Key[]): string | null {
  const ids = keys.map((key) => key['kid']).filter((kid) => kid !== undefined);
  if (new Set(ids).size < ids.length) return 'two keys have one kid';
  const nameless = keys.filter((key) => key['kid'] === undefined).flatMap(signingAlgorithms);
  return new Set(nameless).size < nameless.length ? 'several keys of a kind need a kid each' : null;
}

function signingAlgorithms(key: Key): readonly string[] {
  const { use, alg } = key;
  if (use === 'enc') return [];
  const all = kindOf(key)?.signing ?? [];
  return alg === undefined ? all : all.filter((one) => one === alg);
}
