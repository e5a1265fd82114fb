import { isUtf8 } from 'node:buffer';
import { LRUCache } from 'lru-cache';
import { isSignedBy, readProofKey, type ProofKey } from './proof-key.js';

/** A proof whose signature is good; what it says has not been checked against a request. */
export interface DpopProof {
  /** Of the key that signed it (RFC 7638). */
  readonly thumbprint: string;
  readonly algorithm: string;
  readonly jti: string;
  readonly htm: string;
  readonly htu: string;
  /** Seconds since 1970. */
  readonly iat: number;
  readonly nbf: number | null;
  readonly exp: number | null;
  readonly nonce: string | null;
  readonly ath: string | null;
}

const SEGMENTS = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;
const MAX_PROOF_LENGTH = 8_192;
const MAX_JTI_LENGTH = 256;
/** Keys that a process remembers. */
const MAX_KEYS = 5_000;

/**
 * Reads proofs (RFC 9449 4.2) and verifies their signatures. A client sends the same header with each of its proofs, so that its key is read
 * once; only a header that came with a good signature is remembered.
 */
export class DpopProofReader {
  private readonly keys = new LRUCache<string, ProofKey>({ max: MAX_KEYS });

  constructor(private readonly algorithms: ReadonlySet<string>) {}

  /** @throws Error saying what is wrong with it */
  async read(text: string): Promise<DpopProof> {
    const [, header = '', payload = '', signature = ''] =
      (text.length <= MAX_PROOF_LENGTH && SEGMENTS.exec(text)) || [];
    if (signature === '') throw new Error('it is no compact JWS');
    const claims = toProof(parse(payload));
    const known = this.keys.get(header);
    const key = known ?? (await this.keyOf(parse(header)));
    if (!(await isSignedBy(key, Buffer.from(`${header}.${payload}`), Buffer.from(signature, 'base64url'))))
      throw new Error('its signature is not of its jwk');
    if (!known) this.keys.set(header, key);
    return { ...claims, thumbprint: key.thumbprint, algorithm: key.algorithm };
  }

  /** `jku`, `x5u` and other members are left unread: the key is `jwk` alone. */
  private keyOf(header: Readonly<Record<string, unknown>>): Promise<ProofKey> {
    const { typ, alg, jwk } = header;
    if (typeof typ !== 'string' || typ.toLowerCase() !== 'dpop+jwt') throw new Error('typ is not dpop+jwt');
    if (typeof alg !== 'string' || !this.algorithms.has(alg)) throw new Error('alg is not offered');
    // RFC 7515 4.1.11: an extension that must be understood, and we know none.
    if (Object.hasOwn(header, 'crit')) throw new Error('crit names extensions');
    return readProofKey(alg, jwk);
  }
}

function parse(segment: string): Readonly<Record<string, unknown>> {
  const bytes = Buffer.from(segment, 'base64url');
  // Read with replacements, two texts that differ would be the same.
  if (!isUtf8(bytes)) throw new Error('a part of it is not UTF-8');
  const value: unknown = JSON.parse(bytes.toString('utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('a part of it is no object');
  return value as Readonly<Record<string, unknown>>;
}

function toProof(claims: Readonly<Record<string, unknown>>): Omit<DpopProof, 'thumbprint' | 'algorithm'> {
  const jti = requireText('jti', claims);
  if (jti.length > MAX_JTI_LENGTH) throw new Error(`jti is longer than ${MAX_JTI_LENGTH} characters`);
  const iat = timeOf('iat', claims);
  if (iat === null) throw new Error('iat is missing');
  return {
    jti,
    htm: requireText('htm', claims),
    htu: requireText('htu', claims),
    iat,
    nbf: timeOf('nbf', claims),
    exp: timeOf('exp', claims),
    nonce: textOf('nonce', claims),
    ath: textOf('ath', claims),
  };
}

function requireText(name: string, claims: Readonly<Record<string, unknown>>): string {
  const value = textOf(name, claims);
  if (value === null || value === '') throw new Error(`${name} is missing`);
  return value;
}

function textOf(name: string, claims: Readonly<Record<string, unknown>>): string | null {
  const value = claims[name];
  if (value === undefined) return null;
  if (typeof value === 'string') return value;
  throw new Error(`${name} is no text`);
}

function timeOf(name: string, claims: Readonly<Record<string, unknown>>): number | null {
  const value = claims[name];
  if (value === undefined) return null;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new Error(`${name} is no time`);
}
