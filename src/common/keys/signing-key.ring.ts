import { importJWK, type CryptoKey, type JWK } from 'jose';
import { createPrivateKey, createSecretKey, type KeyObject } from 'node:crypto';
import { sha256 } from '../crypto.js';
import type { SecretBox } from '../secrets/secret-box.js';
import { stateOf, type SigningKeyState } from './signing-key.schedule.js';
import { isSymmetric, type SigningAlgorithm } from './signing-algorithm.js';
import type { SigningKeyRow, SigningKeyRows } from './signing-key.store.js';

/** A key in memory, ready for use. */
export interface RingKey {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly row: SigningKeyRow;
  /** Null: a symmetric key whose secret cannot be read. */
  readonly verifyKey: CryptoKey | Uint8Array | null;
  /** Null: the key only verifies. */
  readonly signKey: KeyObject | null;
}

/** A key that should sign was encrypted with a secret that is not configured. */
export class UnreadableKeyError extends Error {
  override readonly name = 'UnreadableKeyError';

  constructor(kids: readonly string[]) {
    super(
      `secret: it does not open the signing keys in the database (${kids.join(', ')}). Give the secret that encrypted them, or both as secret: [new, old], until they are encrypted with the new one.`,
    );
  }
}

export interface KeySetDocument {
  readonly body: { readonly keys: readonly JWK[] };
  readonly etag: string;
}

/** Context in which a private key is sealed, so that it does not open under another kid. */
export const sealContext = (kid: string): string => `signing-key:${kid}`;

/** All signing keys as of one read of the table. Immutable; the state of a key follows from the time given to each method. */
export class SigningKeyRing {
  private readonly byKid: ReadonlyMap<string, RingKey>;
  private document: { readonly kids: string; readonly set: KeySetDocument } | undefined;

  private constructor(
    readonly keys: readonly RingKey[],
    /** When the rows were read, by the database's clock. */
    readonly asOfMs: number,
  ) {
    this.byKid = new Map(keys.map((key) => [key.kid, key]));
  }

  /**
   * @param before its opened keys are reused, also when another process has since encrypted them with a secret not known here yet
   * @throws UnreadableKeyError when a key that signs now or next cannot be opened
   */
  static async open(
    { nowMs, rows }: SigningKeyRows,
    box: SecretBox,
    before: SigningKeyRing | null,
  ): Promise<SigningKeyRing> {
    const keys = await Promise.all(rows.map((row) => openKey(row, box, before?.byKid.get(row.kid))));
    const shut = keys.filter((key) => key.signKey === null && stateOf(key.row, nowMs) !== 'retired');
    if (shut.length > 0) throw new UnreadableKeyError(shut.map((key) => key.kid));
    return new SigningKeyRing(keys, nowMs);
  }

  /**
   * The key that signs: the current key of the algorithm or, until verifiers can know its first key, the youngest current key of
   * another algorithm.
   */
  signer(algorithm: SigningAlgorithm, nowMs: number): RingKey | null {
    const current = this.keys.filter((key) => key.signKey !== null && stateOf(key.row, nowMs) === 'current');
    return current.findLast((key) => key.algorithm === algorithm) ?? current.at(-1) ?? null;
  }

  /** Looked up in memory by exact name: a `kid` is never used as a path, an address or a query (T045). */
  verifier(kid: string, nowMs: number): RingKey | null {
    const key = this.byKid.get(kid);
    return key && key.verifyKey !== null && isPublished(key, nowMs) ? key : null;
  }

  /** Public halves only, copied member by member when the key was made (T050). */
  keySet(nowMs: number): KeySetDocument {
    const published = this.keys.filter((key) => key.row.public_jwk !== null && isPublished(key, nowMs));
    const kids = published.map((key) => key.kid).join(' ');
    if (this.document?.kids !== kids) {
      const keys = published.map(({ kid, algorithm, row }) => ({ ...row.public_jwk, kid, alg: algorithm, use: 'sig' }));
      this.document = {
        kids,
        set: { body: { keys: keys as JWK[] }, etag: `"${sha256(JSON.stringify(keys)).slice(0, 22)}"` },
      };
    }
    return this.document.set;
  }

  states(nowMs: number): (RingKey & { readonly state: SigningKeyState })[] {
    return this.keys
      .filter((key) => isPublished(key, nowMs))
      .map((key) => ({ ...key, state: stateOf(key.row, nowMs) }));
  }
}

function isPublished({ row }: RingKey, nowMs: number): boolean {
  return row.published_until_ms === null || row.published_until_ms > nowMs;
}

async function openKey(row: SigningKeyRow, box: SecretBox, before: RingKey | undefined): Promise<RingKey> {
  const { kid, algorithm } = row;
  if (before && (before.signKey !== null || row.private_key === null)) return { ...before, row };
  const sealed = row.private_key && box.open(row.private_key, sealContext(kid));
  const privateJwk = sealed === null ? null : (JSON.parse(sealed) as JWK);
  const verifyJwk = isSymmetric(algorithm) ? privateJwk : row.public_jwk;
  const verifyKey = verifyJwk && (await importJWK(verifyJwk, algorithm));
  return { kid, algorithm, row, verifyKey, signKey: privateJwk && keyObjectOf(privateJwk) };
}

function keyObjectOf(jwk: JWK): KeyObject {
  if (jwk.kty === 'oct') return createSecretKey(jwk.k!, 'base64url');
  return createPrivateKey({ key: jwk, format: 'jwk' });
}
