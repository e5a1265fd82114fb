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

type Kind = 'ES256' | 'Ed25519' | 'PS256' | 'RS256';

/** A client that holds a key, and makes proofs of it (RFC 9449 4). Its own code, so that it can make wrong ones as well. */
export class DpopKey {
  readonly jwk: Readonly<Record<string, string>>;
  private readonly privateKey: KeyObject;

  constructor(readonly algorithm: Kind = 'ES256') {
    const { publicKey, privateKey } = pairOf(algorithm);
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
    const said = {
      jti: randomUUID(),
      htm: method,
      htu: url,
      iat: Math.floor(Date.now() / 1000),
      ...(token !== undefined && { ath: sha256(token) }),
      ...(nonce !== undefined && { nonce }),
      ...claims,
    };
    return this.signed({ typ: 'dpop+jwt', alg: this.algorithm, jwk: this.jwk, ...header }, said);
  }

  signed(header: object, payload: object): string {
    const input = `${encoded(header)}.${encoded(payload)}`;
    return `${input}.${this.signature(Buffer.from(input)).toString('base64url')}`;
  }

  private signature(input: Buffer): Buffer {
    if (this.algorithm === 'Ed25519') return sign(null, input, this.privateKey);
    if (this.algorithm === 'ES256') return sign('sha256', input, { key: this.privateKey, dsaEncoding: 'ieee-p1363' });
    const pss = this.algorithm === 'PS256' ? { padding: 6, saltLength: 32 } : {};
    return sign('sha256', input, { key: this.privateKey, ...pss });
  }
}

function pairOf(algorithm: Kind): { publicKey: KeyObject; privateKey: KeyObject } {
  if (algorithm === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  if (algorithm === 'Ed25519') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
