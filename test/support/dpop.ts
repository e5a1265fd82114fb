import { createHash, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';

/** What a proof says; members given replace what is right, and `undefined` leaves one out. */
export interface ProofTerms {
  readonly method?: string;
  /** The address that the proof is for. */
  readonly url: string;
  /** The access token that goes with it. */
  readonly token?: string;
  readonly nonce?: string;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** `Ed25519` also signs as `EdDSA` (RFC 8037): the header says which of both names it bears. */
export type Kind = 'ES256' | 'ES384' | 'ES512' | 'ES256K' | 'Ed25519' | 'PS256' | 'RS256';

const CURVES: Readonly<Record<string, string>> = {
  ES256: 'P-256',
  ES384: 'P-384',
  ES512: 'P-521',
  ES256K: 'secp256k1',
};

/** A client that holds a key, and makes proofs of it (RFC 9449 4). Its own code, so that it can make wrong ones as well. */
export class DpopKey {
  readonly jwk: Readonly<Record<string, string>>;
  private readonly privateKey: KeyObject;

  /** @param bits of an RSA key */
  constructor(
    readonly algorithm: Kind = 'ES256',
    bits = 2_048,
  ) {
    const { publicKey, privateKey } = pairOf(algorithm, bits);
    this.privateKey = privateKey;
    this.jwk = publicKey.export({ format: 'jwk' }) as Record<string, string>;
  }

  /** RFC 7638 3: the required members, in the order of their names. */
  get thumbprint(): string {
    const { crv, e, kty, n, x, y } = this.jwk;
    const members = { EC: { crv, kty, x, y }, OKP: { crv, kty, x }, RSA: { e, kty, n } }[kty!];
    return sha256(JSON.stringify(members));
  }

  get privateJwk(): Record<string, unknown> {
    return this.privateKey.export({ format: 'jwk' }) as Record<string, unknown>;
  }

  proof({ method = 'POST', url, token, nonce, header = {}, claims = {} }: ProofTerms): string {
    const said = claimsOf({
      method,
      url,
      ...(token !== undefined && { token }),
      ...(nonce !== undefined && { nonce }),
    });
    return this.signed({ ...this.header(), ...header }, { ...said, ...claims });
  }

  /** @param header and payload as objects, or as they shall be spelled */
  signed(header: object | string, payload: object | string | Buffer): string {
    const input = `${encoded(header)}.${encoded(payload)}`;
    return `${input}.${this.signature(Buffer.from(input)).toString('base64url')}`;
  }

  /** What a right proof says, for those who spell it in another way. */
  header(): Record<string, unknown> {
    return { typ: 'dpop+jwt', alg: this.algorithm, jwk: this.jwk };
  }

  /** Over any bytes, as a JWS has it. */
  signature(input: Buffer, dsaEncoding: 'ieee-p1363' | 'der' = 'ieee-p1363'): Buffer {
    if (this.algorithm === 'Ed25519') return sign(null, input, this.privateKey);
    const digest = { ES384: 'sha384', ES512: 'sha512' }[this.algorithm as string] ?? 'sha256';
    if (CURVES[this.algorithm]) return sign(digest, input, { key: this.privateKey, dsaEncoding });
    const pss = this.algorithm === 'PS256' ? { padding: 6, saltLength: 32 } : {};
    return sign('sha256', input, { key: this.privateKey, ...pss });
  }
}

/** What a right proof claims. */
export function claimsOf({ method = 'POST', url, token, nonce }: ProofTerms): Record<string, unknown> {
  return {
    jti: randomUUID(),
    htm: method,
    htu: url,
    iat: Math.floor(Date.now() / 1000),
    ...(token !== undefined && { ath: sha256(token) }),
    ...(nonce !== undefined && { nonce }),
  };
}

function pairOf(algorithm: Kind, bits: number): { publicKey: KeyObject; privateKey: KeyObject } {
  const namedCurve = CURVES[algorithm];
  if (namedCurve !== undefined) return generateKeyPairSync('ec', { namedCurve });
  if (algorithm === 'Ed25519') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('rsa', { modulusLength: bits });
}

export function encoded(value: object | string | Buffer): string {
  const isText = typeof value === 'string' || Buffer.isBuffer(value);
  return Buffer.from(isText ? value : JSON.stringify(value)).toString('base64url');
}

/** In base64url. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');
